"""Look up, act, answer."""
