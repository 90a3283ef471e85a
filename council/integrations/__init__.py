"""Other systems: what they send safely, what they mirror, and where they are told of what happened."""
