"""A meeting is planned, convened, answered, closed."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from council.core import clock
from council.core.errors import Refused
from council.meetings import actions
from council.meetings.models import AgendaItem, Invitation, Meeting, Paper
from council.people import actions as people
from council.people.models import Membership


def lacking(meeting: Meeting, **options) -> list[str]:
    with translation.override("en"):
        return [str(lack) for lack in actions.lacking(meeting, **options)]


def test_members_learn_of_a_meeting_when_it_is_convened(cast):
    meeting = cast.planned_meeting()
    assert meeting in Meeting.objects.visible_to(cast.secretary)
    assert meeting not in Meeting.objects.visible_to(cast.supplier)
    actions.convene(meeting, by=cast.secretary)
    assert meeting in Meeting.objects.visible_to(cast.supplier)


def test_everyone_who_sits_on_the_council_is_invited_once(cast):
    invited = {invitation.membership.user for invitation in cast.meeting().invitations.all()}
    assert invited == {
        cast.chair,
        cast.secretary,
        cast.officer,
        cast.tp,
        cast.supplier,
        cast.adopter,
        cast.observer,
    }


def test_a_subcommittee_meets_among_its_own(cast):
    subcommittee = people.form_subcommittee(
        cast.council, name="데이터 분과", members=[cast.membership(cast.supplier)], by=cast.secretary
    )
    meeting = cast.meeting(kind="subcommittee", subcommittee=subcommittee)
    assert [invitation.membership.user for invitation in meeting.invitations.all()] == [cast.supplier]


def test_a_subcommittee_meeting_names_its_subcommittee(cast):
    with pytest.raises(ValidationError):
        cast.planned_meeting(kind="subcommittee")


@pytest.mark.parametrize(("days", "enough"), [(7, True), (6, False), (8, True)])
def test_notice_is_counted_in_civil_days_in_seoul(cast, days: int, enough: bool):
    """Convened on the 5th, a meeting on the 12th keeps a notice of seven days, at whatever hour."""
    late_evening = dt.datetime(2023, 9, 5, 23, 30, tzinfo=clock.SEOUL)
    early_morning = dt.datetime(2023, 9, 5, 7, 0, tzinfo=clock.SEOUL) + dt.timedelta(days=days)
    Membership.objects.update(starts_on=dt.date(2023, 1, 1))
    with clock.at(dt.datetime(2023, 9, 1, 9, 0, tzinfo=clock.SEOUL)):
        meeting = cast.planned_meeting(starts_at=early_morning, ends_at=early_morning + dt.timedelta(hours=2))
    with clock.at(late_evening):
        assert (lacking(meeting) == []) is enough


def test_an_urgent_meeting_needs_a_reason_and_no_notice(cast):
    meeting = cast.planned_meeting(days=1)
    with pytest.raises(Refused) as refusal:
        actions.convene(meeting, by=cast.secretary)
    assert len(refusal.value.problems) == 1
    assert actions.convene(meeting, urgent_reason="장관회의 일정 변경", by=cast.secretary).urgent_reason


def test_everything_missing_is_said_at_once(cast):
    meeting = cast.planned_meeting(place="", mode="hybrid")
    meeting.items.all().delete()
    assert lacking(meeting) == [
        "The place is missing.",
        "The address to join online is missing.",
        "The agenda is empty; add at least one item.",
    ]


def test_an_item_to_decide_needs_a_paper_and_every_item_a_presenter(cast):
    meeting = cast.planned_meeting()
    item = cast.item(meeting, title="운영 규칙", kind="decision", presenter="")
    assert lacking(meeting) == [
        "Item 2. 운영 규칙 has nobody to present it.",
        "Item 2. 운영 규칙 is to be decided or deliberated, but has no paper.",
    ]
    actions.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    actions.revise_item(item, presenter="간사", by=cast.secretary)
    assert lacking(meeting) == []


def test_a_written_review_needs_no_place(cast):
    assert lacking(cast.planned_meeting(kind="written", place="")) == []


def test_a_meeting_in_the_past_is_not_convened(cast):
    assert lacking(cast.planned_meeting(days=-1)) == ["The meeting would have begun already; give it a time to come."]


def test_a_meeting_is_convened_once(cast):
    meeting = cast.meeting()
    with pytest.raises(Refused):
        actions.convene(meeting, by=cast.secretary)
    assert meeting.invitations.count() == 7


def test_members_convene_nothing(cast):
    with pytest.raises(PermissionDenied):
        actions.convene(cast.planned_meeting(), by=cast.supplier)


def test_items_are_numbered_as_a_tree(cast):
    meeting = cast.planned_meeting()
    first = meeting.items.get()
    second = cast.item(meeting, title="둘")
    cast.item(meeting, title="하나의 하나", parent=first)
    cast.item(meeting, title="하나의 둘", parent=first)
    cast.item(meeting, title="둘의 하나", parent=second)
    numbered = [(item.number, item.title) for item in meeting.items.order_by("position")]
    assert numbered == [
        ("1", "전략(안) 토의"),
        ("1-1", "하나의 하나"),
        ("1-2", "하나의 둘"),
        ("2", "둘"),
        ("2-1", "둘의 하나"),
    ]
    actions.remove_item(meeting.items.get(title="하나의 하나"), by=cast.secretary)
    assert [item.number for item in meeting.items.order_by("position")] == ["1", "1-1", "2", "2-1"]


def test_an_item_with_parts_is_not_removed_before_them(cast):
    meeting = cast.planned_meeting()
    first = meeting.items.get()
    cast.item(meeting, title="하위", parent=first)
    with pytest.raises(Refused):
        actions.remove_item(first, by=cast.secretary)


def test_what_is_for_officers_only_is_unknown_to_members_with_its_papers(cast):
    meeting = cast.planned_meeting()
    item = cast.item(meeting, title="인사", visibility="officers")
    actions.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    assert item not in AgendaItem.objects.visible_to(cast.supplier)
    assert not Paper.objects.visible_to(cast.supplier).exists()
    assert item in AgendaItem.objects.visible_to(cast.chair)
    assert Paper.objects.visible_to(cast.chair).get().attachment.visibility == "officers"


def test_closing_an_item_later_takes_its_papers_along(cast):
    item = cast.planned_meeting().items.get()
    paper = actions.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    actions.revise_item(item, visibility="officers", by=cast.secretary)
    paper.attachment.refresh_from_db()
    assert paper.attachment.visibility == "officers"


def test_a_version_in_work_on_the_table_is_shown_to_those_who_may_read_it(cast):
    meeting = cast.meeting()
    following = cast.next_version(cast.version())
    paper = actions.add_paper(meeting.items.get(), version=following, by=cast.secretary)
    assert paper in Paper.objects.visible_to(cast.officer)
    assert paper not in Paper.objects.visible_to(cast.supplier)


def test_an_invitation_is_answered_and_the_answer_changed(cast):
    meeting = cast.meeting()
    invitation = cast.invitation(meeting, cast.supplier)
    actions.answer_invitation(invitation, answer="declined", note="출장", by=cast.supplier)
    actions.answer_invitation(invitation, answer="attending", by=cast.supplier)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.note) == ("attending", "")


def test_nobody_answers_for_someone_else_but_the_secretariat(cast):
    invitation = cast.invitation(cast.meeting(), cast.supplier)
    with pytest.raises(PermissionDenied):
        actions.answer_invitation(invitation, answer="attending", by=cast.adopter)
    actions.answer_invitation(invitation, answer="attending", by=cast.secretary)


@pytest.mark.parametrize("answer", ["none", "online", "perhaps"])
def test_an_answer_must_be_one_of_the_possible_ones(cast, answer: str):
    invitation = cast.invitation(cast.meeting(), cast.supplier)
    with pytest.raises(ValidationError) as refusal:
        actions.answer_invitation(invitation, answer=answer, by=cast.supplier)
    assert list(refusal.value.message_dict) == ["answer"]


def test_after_the_beginning_an_answer_comes_too_late(cast):
    meeting = cast.meeting()
    with clock.at(meeting.starts_at), pytest.raises(Refused):
        actions.answer_invitation(cast.invitation(meeting, cast.supplier), answer="attending", by=cast.supplier)


def test_a_cancelled_meeting_takes_no_answers_and_is_not_cancelled_twice(cast):
    meeting = cast.meeting()
    with pytest.raises(ValidationError):
        actions.cancel(meeting, reason="", by=cast.secretary)
    actions.cancel(meeting, reason="일정 변경", by=cast.secretary)
    with pytest.raises(Refused):
        actions.answer_invitation(cast.invitation(meeting, cast.supplier), answer="attending", by=cast.supplier)
    with pytest.raises(Refused):
        actions.cancel(meeting, reason="다시", by=cast.secretary)


def test_a_meeting_is_closed_after_it_began_and_then_keeps_its_agenda(cast):
    meeting = cast.meeting()
    with pytest.raises(Refused):
        actions.close(meeting, by=cast.secretary)
    with clock.at(meeting.ends_at):
        actions.close(meeting, by=cast.secretary)
        item = meeting.items.get()
        assert item.state == AgendaItem.State.DONE
        with pytest.raises(Refused):
            actions.revise_item(item, title="다른 제목", by=cast.secretary)
        actions.revise_item(item, state=AgendaItem.State.POSTPONED, by=cast.secretary)


def test_unanswered_invitations_are_those_to_meetings_to_come(cast):
    meeting = cast.meeting()
    mine = Invitation.objects.visible_to(cast.supplier).unanswered().filter(membership__user=cast.supplier)
    assert mine.exists()
    with clock.at(meeting.ends_at):
        assert not Invitation.objects.unanswered().exists()
