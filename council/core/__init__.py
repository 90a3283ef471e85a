"""Words every room uses: time, ids, errors, permissions. No tables."""
