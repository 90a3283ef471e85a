"""How things are represented, and the shapes of what is sent."""
