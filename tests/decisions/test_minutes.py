"""Minutes: drafted from what happened, revised by several, complete, corrected, approved, locked."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from council.core import clock
from council.core.errors import Refused
from council.decisions import actions
from council.decisions.heads import head_of
from council.decisions.models import Minutes, Section
from council.meetings import actions as meetings
from tests.cast import Cast
from tests.decisions.records import (
    GIST,
    after,
    approved,
    circulated,
    confirmed_by_all,
    corrected,
    drafted,
    held,
    section_of,
)
from tests.decisions.sessions import ballot_in, in_session, vote_all


def sentences(minutes: Minutes) -> str:
    return " ".join(str(each.sentence) for each in actions.lacking(minutes))


# --- Drafted ---------------------------------------------------------------------------------------------------------


def test_minutes_have_a_section_for_the_opening_each_item_and_the_closing(cast: Cast):
    meeting = cast.planned_meeting()
    cast.item(meeting, title="부담 비율", parent=meeting.items.get())
    meetings.convene(meeting, by=cast.secretary)
    with clock.at(meeting.starts_at):
        meetings.open_meeting(meeting, by=cast.secretary)
        minutes = actions.draft_minutes(meeting, by=cast.secretary)
    found = list(minutes.sections.values_list("kind", "item__number"))
    assert found == [("opening", None), ("item", "1"), ("item", "1-1"), ("closing", None)]


def test_the_draft_says_who_spoke_for_whom_from_which_seat(cast: Cast):
    text = section_of(drafted(cast)).text
    seat = cast.membership(cast.supplier).seat
    assert f"공급 대표 (누리솔루션, 공급기업 {seat.number}번 위원석): {GIST}" in text or (
        "공급 대표 (누리솔루션" in text and str(seat.number) in text and GIST in text
    )


def test_the_opening_says_how_many_seats_were_taken(cast: Cast):
    text = drafted(cast).sections.get(kind="opening").text
    assert "5" in text
    assert "4" in text
    assert "의장" in text


@pytest.mark.parametrize("secret", [False, True])
def test_a_named_vote_names_who_voted_how_and_a_secret_one_nobody(cast: Cast, secret: bool):
    meeting = in_session(cast)
    ballot = ballot_in(cast, meeting, secret=secret)
    vote_all(ballot, "++-0+")
    actions.close_ballot(ballot, by=cast.secretary)
    text = actions.draft_minutes(meeting, by=cast.secretary).sections.get(kind="item").text
    assert "원안대로 의결할 것인가?" in text
    assert ("누리솔루션" in text) is not secret


def test_the_head_is_read_from_the_meeting_and_not_typed(cast: Cast):
    minutes = drafted(cast)
    with clock.at(minutes.meeting.closed_at + dt.timedelta(hours=1)):
        meetings.note_attendance(cast.invitation(minutes.meeting, cast.observer), by=cast.secretary)
        meetings.add_guest(minutes.meeting, name="손님", organisation_name="언론사", by=cast.secretary)
    head = head_of(minutes, cast.secretary)
    assert (head["name"], head["host"], head["place"]) == (
        "제1차 전체회의",
        "중소벤처기업부",
        "대한상공회의소 중회의실",
    )
    assert [person["name"] for person in head["attendees"]] == ["의장", "사무관", "공급 대표", "도입 대표"]
    assert [person["name"] for person in head["absent"]] == ["센터장"]
    assert [person["name"] for person in head["observers"]] == ["참관인"]
    assert [person["name"] for person in head["guests"]] == ["손님"]
    assert [line["title"] for line in head["agenda"]] == ["전략(안) 토의"]
    assert len(head["order"]) == 1


def test_no_minutes_are_written_of_a_meeting_that_has_not_begun(cast: Cast):
    with pytest.raises(Refused):
        actions.draft_minutes(cast.meeting(), by=cast.secretary)


def test_drafting_again_adds_the_sections_that_are_missing_and_keeps_the_others(cast: Cast):
    minutes = drafted(cast)
    section = actions.revise_section(section_of(minutes), text="고친 글", by=cast.secretary)
    minutes.sections.filter(kind="closing").delete()
    again = actions.draft_minutes(minutes.meeting, by=cast.secretary)
    assert again == minutes
    assert minutes.sections.count() == 3
    section.refresh_from_db()
    assert section.text == "고친 글"


def test_what_came_since_is_taken_in_below_what_was_edited(cast: Cast):
    minutes = drafted(cast)
    section = actions.revise_section(section_of(minutes), text="간사가 고친 글", by=cast.secretary)
    with clock.at(minutes.meeting.closed_at + dt.timedelta(hours=1)):
        meetings.record_statement(
            minutes.meeting,
            text="비율을 두 단계로 나누자고 하였다.",
            item=section.item,
            speaker="손님",
            by=cast.secretary,
        )
    lines = actions.redraft_section(section, by=cast.secretary).text.splitlines()
    assert lines[0] == "간사가 고친 글"
    assert lines[1:] == ["- 손님: 비율을 두 단계로 나누자고 하였다."]


def test_a_section_nobody_edited_is_drafted_anew(cast: Cast):
    minutes = drafted(cast)
    section = section_of(minutes)
    statement = minutes.meeting.statements.get()
    with clock.at(minutes.meeting.closed_at + dt.timedelta(hours=1)):
        meetings.revise_statement(statement, text="다르게 말하였다.", by=cast.secretary)
    text = actions.redraft_section(section, by=cast.secretary).text
    assert GIST not in text
    assert "다르게 말하였다." in text


# --- Revised ---------------------------------------------------------------------------------------------------------


def test_each_save_is_a_revision(cast: Cast):
    section = section_of(drafted(cast))
    for text in ("하나", "둘", "둘"):
        section = actions.revise_section(section, text=text, by=cast.secretary, revision=section.revision)
    assert list(section.revisions.values_list("revision", "text"))[1:] == [(2, "하나"), (3, "둘")]


def test_of_what_is_saved_while_one_types_the_last_is_kept(cast: Cast):
    section = section_of(drafted(cast))
    for text in ("하", "하나", "하나의"):
        section = actions.revise_section(section, text=text, by=cast.secretary, while_typing=True)
    section = actions.revise_section(section, text="하나의 글", by=cast.chair, while_typing=True)
    assert list(section.revisions.values_list("revision", "text"))[1:] == [(4, "하나의"), (5, "하나의 글")]


def test_a_text_written_on_an_older_revision_is_refused_and_nothing_is_lost(cast: Cast):
    section = section_of(drafted(cast))
    actions.revise_section(section, text="의장의 글", by=cast.chair, revision=1)
    with pytest.raises(Refused):
        actions.revise_section(section, text="간사의 글", by=cast.secretary, revision=1)
    section.refresh_from_db()
    assert section.text == "의장의 글"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_the_same_section_at_once_one_is_refused(cast: Cast):
    section = section_of(drafted(cast))

    def save(text: str) -> bool:
        try:
            actions.revise_section(Section.objects.get(pk=section.pk), text=text, by=cast.secretary, revision=1)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        saved = list(pool.map(save, ["한 사람의 글", "다른 사람의 글"]))
    assert sorted(saved) == [False, True]
    section.refresh_from_db()
    assert section.revision == 2
    assert section.revisions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_write_different_sections_do_not_stand_in_each_others_way(cast: Cast):
    minutes = drafted(cast)

    def save(pk: UUID) -> None:
        try:
            actions.revise_section(Section.objects.get(pk=pk), text="고침", by=cast.secretary, revision=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(save, minutes.sections.values_list("pk", flat=True)))
    assert set(minutes.sections.values_list("text", flat=True)) == {"고침"}


def test_a_member_does_not_write_minutes(cast: Cast):
    with pytest.raises(PermissionDenied):
        actions.revise_section(section_of(drafted(cast)), text="내 글", by=cast.supplier)


# --- Complete --------------------------------------------------------------------------------------------------------


def test_minutes_of_a_meeting_that_was_noted_down_lack_nothing(cast: Cast):
    assert actions.lacking(drafted(cast)) == []


def test_what_the_law_asks_for_and_is_missing_is_said(cast: Cast):
    minutes = drafted(cast)
    actions.revise_section(section_of(minutes), text="", by=cast.secretary)
    minutes.meeting.attendance.all().delete()
    minutes.meeting.place = ""
    missing = actions.lacking(minutes)
    assert {str(each.part) for each in missing} == {"place", "attendees", "statements"}
    assert all(each.url.startswith("/") for each in missing)
    with pytest.raises(Refused) as refusal:
        actions.circulate(minutes, by=cast.secretary)
    assert len(refusal.value.problems) >= 2


def test_a_vote_that_does_not_stand_in_the_text_is_missing(cast: Cast):
    meeting = in_session(cast)
    minutes = actions.draft_minutes(meeting, by=cast.secretary)
    ballot = ballot_in(cast, meeting)
    assert {"votes", "time"} <= {str(each.part) for each in actions.lacking(minutes)}
    vote_all(ballot, "+++++")
    actions.close_ballot(ballot, by=cast.secretary)
    assert "votes" in {str(each.part) for each in actions.lacking(minutes)}
    actions.redraft_section(section_of(minutes), by=cast.secretary)
    assert "votes" not in {str(each.part) for each in actions.lacking(minutes)}


# --- Corrected -------------------------------------------------------------------------------------------------------


def test_those_who_were_there_may_correct_for_as_long_as_the_rules_say(cast: Cast):
    minutes = circulated(cast)
    last = clock.today() + dt.timedelta(days=cast.council.correction_days)
    assert clock.seoul_date(minutes.corrections_until) == last
    with clock.at(after(minutes)), pytest.raises(Refused):
        corrected(cast, minutes)
    with pytest.raises(PermissionDenied):
        actions.request_correction(section_of(minutes), proposed="나도", by=cast.tp)  # was not there


def test_a_correction_quotes_what_stands_there(cast: Cast):
    with pytest.raises(ValidationError):
        actions.request_correction(
            section_of(circulated(cast)), quote="아무도 하지 않은 말", proposed="다른 말", by=cast.supplier
        )


def test_an_accepted_correction_changes_the_text_and_is_answered(cast: Cast):
    correction = corrected(cast)
    done = actions.decide_correction(correction, state="accepted", answer="녹취와 같습니다.", by=cast.secretary)
    section = Section.objects.get(pk=correction.section_id)
    assert (done.state, done.answer) == ("accepted", "녹취와 같습니다.")
    assert "30%로 하여야 한다고" in section.text
    assert section.revisions.count() == 2


def test_a_declined_correction_changes_nothing_and_needs_an_answer(cast: Cast):
    correction = corrected(cast)
    with pytest.raises(ValidationError):
        actions.decide_correction(correction, state="declined", answer=" ", by=cast.secretary)
    actions.decide_correction(correction, state="declined", answer="녹취와 다릅니다.", by=cast.secretary)
    assert GIST in Section.objects.get(pk=correction.section_id).text
    with pytest.raises(Refused):
        actions.decide_correction(correction, state="accepted", answer="다시", by=cast.secretary)


def test_a_partly_accepted_correction_says_how_the_section_reads_then(cast: Cast):
    correction = corrected(cast)
    with pytest.raises(ValidationError):
        actions.decide_correction(correction, state="partly", answer="일부만", by=cast.secretary)
    actions.decide_correction(correction, state="partly", answer="일부만", text="새 글", by=cast.secretary)
    assert Section.objects.get(pk=correction.section_id).text == "새 글"


def test_circulated_minutes_change_by_correction_alone_until_they_are_recalled(cast: Cast):
    minutes = circulated(cast)
    with pytest.raises(Refused):
        actions.revise_section(section_of(minutes), text="슬쩍", by=cast.secretary)
    with pytest.raises(Refused):
        meetings.revise_statement(minutes.meeting.statements.get(), text="슬쩍", by=cast.secretary)
    minutes = actions.recall(minutes, reason="표결이 빠졌습니다.", by=cast.secretary)
    actions.revise_section(section_of(minutes), text="고침", by=cast.secretary)


# --- Approved and locked ---------------------------------------------------------------------------------------------


def test_minutes_are_approved_once_the_time_is_over_and_all_is_decided(cast: Cast):
    minutes = circulated(cast)
    correction = corrected(cast, minutes)
    with pytest.raises(Refused):
        actions.approve_minutes(minutes, by=cast.chair)
    with clock.at(after(minutes)):
        with pytest.raises(Refused):
            actions.approve_minutes(minutes, by=cast.chair)
        actions.decide_correction(correction, state="declined", answer="녹취와 다릅니다.", by=cast.secretary)
        done = actions.approve_minutes(minutes, by=cast.chair)
    assert done.state == "approved"
    assert done.approved_by == cast.chair


def test_minutes_are_approved_early_when_nobody_is_left_to_ask(cast: Cast):
    minutes = circulated(cast)
    confirmed_by_all(minutes, cast.chair, cast.officer, cast.supplier)
    with pytest.raises(Refused):
        actions.approve_minutes(minutes, by=cast.secretary)
    confirmed_by_all(minutes, cast.adopter)
    assert actions.approve_minutes(minutes, by=cast.secretary).state == "approved"


def test_approved_minutes_are_locked_and_amended_by_annex_alone(cast: Cast):
    minutes = approved(cast)
    section = section_of(minutes)
    statement = minutes.meeting.statements.get()
    attempts = (
        lambda: actions.revise_section(section, text="몰래", by=cast.secretary),
        lambda: actions.redraft_section(section, by=cast.secretary),
        lambda: actions.draft_minutes(minutes.meeting, by=cast.secretary),
        lambda: actions.recall(minutes, reason="몰래", by=cast.secretary),
        lambda: actions.circulate(minutes, by=cast.secretary),
        lambda: actions.request_correction(section, proposed="몰래", by=cast.supplier),
        lambda: actions.approve_minutes(minutes, by=cast.chair),
        lambda: meetings.revise_statement(statement, text="몰래", by=cast.secretary),
        lambda: meetings.note_attendance(cast.invitation(minutes.meeting, cast.tp), by=cast.secretary),
    )
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()
    annexes = [actions.add_annex(minutes, text="정오표", reason="오기", by=cast.secretary) for _ in range(2)]
    assert [annex.number for annex in annexes] == [1, 2]


def test_the_digest_tells_that_something_was_changed_behind_our_back(cast: Cast):
    minutes = Minutes.objects.get(pk=approved(cast).pk)
    assert actions.digest_of(minutes) == minutes.digest
    minutes.sections.filter(kind="item").update(text="몰래 고친 글")
    assert actions.digest_of(minutes) != minutes.digest


def test_the_head_of_approved_minutes_stays_as_it_was(cast: Cast):
    minutes = approved(cast)
    minutes.meeting.attendance.all().delete()
    assert len(head_of(Minutes.objects.get(pk=minutes.pk), cast.supplier)["attendees"]) == 4


def test_an_annex_belongs_to_approved_minutes(cast: Cast):
    with pytest.raises(Refused):
        actions.add_annex(drafted(cast), text="별지", reason="오기", by=cast.secretary)


# --- Seen ------------------------------------------------------------------------------------------------------------


def test_a_draft_is_for_officers_a_circulated_one_for_those_who_were_there_an_approved_one_for_all(cast: Cast):
    meeting = held(cast)
    people = {"secretary": cast.secretary, "supplier": cast.supplier, "tp": cast.tp, "stranger": cast.stranger}

    def readers() -> set[str]:
        return {name for name, person in people.items() if Minutes.objects.visible_to(person).exists()}

    minutes = actions.draft_minutes(meeting, by=cast.secretary)
    assert readers() == {"secretary"}
    actions.circulate(minutes, by=cast.secretary)
    assert readers() == {"secretary", "supplier"}
    with clock.at(after(minutes)):
        actions.approve_minutes(minutes, by=cast.chair)
    assert readers() == {"secretary", "supplier", "tp"}


def test_the_section_of_an_item_for_officers_is_theirs_alone(cast: Cast):
    meeting = cast.planned_meeting()
    cast.item(meeting, title="인사", visibility="officers", kind="report")
    meetings.convene(meeting, by=cast.secretary)
    with clock.at(meeting.starts_at):
        meetings.open_meeting(meeting, by=cast.secretary)
        meetings.note_attendance(cast.invitation(meeting, cast.supplier), by=cast.secretary)
        meetings.close(meeting, by=cast.secretary)
    minutes = actions.circulate(actions.draft_minutes(meeting, by=cast.secretary), by=cast.secretary)
    assert minutes.sections.visible_to(cast.secretary).filter(item__title="인사").exists()
    assert not minutes.sections.visible_to(cast.supplier).filter(item__title="인사").exists()
    assert [line["title"] for line in head_of(minutes, cast.supplier)["agenda"]] == ["전략(안) 토의"]
