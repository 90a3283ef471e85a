"""What a country is made of, in the order in which it leans on each other."""
