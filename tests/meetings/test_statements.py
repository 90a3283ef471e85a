"""What was said: noted by the secretary, or written by the speaker."""

import datetime as dt
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.journal.models import Entry
from council.meetings import actions, closing
from council.meetings.models import Meeting, Statement
from tests.cast import Cast
from tests.meetings.test_attendance import alternate_for, recuse
from tests.opinions.test_at_once import at_once, failures

KEY = UUID("018f0000-0000-7000-8000-000000000002")
WORDS = "실증 단지를 먼저 정해야 합니다."


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """One in session."""
    return cast.running()


def test_the_secretary_notes_what_a_seat_says(cast: Cast, meeting: Meeting):
    invitation, item = cast.invitation(meeting, cast.supplier), meeting.items.get()
    said = actions.record_statement(meeting, item=item, invitation=invitation, text=f" {WORDS} ", by=cast.secretary)
    assert (said.speaker, said.organisation, said.sector) == ("공급 대표", cast.supplying, "supplier")
    assert (said.text, said.item, said.recorded_by) == (WORDS, item, cast.secretary)


def test_whoever_sits_on_the_seat_has_spoken(cast: Cast, meeting: Meeting):
    invitation = cast.invitation(meeting, cast.supplier)
    alternate_for(cast, meeting, cast.supplier)
    assert actions.record_statement(meeting, invitation=invitation, text=WORDS, by=cast.secretary).speaker == "대리인"
    cast.present(meeting)
    invitation = cast.invitation(meeting, cast.supplier)
    said = actions.record_statement(meeting, invitation=invitation, text=WORDS, by=cast.secretary)
    assert said.speaker == "공급 대표"


def test_a_guest_is_noted_by_name_and_nobody_is_not(cast: Cast, meeting: Meeting):
    said = actions.record_statement(meeting, speaker="자문위원", text=WORDS, by=cast.secretary)
    assert (said.speaker, said.invitation, said.sector) == ("자문위원", None, "")
    for wrong in ({"text": WORDS}, {"text": WORDS, "speaker": " "}, {"text": " ", "speaker": "자문위원"}):
        with pytest.raises(ValidationError):
            actions.record_statement(meeting, by=cast.secretary, **wrong)


def test_members_note_nothing_for_others(cast: Cast, meeting: Meeting):
    with pytest.raises(PermissionDenied):
        actions.record_statement(meeting, speaker="의장", text=WORDS, by=cast.supplier)


def test_a_statement_stays_within_its_meeting(cast: Cast, meeting: Meeting):
    other = cast.running()
    for wrong in ({"item": other.items.get()}, {"invitation": cast.invitation(other, cast.tp)}):
        with pytest.raises(ValidationError):
            actions.record_statement(meeting, text=WORDS, by=cast.secretary, **({"speaker": "의장"} | wrong))
    with pytest.raises(ValidationError):
        cast.statement(meeting, item=other.items.get())


def test_who_is_there_writes_what_they_said_themselves(cast: Cast, meeting: Meeting):
    said = cast.statement(meeting, item=meeting.items.get())
    assert (said.speaker, said.organisation, said.recorded_by) == ("공급 대표", cast.supplying, cast.supplier)
    with pytest.raises(Refused):
        actions.write_statement(meeting, text=WORDS, by=cast.adopter)
    cast.present(meeting, cast.observer)
    for silent in (cast.observer, cast.stranger):
        with pytest.raises(PermissionDenied):
            actions.write_statement(meeting, text=WORDS, by=silent)


def test_who_has_left_may_still_write_down_what_they_said(cast: Cast, meeting: Meeting):
    actions.check_out(cast.present(meeting), by=cast.supplier)
    assert actions.write_statement(meeting, text=WORDS, by=cast.supplier).speaker == "공급 대표"


def test_who_keeps_out_of_an_item_says_nothing_on_it(cast: Cast, meeting: Meeting):
    recuse(cast, meeting, cast.supplier)
    with pytest.raises(Refused):
        cast.statement(meeting, item=meeting.items.get())
    assert cast.statement(meeting).item is None


def test_sent_twice_it_is_kept_once(cast: Cast, meeting: Meeting):
    said = cast.statement(meeting, key=KEY)
    assert actions.write_statement(meeting, text=WORDS, key=KEY, by=cast.supplier) == said
    assert Statement.objects.count() == Entry.objects.filter(verb="statement.recorded").count() == 1


def test_a_tablet_with_a_wrong_clock_says_it_within_the_meeting(cast: Cast, meeting: Meeting):
    day = dt.timedelta(days=1)
    assert cast.statement(meeting, said_at=clock.now() - day).said_at == meeting.opened_at
    assert cast.statement(meeting, said_at=clock.now() + day).said_at <= clock.now()


def test_what_was_written_without_a_connection_arrives_within_the_hour(cast: Cast, meeting: Meeting):
    cast.present(meeting)
    written_at = clock.now()
    with clock.at(written_at + dt.timedelta(hours=1)):
        closed = actions.close(meeting, by=cast.chair)
    with clock.at(closed.closed_at + dt.timedelta(minutes=59)):
        said = actions.write_statement(meeting, text=WORDS, said_at=written_at, by=cast.supplier)
        assert said.said_at == written_at
    with clock.at(closed.closed_at + dt.timedelta(minutes=61)), pytest.raises(Refused):
        actions.write_statement(meeting, text=WORDS, said_at=written_at, by=cast.supplier)


def test_before_the_meeting_nothing_was_said(cast: Cast):
    meeting = cast.meeting()
    with pytest.raises(Refused):
        actions.record_statement(meeting, speaker="의장", text=WORDS, by=cast.secretary)
    with clock.at(meeting.starts_at):
        assert actions.record_statement(meeting, speaker="의장", text=WORDS, by=cast.secretary).pk


def test_an_author_changes_their_words_until_the_end_and_the_secretary_longer(cast: Cast, meeting: Meeting):
    said = cast.statement(meeting)
    actions.revise_statement(said, text=WORDS, by=cast.supplier)
    with pytest.raises(PermissionDenied):
        actions.revise_statement(said, text="남의 말", by=cast.adopter)
    actions.close(meeting, by=cast.chair)
    with pytest.raises(Refused):
        actions.revise_statement(said, text="달리 말했습니다.", by=cast.supplier)
    with pytest.raises(Refused):
        actions.remove_statement(said, by=cast.supplier)
    assert actions.revise_statement(said, text="바로잡음", by=cast.secretary).text == "바로잡음"
    assert WORDS not in str(list(Entry.objects.values_list("data", flat=True)))


def test_once_the_minutes_are_beyond_correction_nothing_changes(cast: Cast, meeting: Meeting, monkeypatch):
    said = cast.statement(meeting)
    actions.close(meeting, by=cast.chair)
    monkeypatch.setattr(closing, "_before_correcting", [lambda meeting: ["회의록이 확정되었습니다."]])
    for verb in (
        lambda: actions.revise_statement(said, text=WORDS, by=cast.secretary),
        lambda: actions.remove_statement(said, by=cast.secretary),
        lambda: actions.record_statement(meeting, speaker="의장", text=WORDS, by=cast.secretary),
    ):
        with pytest.raises(Refused):
            verb()


def test_a_statement_is_taken_out(cast: Cast, meeting: Meeting):
    actions.remove_statement(cast.statement(meeting), by=cast.supplier)
    assert not Statement.objects.exists()
    assert Entry.objects.filter(verb="statement.removed").exists()


def test_what_was_said_on_a_closed_item_is_for_the_invited(cast: Cast, meeting: Meeting):
    item = meeting.items.get()
    said = cast.statement(meeting, item=item)
    latecomer = cast.member("latecomer", "새 위원", cast.supplying)
    assert Statement.objects.visible_to(latecomer).get() == said
    meeting.items.update(closed=True)
    assert not Statement.objects.visible_to(latecomer).exists()
    assert Statement.objects.visible_to(cast.adopter).get() == said


@pytest.mark.django_db(transaction=True)
def test_sent_from_two_windows_at_once_it_is_kept_once(cast: Cast):
    meeting = cast.running()
    cast.present(meeting)
    write = [lambda: actions.write_statement(meeting, text=WORDS, key=KEY, by=cast.supplier) for _time in range(4)]
    outcomes = at_once(*write)
    assert failures(outcomes) == []
    assert Statement.objects.count() == 1
