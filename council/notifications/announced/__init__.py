"""What is announced: one table for each family of nouns."""
