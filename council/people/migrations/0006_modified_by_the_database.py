"""``modified_at`` is kept, and changes are noted, by triggers."""

from django.db import migrations

from council.journal.mirroring import Mirrored, part_of

TABLES = (
    Mirrored("people_organisation", "organisations", council="NULL::uuid", seen_by="NULL::uuid"),
    Mirrored("people_council", "councils", council="{row}.id", seen_by="was.id"),
    Mirrored("people_subcommittee", "subcommittees"),
    Mirrored("people_seat", "seats"),
    Mirrored("people_membership", "memberships"),
    Mirrored("people_user", quiet=["last_login"]),
    Mirrored("people_apitoken", quiet=["last_used_at", "warned_at"]),
    Mirrored("people_apiclient", quiet=["last_used_at"]),
    Mirrored("people_serviceaccount"),
)


class Migration(migrations.Migration):
    dependencies = [("people", "0005_systems_and_scopes"), ("journal", "0004_modified_by_the_database")]

    operations = [
        *(operation for table in TABLES for operation in table.operations()),
        part_of("people_subcommittee_members", "people_subcommittee", "subcommittee_id"),
    ]
