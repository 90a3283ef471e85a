"""When and about what: meetings, agenda items, papers, invitations."""
