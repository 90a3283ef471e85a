"""Changes of councils and subcommittees say whether everybody might read them as they were."""

from dataclasses import replace
from importlib import import_module

from django.db import migrations

NOTED = {
    table.table: table for table in import_module("council.people.migrations.0006_modified_by_the_database").TABLES
}
PUBLIC = {
    "people_council": "was.open_to_public",
    "people_subcommittee": "(SELECT c.open_to_public FROM people_council c WHERE c.id = was.council_id)",
}


class Migration(migrations.Migration):
    dependencies = [("people", "0006_modified_by_the_database"), ("journal", "0005_what_was_public")]

    operations = [replace(NOTED[table], public=public).renoting() for table, public in PUBLIC.items()]
