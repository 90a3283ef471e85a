"""``modified_at`` is kept, and changes are noted, by triggers."""

from django.db import migrations

from council.journal.mirroring import NOW, Mirrored, reaching

# What is kept to go on from, and the votes, are never shown.
FINDINGS = Mirrored("findings_finding", "findings", quiet=["kept", "snapshot"])
NOT_GIVEN = "({row}.state IN ('draft', 'shared', 'chosen', 'kept', 'merged', 'withdrawn'))"


class Migration(migrations.Migration):
    dependencies = [("findings", "0001_initial"), ("journal", "0004_modified_by_the_database")]

    operations = [
        *FINDINGS.operations(),
        # A finding is shown without opinions that were hidden or taken back since.
        reaching(
            "opinions_opinion",
            ["audience", "hidden_at", NOT_GIVEN],
            f"UPDATE findings_finding SET {NOW} WHERE consultation_id = OLD.consultation_id",
            name="opinion_reaches_findings",
        ),
    ]
