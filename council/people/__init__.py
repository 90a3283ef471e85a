"""Who: users, organisations, regions, councils, seats, memberships, terms."""
