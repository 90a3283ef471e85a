"""Every opinion given so far becomes one point with its office, day and answer; every body that gave one has replied."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

NOT_GIVEN = ("draft", "withdrawn")


def split(apps, schema_editor):
    """Make the points, hang the answers on them, and note the replies."""
    Opinion = apps.get_model("opinions", "Opinion")
    Point = apps.get_model("opinions", "Point")
    Disposition = apps.get_model("opinions", "Disposition")
    Reply = apps.get_model("opinions", "Reply")
    opinions = Opinion.objects.exclude(state="draft").order_by("pk")
    Point.objects.bulk_create(
        (
            Point(
                council_id=opinion.council_id,
                consultation_id=opinion.consultation_id,
                opinion_id=opinion.pk,
                state=_state(opinion),
                office_id=opinion.office_id,
                due_on=opinion.due_on,
            )
            for opinion in opinions.iterator(chunk_size=1000)
        ),
        batch_size=1000,
    )
    mine = Point.objects.filter(opinion=OuterRef("opinion")).values("pk")
    Disposition.objects.update(point=Subquery(mine[:1]))
    apps.get_model("opinions", "Consultation").objects.update(said=F("submitted"))
    seen = {}
    for opinion in opinions.exclude(state__in=NOT_GIVEN).order_by("submitted_at"):
        seen.setdefault((opinion.consultation_id, opinion.organisation_id), opinion)
    Reply.objects.bulk_create(
        Reply(
            council_id=opinion.council_id,
            consultation_id=opinion.consultation_id,
            organisation_id=opinion.organisation_id,
            kind="opinions",
            at=opinion.submitted_at,
            by_id=opinion.author_id,
            membership_id=opinion.membership_id,
        )
        for opinion in seen.values()
    )


def _state(opinion):
    """Of a withdrawn opinion: how far it had come."""
    if opinion.state != "withdrawn":
        return opinion.state
    return "triaged" if opinion.office_id else "submitted"


class Migration(migrations.Migration):
    dependencies = [("opinions", "0002_collecting_and_answering")]

    operations = [migrations.RunPython(split)]
