"""Actions: assigned, reported on, accepted, late; told once for each step; taken into the next agenda while open."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile

from council.core import clock
from council.core.errors import Refused
from council.decisions import actions
from council.decisions.actions.following import bring_in_open_actions
from council.decisions.models import Action
from council.documents.models import Attachment
from council.journal.models import Entry
from council.meetings.models import Meeting
from council.notifications import actions as notifications
from council.notifications.models import Notification
from tests.cast import Cast
from tests.decisions.sessions import in_session

DAYS = 30


def assigned(cast: Cast, meeting: Meeting | None = None, **fields) -> Action:
    return actions.assign_action(
        meeting or in_session(cast),
        by=cast.secretary,
        **{
            "title": "실태 조사 결과 제출",
            "organisation": cast.supplying,
            "owner": cast.supplier,
            "due_on": cast.today + dt.timedelta(days=DAYS),
            **fields,
        },
    )


def on(action: Action, days: int):
    """The moment so many days after the action's day, at nine in the morning."""
    return clock.at(dt.datetime.combine(action.due_on + dt.timedelta(days=days), dt.time(9), tzinfo=clock.SEOUL))


def told(verb: str) -> set[str]:
    """Who hears of a verb, once everything waiting is told."""
    while notifications.dispatch():
        pass
    return {each.recipient.name for each in Notification.objects.filter(entry__verb=verb)}


def reported(cast: Cast, action: Action, state: str = "reported", **fields) -> Action:
    return actions.report_action(action, state=state, note="제출했습니다.", by=cast.supplier, **fields)


def test_an_action_goes_from_assigned_to_done(cast: Cast):
    action = assigned(cast)
    assert reported(cast, action, "in_progress").state == "in_progress"
    assert reported(cast, action).state == "reported"
    action = actions.accept_action(action, by=cast.secretary)
    assert action.state == "done"
    assert action.ended_at is not None
    assert [each.state for each in action.reports.all()] == ["in_progress", "reported"]


def test_evidence_is_a_file_seen_by_who_sees_the_action(cast: Cast):
    action = assigned(cast, in_session(cast, cast.chair, cast.supplier))
    reported(cast, action, evidence=ContentFile("결과".encode(), name="결과.txt"))
    evidence = action.reports.get().evidence
    assert Attachment.objects.visible_to(cast.adopter).filter(pk=evidence.pk).exists()
    Meeting.objects.update(closed=True)
    action.meeting.invitations.filter(membership__user=cast.adopter).delete()
    assert not Attachment.objects.visible_to(cast.adopter).filter(pk=evidence.pk).exists()
    assert Attachment.objects.visible_to(cast.supplier).filter(pk=evidence.pk).exists()


def test_another_organisation_does_not_report_and_members_do_not_accept(cast: Cast):
    action = assigned(cast)
    with pytest.raises(PermissionDenied):
        actions.report_action(action, state="reported", note="x", by=cast.adopter)
    reported(cast, action)
    with pytest.raises(PermissionDenied):
        actions.accept_action(action, by=cast.supplier)


def test_colleagues_of_the_owner_may_report(cast: Cast):
    assert actions.report_action(assigned(cast), state="in_progress", note="착수", by=cast.colleague())


def test_what_nobody_reported_is_not_accepted(cast: Cast):
    with pytest.raises(Refused):
        actions.accept_action(assigned(cast), by=cast.secretary)


def test_the_owner_sits_on_the_council_for_the_organisation(cast: Cast):
    with pytest.raises(ValidationError) as wrong:
        assigned(cast, owner=cast.adopter)
    assert set(wrong.value.message_dict) == {"owner"}
    with pytest.raises(ValidationError):
        assigned(cast, head=cast.stranger)


def test_another_owner_or_day_needs_a_reason(cast: Cast):
    action, later = assigned(cast), cast.today + dt.timedelta(days=60)
    with pytest.raises(ValidationError):
        actions.revise_action(action, due_on=later, by=cast.secretary)
    assert actions.revise_action(action, due_on=later, reason="자료가 늦습니다.", by=cast.secretary).due_on == later
    assert action.reports.get().note == "자료가 늦습니다."
    moved = actions.revise_action(action, organisation=cast.adopting, reason="소관이 바뀌었습니다.", by=cast.secretary)
    assert moved.owner is None
    with pytest.raises(Refused):
        actions.revise_action(action, title="x", revision=1, by=cast.secretary)


def test_a_report_is_sent_back_and_a_dropped_action_taken_up_again(cast: Cast):
    action = assigned(cast)
    reported(cast, action)
    with pytest.raises(ValidationError):
        actions.reopen_action(action, reason="", by=cast.secretary)
    assert actions.reopen_action(action, reason="표본이 모자랍니다.", by=cast.secretary).state == "in_progress"
    assert actions.drop_action(action, reason="사업이 끝났습니다.", by=cast.secretary).state == "dropped"
    with pytest.raises(Refused):
        reported(cast, action)
    assert actions.reopen_action(action, reason="다시 필요합니다.", by=cast.secretary).ended_at is None


# --- by itself


def test_each_step_is_told_once(cast: Cast):
    action = assigned(cast)
    steps = [(-4, 0), (-3, 1), (-2, 0), (0, 0), (1, 1), (2, 0), (6, 0), (7, 1), (8, 0), (30, 0)]
    for days, expected in steps:
        with on(action, days):
            assert (days, actions.follow_up()) == (days, expected)
            assert actions.follow_up() == 0
    verbs = Entry.objects.filter(actor=None).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["action.due_soon", "action.overdue", "action.escalated"]


def test_a_run_that_comes_late_tells_what_is_true_now(cast: Cast):
    action = assigned(cast)
    with on(action, 20):
        assert actions.follow_up() == 2
    assert set(Entry.objects.filter(actor=None).values_list("verb", flat=True)) == {
        "action.overdue",
        "action.escalated",
    }


def test_what_was_reported_or_dropped_is_not_reminded_of(cast: Cast):
    meeting = in_session(cast)
    reported(cast, assigned(cast, meeting))
    actions.drop_action(assigned(cast, meeting), reason="불필요", by=cast.secretary)
    with on(Action.objects.first(), 20):
        assert actions.follow_up() == 0


def test_the_owner_hears_of_it_and_the_coordinator_when_it_stays_undone(cast: Cast):
    coordinator = cast.colleague("총괄", coordinates=True)
    action = assigned(cast)
    assert told("action.assigned") == {cast.supplier.name}
    with on(action, 10):
        actions.follow_up()
        assert told("action.overdue") == {cast.supplier.name}
        assert told("action.escalated") == {coordinator.name}


def test_the_head_named_hears_of_it_or_else_the_chair(cast: Cast):
    meeting = in_session(cast)
    action = assigned(cast, meeting, head=cast.officer)
    with on(action, 10):
        actions.follow_up()
        assert told("action.escalated") == {cast.officer.name}
        actions.drop_action(action, reason="불필요", by=cast.secretary)
        Action.objects.update(head=None)
    other = assigned(cast, meeting)
    with on(other, 10):
        actions.follow_up()
        assert told("action.escalated") == {cast.officer.name, cast.chair.name}


def test_who_hears_is_asked_when_it_is_told(cast: Cast):
    action = assigned(cast)
    actions.revise_action(action, owner=None, reason="담당자가 바뀝니다.", by=cast.secretary)
    colleague = cast.colleague()
    assert told("action.assigned") == {cast.supplier.name, colleague.name}


# --- the next agenda


def test_open_actions_come_into_the_next_agenda_of_the_same_body(cast: Cast):
    action = assigned(cast)
    following = cast.planned_meeting(days=60)
    following.items.filter(follow_up=True).delete()
    bring_in_open_actions(following, cast.secretary)
    item = following.items.get(follow_up=True)
    assert (item.kind, item.presenter) == ("report", cast.secretary.name)
    assert list(actions.open_actions_before(following)) == [action]


def test_planning_a_meeting_brings_them_in_by_itself(cast: Cast):
    assigned(cast)
    assert cast.planned_meeting(days=60).items.filter(follow_up=True).count() == 1


def test_with_nothing_open_or_in_writing_nothing_is_brought_in(cast: Cast):
    first = cast.planned_meeting(days=60)
    bring_in_open_actions(first, cast.secretary)
    assigned(cast)
    written = cast.planned_meeting(days=60, kind="written")
    assert not first.items.filter(follow_up=True).exists()
    assert not written.items.filter(follow_up=True).exists()
