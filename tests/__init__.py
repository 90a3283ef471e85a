"""The tree of council/ again, plus e2e/ and test_house.py."""
