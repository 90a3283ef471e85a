"""``modified_at`` is kept by triggers. Webhooks and deliveries are somebody's own and are not copied elsewhere."""

from django.db import migrations

from council.journal.mirroring import Mirrored


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial"), ("journal", "0004_modified_by_the_database")]

    operations = [
        operation
        for table in ("integrations_webhook", "integrations_delivery")
        for operation in Mirrored(table).operations()
    ]
