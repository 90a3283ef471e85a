"""What was written on agenda items before there were minutes becomes the sections of such."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def bring_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """Make a draft of minutes for each meeting of which something was written down, with a section for each item.

    Who wrote it is not known here (the journal knows), so the first revision names nobody.
    """
    items: Any = apps.get_model("meetings", "AgendaItem").objects
    minutes: Any = apps.get_model("decisions", "Minutes").objects
    sections: Any = apps.get_model("decisions", "Section").objects
    revisions: Any = apps.get_model("decisions", "SectionRevision").objects
    meetings: Any = apps.get_model("meetings", "Meeting").objects
    written = items.filter(minutes__regex=r"\S").values("meeting")
    for meeting in meetings.filter(pk__in=written).order_by("pk"):
        record = minutes.create(council_id=meeting.council_id, meeting=meeting)
        for position, item in enumerate(items.filter(meeting=meeting).order_by("position"), start=1):
            section = sections.create(
                council_id=meeting.council_id,
                minutes=record,
                kind="item",
                item=item,
                position=position,
                heading=f"{item.number}. {item.title}"[:220],
                text=item.minutes,
                closed=item.closed or meeting.closed,
            )
            revisions.create(section=section, revision=1, text=item.minutes, by=None)


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0001_initial"),
        ("meetings", "0002_from_idea_to_result"),
    ]
    operations = [migrations.RunPython(bring_over, migrations.RunPython.noop)]
