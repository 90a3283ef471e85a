"""What happened: one append-only entry per verb, audit trail and outbox in one row."""
