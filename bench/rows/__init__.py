"""A module here adds its rows to the table."""
