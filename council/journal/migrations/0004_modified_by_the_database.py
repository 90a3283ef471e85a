"""What the rooms' triggers share: the stamp itself."""

from django.db import migrations

from council.journal.mirroring import STAMP, UNSTAMP


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_changes_and_tombstones")]

    operations = [migrations.RunSQL(STAMP, UNSTAMP)]
