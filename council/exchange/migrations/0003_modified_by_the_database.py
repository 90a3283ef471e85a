"""``modified_at`` is kept by triggers. Imports and exports are somebody's own work and are not copied elsewhere."""

from django.db import migrations

from council.journal.mirroring import Mirrored


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_files_of_a_meeting"), ("journal", "0004_modified_by_the_database")]

    operations = [
        operation
        for table in ("exchange_import", "exchange_importrow", "exchange_export")
        for operation in Mirrored(table).operations()
    ]
