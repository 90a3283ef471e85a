"""What was written on agenda items before there were minutes is not lost."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from council.decisions.models import Minutes
from tests.cast import Cast

BEFORE = [("meetings", "0002_from_idea_to_result"), ("decisions", "0001_initial")]


def migrate(to: list[tuple[str, str]] | None = None) -> Any:
    """Go there, or to where everything stands today."""
    executor = MigrationExecutor(connection)
    to = to or executor.loader.graph.leaf_nodes()
    executor.migrate(to)
    return MigrationExecutor(connection).loader.project_state(to).apps


@pytest.mark.django_db(transaction=True)
def test_texts_of_items_become_sections_of_a_draft(cast: Cast):
    meeting = cast.meeting()
    cast.planned_meeting(title="말이 없던 회의")
    try:
        old = migrate(BEFORE)
        old.get_model("meetings", "AgendaItem").objects.filter(meeting=meeting.pk).update(
            minutes="원안대로 추진하기로 함"
        )
    finally:
        migrate()
    minutes = Minutes.objects.get()
    section = minutes.sections.get()
    assert (minutes.meeting, minutes.state) == (meeting, "draft")
    assert (section.text, section.item, section.heading) == (
        "원안대로 추진하기로 함",
        meeting.items.get(),
        "1. 전략(안) 토의",
    )
    assert section.revisions.get().by is None
