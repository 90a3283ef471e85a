"""Meetings from the first idea to the last correction, and every page on which they are seen."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from council.core import clock
from council.decisions import actions as decisions
from council.exchange import actions as exchange
from council.meetings import actions as meetings
from council.meetings.models import Meeting
from council.meetings.rsvp import token_for
from tests.cast import Cast
from tests.decisions import outcomes, records
from tests.meetings import prepared
from tests.seen import Seen, page


def around_meetings(cast: Cast) -> list[Seen]:
    """Meetings at each step, and what came of them: last, for meetings planned afterwards begin with what is open."""
    return [
        *_meetings(cast),
        *_agenda(cast),
        *_held(cast),
        *_minutes(cast),
        *_coming(cast),
        *(page(who, name, *args, **query) for who, name, args, query in outcomes.happened(cast)),
    ]


def _meetings(cast: Cast) -> list[Seen]:
    planned = cast.planned_meeting(place="")
    item = planned.items.get()
    meeting = cast.planned_meeting(mode="hybrid", online_url="https://meet.council.example/1")
    child = cast.item(meeting, title="세부 토의", parent=meeting.items.get())
    meetings.add_paper(child, attachment=cast.attachment(), by=cast.secretary)
    meetings.convene(meeting, by=cast.secretary)
    meetings.answer_invitation(cast.invitation(meeting, cast.tp), answer="online", note="늦습니다", by=cast.tp)
    held = cast.meeting(days=8)
    with clock.at(held.ends_at + dt.timedelta(hours=1)):
        meetings.close(held, by=cast.secretary)
    return [
        page("secretary", "meetings", cast.council.pk),
        page("secretary", "plan_meeting", cast.council.pk),
        page("secretary", "meeting", planned.pk),
        page("supplier", "meeting", meeting.pk),
        page("supplier", "meeting", held.pk),
        *_calendars(cast, meeting),
        page("secretary", "revise_meeting", planned.pk),
        page("secretary", "convene", planned.pk),
        page("secretary", "cancel_meeting", planned.pk),
        page("secretary", "add_item", planned.pk),
        page("secretary", "revise_item", item.pk),
        page("secretary", "add_paper", item.pk),
    ]


def _calendars(cast: Cast, meeting: Meeting) -> list[Seen]:
    """Files of a meeting, the month in which it is, and private addresses, one in use and one revoked."""
    export = exchange.request_export(kind="agenda_book", format="pdf", meeting=meeting, by=cast.supplier)
    meetings.create_feed(name="휴대전화", by=cast.supplier)
    revoked, _secret = meetings.create_feed(name="옛 휴대전화", council=cast.council, by=cast.supplier)
    meetings.revoke_feed(revoked, by=cast.supplier)
    month = f"{clock.seoul_date(meeting.starts_at):%Y-%m}"
    return [
        page("secretary", "meeting_files", meeting.pk),
        page("supplier", "meeting_files", meeting.pk),
        page("supplier", "export", export.pk),
        page("supplier", "calendar", month=month),
        page("stranger", "calendar", month=month),
        page("supplier", "calendar_feeds"),
        page("stranger", "calendar_feeds"),
    ]


def _agenda(cast: Cast) -> list[Seen]:
    """An agenda to order and too long, proposals at every end, items carried over and forwarded, a series, a template."""
    meeting = prepared.asking(cast, title="준비하는 회의")
    part = cast.item(meeting, title="세부 토의", parent=meeting.items.get(), minutes_planned=150)
    meetings.add_paper_file(part, file=SimpleUploadedFile("자료.txt", b"1"), by=cast.secretary)
    waiting, accepted, declined = (prepared.proposed(cast, meeting, title=f"제안 {each}") for each in "123")
    item = meetings.accept_proposal(accepted, by=cast.secretary)
    meetings.decline_proposal(declined, reason="분과에서 다룹니다.", by=cast.secretary)
    referral = prepared.forwarded(cast, meeting)
    over = cast.meeting(days=9)
    forwarded = meetings.forward(
        over.items.get(), subcommittee=referral.to_subcommittee, request="검토", by=cast.secretary
    )
    meetings.return_referral(forwarded, result="검토를 마쳤습니다.", by=cast.secretary)
    meetings.carry_over(over.items.get(), to=cast.planned_meeting(days=50), by=cast.secretary)
    series, template = prepared.series(cast), prepared.template(cast)
    council = cast.council.pk
    return [
        page("secretary", "meeting", meeting.pk),
        page("supplier", "meeting", meeting.pk),
        page("secretary", "meeting", over.pk),
        page("secretary", "meetings", council, series=series.pk),
        page("secretary", "proposals", meeting.pk),
        page("supplier", "proposals", meeting.pk),
        page("adopter", "proposals", meeting.pk),
        page("supplier", "propose_item", meeting.pk),
        page("secretary", "merge_proposals", meeting.pk, proposal=waiting.pk),
        page("secretary", "decline_proposal", waiting.pk),
        page("secretary", "order_agenda", meeting.pk),
        page("secretary", "carry_over", item.pk),
        page("secretary", "forward_item", item.pk),
        page("secretary", "referrals", council),
        page("supplier", "referrals", council),
        page("secretary", "referral", referral.pk),
        page("supplier", "referral", forwarded.pk),
        page("secretary", "return_referral", referral.pk),
        page("secretary", "plan_series", council),
        page("secretary", "meeting_templates", council),
        page("secretary", "plan_from_template", template.pk),
        page("secretary", "copy_meeting", meeting.pk),
        page("secretary", "keep_meeting_template", meeting.pk),
    ]


def _coming(cast: Cast) -> list[Seen]:
    """A waiting list, an alternate with a letter, members who keep out of an item or should, a newcomer."""
    meeting = cast.planned_meeting(capacity=1, title="제3차 전체회의")
    meetings.revise_item(meeting.items.get(), closed=True, by=cast.secretary)
    cast.item(meeting, title="구매 계약")
    meetings.convene(meeting, by=cast.secretary)
    for who in (cast.officer, cast.tp, cast.adopter):
        meetings.answer_invitation(cast.invitation(meeting, who), answer="attending", by=who)
    meetings.answer_invitation(cast.invitation(meeting, cast.officer), answer="declined", by=cast.officer)
    other = cast.alternate(meeting, cast.adopter, email="other@council.example", name="다른 대리인")
    meetings.withdraw_alternate(other, by=cast.adopter)
    alternate = cast.alternate(meeting)
    letter = SimpleUploadedFile("위임장.txt", "위임장".encode())
    meetings.hand_in_mandate(alternate, file=letter, by=cast.supplier)
    meetings.withdraw_recusal(cast.recusal(meeting, "challenge", cast.adopter), by=cast.adopter)
    found = cast.recusal(meeting, "exclusion", cast.adopter)
    meetings.decide_recusal(found, granted=True, by=cast.secretary)
    exclusion = meetings.raise_recusal(
        meeting.items.earliest("position"),
        invitation=cast.invitation(meeting, cast.tp),
        kind="exclusion",
        ground="service",
        reason="용역을 수행했습니다.",
        by=cast.adopter,
    )
    invited = cast.member("late", "나중에 온 위원", cast.supplying)
    meetings.invite(meeting, cast.membership(invited), by=cast.secretary)
    cast.member("newcomer", "새 위원", cast.adopting)
    answer = cast.invitation(meeting, cast.adopter)
    return [
        *(page(who, "meeting", meeting.pk) for who in ("supplier", "adopter", "secretary", "observer")),
        page("adopter", "answer_invitation", answer.pk),
        page("adopter", "name_alternate", answer.pk),
        page("supplier", "mandate", alternate.pk),
        *(page(who, "recusals", meeting.pk) for who in ("supplier", "adopter", "secretary", "observer")),
        page("secretary", "decide_recusal", exclusion.pk),
        page("nobody", "rsvp", token_for(answer)),
    ]


def _held(cast: Cast) -> list[Seen]:
    """A meeting in session: who is there, who speaks and waits, what was said."""
    meeting = cast.running(mode="hybrid", online_url="https://meet.council.example/2", title="진행 중인 회의")
    item = meeting.items.get()
    meetings.take_up(item, by=cast.chair)
    cast.present(meeting, cast.chair, cast.observer)
    meetings.check_out(cast.present(meeting, cast.officer, mode="online"), by=cast.officer)
    meetings.add_guest(meeting, name="자문위원", organisation_name="한국생산기술연구원", by=cast.secretary)
    meetings.give_floor(cast.request_to_speak(meeting), by=cast.chair)
    cast.request_to_speak(meeting, cast.adopter, kind="point_of_order")
    statement = cast.statement(meeting, item=item)
    meetings.record_statement(meeting, item=item, speaker="자문위원", text="표준이 없습니다.", by=cast.secretary)
    return [
        page("secretary", "attendance", meeting.pk),
        page("supplier", "attendance", meeting.pk),
        page("secretary", "sign_in_list", meeting.pk),
        page("secretary", "door", meeting.pk),
        page("secretary", "door", meeting.pk, printed="1"),
        page("supplier", "live", meeting.pk),
        page("observer", "live", meeting.pk),
        page("secretary", "control", meeting.pk),
        page("chair", "projector", meeting.pk),
        page("tp", "check_in", meeting.pk),
        page("supplier", "check_in", meeting.pk),
        page("secretary", "statements", meeting.pk),
        page("supplier", "statements", meeting.pk),
        page("supplier", "revise_statement", statement.pk),
        page("supplier", "meeting", meeting.pk),
        page("secretary", "meeting", meeting.pk),
    ]


def _minutes(cast: Cast) -> list[Seen]:
    """Minutes at each step, with corrections, and a recording with its transcript."""
    bare = records.held(cast, title="회의록이 없는 회의")
    draft = records.drafted(cast, title="회의록을 쓰는 회의")
    section = decisions.revise_section(records.section_of(draft), text="", by=cast.chair)
    circulated = records.circulated(cast, title="회의록을 회람하는 회의")
    asked = records.corrected(cast, circulated)
    decided = records.corrected(cast, circulated)
    decisions.decide_correction(decided, state="declined", answer="녹취와 다릅니다.", by=cast.secretary)
    approved = records.approved(cast, title="회의록이 확정된 회의")
    decisions.add_annex(approved, text="정오표", reason="오기", by=cast.secretary)
    recording = records.recorded(cast, approved.meeting)
    decisions.read_transcript(recording, file=records.transcript(), by=cast.secretary)
    decisions.release_recording(recording, by=cast.secretary)
    return [
        page("secretary", "minutes", bare.pk),
        page("secretary", "minutes", draft.meeting_id),
        page("secretary", "section", section.pk),
        page("secretary", "section_history", section.pk),
        page("secretary", "minutes", circulated.meeting_id),
        page("supplier", "minutes", circulated.meeting_id),
        page("supplier", "request_correction", asked.section_id),
        page("secretary", "decide_correction", asked.pk),
        page("secretary", "recall_minutes", circulated.meeting_id),
        page("tp", "minutes", approved.meeting_id),
        page("secretary", "add_annex", approved.meeting_id),
        page("secretary", "recordings", approved.meeting_id),
        page("supplier", "recordings", approved.meeting_id, q="부담"),
        page("secretary", "add_recording", approved.meeting_id),
        page("secretary", "read_transcript", recording.pk),
        page("secretary", "remove_recording", recording.pk),
    ]
