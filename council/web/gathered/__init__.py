"""What a page needs to know beyond one look-up, gathered in a constant number of queries through ``visible_to``."""
