"""What people fill in: shape is checked here, the rest by the action that gets the answers."""
