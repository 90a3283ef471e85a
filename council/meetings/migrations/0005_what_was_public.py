"""Changes of meetings and their items say whether everybody might read them as they were.

Opening a council to the public, and closing it again, touches what becomes public, or was.
"""

from dataclasses import replace
from importlib import import_module

from django.db import migrations

from council.journal.mirroring import reaching, touching

NOTED = {
    table.table: table for table in import_module("council.meetings.migrations.0004_modified_by_the_database").TABLES
}
PUBLIC = {
    "meetings_meeting": "(was.convened_at IS NOT NULL AND NOT was.closed"
    " AND (SELECT c.open_to_public FROM people_council c WHERE c.id = was.council_id))",
    "meetings_agendaitem": "(was.visibility = 'council' AND NOT was.closed AND EXISTS (SELECT FROM meetings_meeting m"
    " JOIN people_council c ON c.id = m.council_id WHERE m.id = was.meeting_id"
    " AND m.convened_at IS NOT NULL AND NOT m.closed AND c.open_to_public))",
}


class Migration(migrations.Migration):
    dependencies = [("meetings", "0004_modified_by_the_database"), ("people", "0007_what_was_public")]

    operations = [
        *(replace(NOTED[table], public=public).renoting() for table, public in PUBLIC.items()),
        touching(
            "touch_public",
            [
                "people_subcommittee WHERE council_id = $1",
                "meetings_meeting WHERE council_id = $1 AND convened_at IS NOT NULL AND NOT closed",
                "meetings_agendaitem WHERE council_id = $1 AND visibility = 'council' AND NOT closed",
            ],
        ),
        reaching("people_council", ["open_to_public"], "PERFORM touch_public(OLD.id)", name="council_reaches_public"),
    ]
