"""The pages: HTTP in, one action called, a page out. No tables and no rules of its own."""
