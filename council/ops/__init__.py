"""The operator's door: serve, demo, token, health."""
