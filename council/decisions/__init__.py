"""What came of it: ballots, decisions, actions, minutes."""
