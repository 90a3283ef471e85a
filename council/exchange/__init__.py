"""What goes out and comes in as a file: imports of opinions, exports of what became of them."""
