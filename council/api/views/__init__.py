"""The endpoints, one file per family of nouns."""
