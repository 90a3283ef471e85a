"""What ours is measured against: as little as does the same thing at all. No accounts, no rules, no journal.

They read the same tables in the same database under the same server, and keep their database connection as ours does.
"""
