"""A meeting is opened, goes through its agenda step by step and back, and is closed."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.journal.models import Entry
from council.meetings import actions, closing
from council.meetings.bell import changed
from council.meetings.models import AgendaItem, Meeting
from council.people.models import Council
from tests.cast import Cast

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """One in session with three items."""
    meeting = cast.running()
    for position, title in enumerate(["운영 규칙", "기타"], start=1):
        AgendaItem.objects.create(
            council=cast.council, meeting=meeting, position=position, number=f"{position + 1}", title=title
        )
    return meeting


def items(meeting: Meeting) -> list[AgendaItem]:
    return list(meeting.items.order_by("position"))


def states(meeting: Meeting) -> list[str]:
    return [item.state for item in items(meeting)]


def current(meeting: Meeting) -> AgendaItem | None:
    return Meeting.objects.get(pk=meeting.pk).current_item


def test_a_meeting_is_opened_once_and_then_runs(cast: Cast):
    meeting = cast.running()
    assert (meeting.state, meeting.opened_at is not None) == ("running", True)
    assert actions.open_meeting(meeting, by=cast.chair).opened_at == meeting.opened_at
    assert Entry.objects.filter(verb="meeting.opened").count() == 1


def test_a_meeting_is_opened_two_hours_early_and_not_earlier(cast: Cast):
    meeting = cast.meeting()
    with clock.at(meeting.starts_at - dt.timedelta(hours=2, minutes=1)), pytest.raises(Refused):
        actions.open_meeting(meeting, by=cast.secretary)
    with clock.at(meeting.starts_at - dt.timedelta(hours=2)):
        assert actions.open_meeting(meeting, by=cast.secretary).state == "running"


def test_only_a_convened_meeting_is_opened_and_never_a_written_review(cast: Cast):
    with pytest.raises(Refused):
        actions.open_meeting(cast.planned_meeting(), by=cast.secretary)
    written = cast.meeting(kind="written", place="")
    with clock.at(written.starts_at), pytest.raises(Refused):
        actions.open_meeting(written, by=cast.secretary)


def test_members_do_not_run_a_meeting(cast: Cast, meeting: Meeting):
    first = items(meeting)[0]
    for verb in (
        lambda: actions.open_meeting(meeting, by=cast.supplier),
        lambda: actions.take_up(first, by=cast.supplier),
        lambda: actions.end_item(first, by=cast.supplier),
        lambda: actions.postpone_item(first, reason="다음에", by=cast.supplier),
        lambda: actions.undo_step(meeting, by=cast.supplier),
        lambda: actions.close(meeting, by=cast.supplier),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_taking_up_an_item_ends_the_one_before_and_counts_its_time(cast: Cast, meeting: Meeting):
    first, second, _third = items(meeting)
    start = clock.now()
    with clock.at(start):
        actions.take_up(first, by=cast.chair)
    with clock.at(start + 12 * MINUTE):
        actions.take_up(second, by=cast.chair)
    with clock.at(start + 20 * MINUTE):
        actions.take_up(first, by=cast.chair)
    with clock.at(start + 25 * MINUTE):
        actions.end_item(first, by=cast.chair)
    first, second, third = items(meeting)
    assert (first.seconds_spent, second.seconds_spent, third.seconds_spent) == (17 * 60, 8 * 60, 0)
    assert (first.opened_at, first.ended_at) == (start, start + 25 * MINUTE)
    assert states(meeting) == ["done", "done", "planned"]
    assert current(meeting) is None


def test_a_step_sent_twice_is_one_step(cast: Cast, meeting: Meeting):
    first = items(meeting)[0]
    for _time in range(2):
        actions.take_up(first, by=cast.chair)
    for _time in range(2):
        actions.end_item(first, by=cast.chair)
    assert Entry.objects.filter(verb__in=["agenda_item.taken_up", "agenda_item.ended"]).count() == 2


def test_an_item_is_put_off_with_a_reason_and_can_be_taken_up_after_all(cast: Cast, meeting: Meeting):
    first, second, _third = items(meeting)
    with pytest.raises(ValidationError):
        actions.postpone_item(first, reason=" ", by=cast.chair)
    actions.take_up(first, by=cast.chair)
    actions.postpone_item(first, reason="자료 보완", by=cast.chair)
    actions.postpone_item(second, reason="시간 부족", by=cast.chair)
    assert states(meeting) == ["postponed", "postponed", "planned"]
    assert (items(meeting)[0].postponed_reason, current(meeting)) == ("자료 보완", None)
    assert actions.take_up(first, by=cast.chair).postponed_reason == ""
    with pytest.raises(Refused):
        actions.end_item(second, by=cast.chair)


def test_what_has_been_dealt_with_is_not_put_off(cast: Cast, meeting: Meeting):
    first = items(meeting)[0]
    actions.take_up(first, by=cast.chair)
    actions.end_item(first, by=cast.chair)
    with pytest.raises(Refused):
        actions.postpone_item(first, reason="다음에", by=cast.chair)


def test_nothing_is_taken_up_before_the_opening_or_after_the_end(cast: Cast, meeting: Meeting):
    convened = cast.meeting()
    with pytest.raises(Refused):
        actions.take_up(convened.items.get(), by=cast.chair)
    actions.close(meeting, by=cast.chair)
    with pytest.raises(Refused):
        actions.take_up(items(meeting)[0], by=cast.chair)


def test_too_few_stop_the_agenda_where_the_rule_says_so_and_nowhere_else(cast: Cast, meeting: Meeting):
    first, second, _third = items(meeting)
    actions.take_up(first, by=cast.chair)
    Council.objects.update(below_quorum="agenda")
    with pytest.raises(Refused, match="3"):
        actions.take_up(AgendaItem.objects.get(pk=second.pk), by=cast.chair)
    cast.present(meeting, cast.chair, cast.tp, cast.supplier)
    assert actions.take_up(AgendaItem.objects.get(pk=second.pk), by=cast.chair).state == "current"


# --- back


def test_the_last_step_is_taken_back_as_if_it_had_not_been(cast: Cast, meeting: Meeting):
    first, second, _third = items(meeting)
    start = clock.now()
    with clock.at(start):
        actions.take_up(first, by=cast.chair)
    waiting = cast.request_to_speak(meeting)
    with clock.at(start + 5 * MINUTE):
        actions.take_up(second, by=cast.chair)
        waiting.refresh_from_db()
        assert waiting.state == "withdrawn"
        assert actions.undo_step(meeting, by=cast.chair) == second
    waiting.refresh_from_db()
    assert (states(meeting), current(meeting), waiting.state) == (["current", "planned", "planned"], first, "waiting")
    with clock.at(start + 10 * MINUTE):
        actions.end_item(first, by=cast.chair)
    assert abs(items(meeting)[0].seconds_spent - 600) <= 1
    assert items(meeting)[1].opened_at is None


def test_steps_are_taken_back_one_after_the_other(cast: Cast, meeting: Meeting):
    first, second, _third = items(meeting)
    actions.take_up(first, by=cast.chair)
    actions.postpone_item(second, reason="시간 부족", by=cast.chair)
    actions.end_item(first, by=cast.chair)
    for expected in (["current", "postponed", "planned"], ["current", "planned", "planned"], ["planned"] * 3):
        actions.undo_step(meeting, by=cast.chair)
        assert states(meeting) == expected
    with pytest.raises(Refused):
        actions.undo_step(meeting, by=cast.chair)


def test_a_second_press_takes_back_nothing_more(cast: Cast, meeting: Meeting):
    first, second, _third = items(meeting)
    actions.take_up(first, by=cast.chair)
    actions.take_up(second, by=cast.chair)
    seen = actions.last_step(meeting)
    actions.undo_step(meeting, step=seen.pk, by=cast.chair)
    with pytest.raises(Refused):
        actions.undo_step(meeting, step=seen.pk, by=cast.chair)
    assert current(meeting) == first


def test_a_step_on_which_something_was_built_stays(cast: Cast, meeting: Meeting):
    first = items(meeting)[0]
    actions.take_up(first, by=cast.chair)
    actions.give_floor(cast.request_to_speak(meeting), by=cast.chair)
    assert actions.last_step(meeting) is None
    with pytest.raises(Refused):
        actions.undo_step(meeting, by=cast.chair)


def test_what_happens_in_another_meeting_does_not_stand_in_the_way(cast: Cast, meeting: Meeting):
    actions.take_up(items(meeting)[0], by=cast.chair)
    other = cast.running(title="다른 회의")
    actions.take_up(other.items.get(), by=cast.chair)
    cast.statement(other)
    actions.undo_step(meeting, by=cast.chair)
    assert states(meeting)[0] == "planned"


# --- closing


def test_closing_ends_what_goes_on(cast: Cast, meeting: Meeting):
    first = items(meeting)[0]
    actions.take_up(first, by=cast.chair)
    speaking = actions.give_floor(cast.request_to_speak(meeting), by=cast.chair)
    waiting = cast.request_to_speak(meeting, cast.adopter)
    closed = actions.close(meeting, by=cast.chair)
    speaking.refresh_from_db()
    waiting.refresh_from_db()
    assert (closed.state, closed.current_item, closed.closed_at is not None) == ("closed", None, True)
    assert (speaking.state, waiting.state) == ("done", "withdrawn")
    with pytest.raises(Refused):
        actions.close(meeting, by=cast.chair)


def test_items_not_reached_are_put_off_where_items_were_taken_up_one_by_one(cast: Cast, meeting: Meeting):
    first, second, third = items(meeting)
    part, last = (
        AgendaItem.objects.create(council=cast.council, meeting=meeting, parent=parent, position=place, title="부분")
        for parent, place in ((first, 3), (second, 4))
    )
    actions.take_up(first, by=cast.chair)
    actions.take_up(last, by=cast.chair)
    actions.close(meeting, by=cast.chair)
    state = {item.pk: item.state for item in items(meeting)}
    assert [state[item.pk] for item in (first, part, second, last, third)] == ["done"] * 4 + ["postponed"]


def test_items_count_as_dealt_with_where_nobody_went_through_them(cast: Cast, meeting: Meeting):
    actions.close(meeting, by=cast.chair)
    assert states(meeting) == ["done"] * 3


def test_what_the_rooms_above_wait_for_stands_in_the_way_of_closing(cast: Cast, meeting: Meeting, monkeypatch):
    monkeypatch.setattr(closing, "_before_closing", [lambda meeting: ["표결이 열려 있습니다."]])
    actions.take_up(items(meeting)[0], by=cast.chair)
    with pytest.raises(Refused) as refusal:
        actions.close(meeting, by=cast.chair)
    assert refusal.value.problems == ["표결이 열려 있습니다."]
    with pytest.raises(Refused):
        actions.undo_step(meeting, by=cast.chair)


def test_every_step_rings(cast: Cast, meeting: Meeting, django_capture_on_commit_callbacks):
    heard = []

    def listen(**words) -> None:
        heard.append(words["meeting"])

    changed.connect(listen)
    first, second, _third = items(meeting)
    for step in (
        lambda: actions.take_up(first, by=cast.chair),
        lambda: actions.end_item(first, by=cast.chair),
        lambda: actions.postpone_item(second, reason="시간 부족", by=cast.chair),
        lambda: actions.undo_step(meeting, by=cast.chair),
        lambda: cast.present(meeting),
        lambda: actions.ask_for_floor(meeting, by=cast.supplier),
        lambda: cast.statement(meeting),
        lambda: actions.close(meeting, by=cast.chair),
    ):
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            step()
        assert set(heard) == {meeting.pk}
    changed.disconnect(listen)
