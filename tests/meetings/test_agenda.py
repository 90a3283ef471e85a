"""The agenda: its order, its numbers, its times, and what lies on the table."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile

from council.core.errors import Refused
from council.documents.models import Attachment
from council.journal.models import Entry
from council.meetings import actions
from council.meetings.models import AgendaItem, Meeting
from council.meetings.planning import _sources, brings_in
from council.meetings.timing import minutes_over, schedule


@pytest.fixture
def meeting(cast) -> Meeting:
    """With three items: the cast's own, and two more."""
    meeting = cast.planned_meeting()
    for title in ("둘째", "셋째"):
        cast.item(meeting, title=title)
    return meeting


def numbers(meeting: Meeting) -> dict[str, str]:
    return dict(meeting.items.order_by("position").values_list("title", "number"))


def keys(meeting: Meeting) -> list:
    return [pk for pk, _parent in actions.arrangement(meeting)]


# --- Order


def test_items_are_put_into_another_order_and_numbered_anew(cast, meeting):
    first, second, third = keys(meeting)
    actions.order_items(meeting, order=[(third, None), (first, None), (second, None)], by=cast.secretary)
    assert numbers(meeting) == {"셋째": "1", "전략(안) 토의": "2", "둘째": "3"}


def test_an_item_becomes_part_of_another_one_wherever_it_is_named(cast, meeting):
    first, second, third = keys(meeting)
    actions.order_items(meeting, order=[(first, None), (second, None), (third, first)], by=cast.secretary)
    assert numbers(meeting) == {"전략(안) 토의": "1", "셋째": "1-1", "둘째": "2"}
    assert AgendaItem.objects.get(pk=third).parent_id == first


def test_a_whole_moves_with_its_parts(cast, meeting):
    first, second, third = keys(meeting)
    actions.order_items(meeting, order=[(second, None), (third, first), (first, None)], by=cast.secretary)
    assert list(numbers(meeting).values()) == ["1", "2", "2-1"]


@pytest.mark.parametrize("names", [[0, 1], [0, 1, 1], [0, 1, 2, 2]])
def test_an_order_that_misses_an_item_or_names_one_twice_is_refused(cast, meeting, names):
    items = keys(meeting)
    with pytest.raises(Refused):
        actions.order_items(meeting, order=[(items[name], None) for name in names], by=cast.secretary)


def test_an_order_made_before_an_item_came_in_is_refused(cast, meeting):
    order = [(pk, None) for pk in reversed(keys(meeting))]
    cast.item(meeting, title="늦은 안건")
    with pytest.raises(Refused):
        actions.order_items(meeting, order=order, by=cast.secretary)


def test_of_two_who_order_at_once_the_slower_one_looks_again(cast, meeting):
    seen = actions.arrangement(meeting)
    first, second, third = keys(meeting)
    actions.order_items(meeting, order=[(second, None), (first, None), (third, None)], seen=seen, by=cast.secretary)
    with pytest.raises(Refused):
        actions.order_items(meeting, order=[(third, None), (second, None), (first, None)], seen=seen, by=cast.chair)
    assert list(numbers(meeting)) == ["둘째", "전략(안) 토의", "셋째"]


def test_nothing_is_part_of_itself_or_of_another_meetings_item(cast, meeting):
    first, second, third = keys(meeting)
    foreign = cast.planned_meeting().items.get().pk
    for wrong in ([(first, second), (second, first)], [(first, first), (second, None)], [(first, foreign)]):
        rest = [(pk, None) for pk in (first, second, third) if pk not in dict(wrong)]
        with pytest.raises(ValidationError):
            actions.order_items(meeting, order=[*wrong, *rest], by=cast.secretary)


def test_items_go_three_levels_deep(cast, meeting):
    first, second, third = keys(meeting)
    actions.order_items(meeting, order=[(first, None), (second, first), (third, second)], by=cast.secretary)
    assert list(numbers(meeting).values()) == ["1", "1-1", "1-1-1"]
    deepest = AgendaItem.objects.get(pk=third)
    with pytest.raises(ValidationError):
        cast.item(meeting, title="너무 깊다", parent=deepest)
    fourth = cast.item(meeting, title="넷째")
    with pytest.raises(ValidationError):
        actions.order_items(meeting, order=[*actions.arrangement(meeting)[:-1], (fourth.pk, third)], by=cast.secretary)


def test_the_order_is_written_down_once_and_not_where_nothing_changed(cast, meeting):
    actions.order_items(meeting, order=actions.arrangement(meeting), by=cast.secretary)
    assert not Entry.objects.filter(verb="meeting.agenda_ordered").exists()
    actions.order_items(meeting, order=actions.arrangement(meeting)[::-1], by=cast.secretary)
    assert Entry.objects.filter(verb="meeting.agenda_ordered", target_id=meeting.pk).count() == 1


def test_a_member_orders_nothing_and_nobody_a_meeting_that_is_over(cast, meeting):
    order = actions.arrangement(meeting)[::-1]
    with pytest.raises(PermissionDenied):
        actions.order_items(meeting, order=order, by=cast.supplier)
    actions.cancel(meeting, reason="취소", by=cast.secretary)
    with pytest.raises(Refused):
        actions.order_items(meeting, order=order, by=cast.secretary)


# --- Times


def test_each_item_begins_when_the_one_before_it_ends(cast, meeting):
    times = schedule(meeting)
    assert [times[pk][0] - meeting.starts_at for pk in keys(meeting)] == [dt.timedelta(minutes=m) for m in (0, 10, 20)]
    assert minutes_over(meeting, times) == 0


def test_an_agenda_longer_than_its_meeting_is_noticed(cast, meeting):
    cast.item(meeting, title="긴 안건", minutes_planned=105)
    assert minutes_over(meeting, schedule(meeting)) == 15


# --- Papers


def test_a_file_is_kept_and_laid_on_the_table_in_one_step(cast, meeting):
    item = cast.item(meeting, title="인사", visibility="officers")
    paper = actions.add_paper_file(item, file=ContentFile(b"1", name="명단.txt"), by=cast.secretary)
    assert (paper.item, paper.attachment.name, paper.attachment.visibility) == (item, "명단.txt", "officers")
    with pytest.raises(PermissionDenied):
        actions.add_paper_file(item, file=ContentFile(b"2", name="명단.txt"), by=cast.supplier)
    with pytest.raises(ValidationError):
        actions.add_paper_file(item, file=ContentFile(b"", name="빈.txt"), by=cast.secretary)
    assert Attachment.objects.count() == 1


def test_a_paper_taken_off_the_table_is_for_officers_unless_it_lies_on_another(cast, meeting):
    first, second = meeting.items.all()[:2]
    attachment = cast.attachment()
    papers = [actions.add_paper(item, attachment=attachment, by=cast.secretary) for item in (first, second)]
    actions.remove_paper(papers[0], by=cast.secretary)
    assert attachment in Attachment.objects.visible_to(cast.supplier)
    actions.remove_paper(papers[1], by=cast.secretary)
    assert attachment not in Attachment.objects.visible_to(cast.supplier)
    assert attachment in Attachment.objects.visible_to(cast.secretary)


def test_the_papers_of_an_item_that_is_removed_are_put_away_too(cast, meeting):
    item = cast.item(meeting, title="비공개", closed=True)
    paper = actions.add_paper_file(item, file=ContentFile(b"1", name="명단.txt"), by=cast.secretary)
    actions.remove_item(item, by=cast.secretary)
    assert paper.attachment not in Attachment.objects.visible_to(cast.supplier)


def test_a_member_takes_no_paper_away_and_nobody_from_a_meeting_that_is_over(cast, meeting):
    paper = actions.add_paper(meeting.items.first(), attachment=cast.attachment(), by=cast.secretary)
    with pytest.raises(PermissionDenied):
        actions.remove_paper(paper, by=cast.supplier)
    actions.cancel(meeting, reason="취소", by=cast.secretary)
    with pytest.raises(Refused):
        actions.remove_paper(paper, by=cast.secretary)


# --- What comes in by itself


def test_other_rooms_put_what_they_have_on_every_meeting_that_is_planned(cast, meeting):
    @brings_in
    def a_reminder(planned: Meeting, by) -> None:
        actions.add_item(planned, title="지난 과제", follow_up=True, by=by)

    try:
        template = actions.keep_template(meeting, name="정례", by=cast.secretary)
        later = meeting.starts_at + dt.timedelta(days=30)
        made = [
            cast.planned_meeting(),
            actions.copy_meeting(meeting, starts_at=later, by=cast.secretary),
            actions.plan_from_template(template, starts_at=later, by=cast.secretary),
        ]
        again = actions.copy_meeting(made[0], starts_at=later, by=cast.secretary)
    finally:
        _sources.remove(a_reminder)
    assert [each.items.filter(title="지난 과제").count() for each in (*made, again)] == [1, 1, 1, 1]
