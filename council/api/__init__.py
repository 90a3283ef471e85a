"""The door for other systems: REST under /api/v1/."""
