"""Each kind of thing there is, how one comes to be, and who of the cast may see it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from council.core import clock
from council.exchange import actions as exchange
from council.findings import actions as findings
from council.findings.models import Finding
from council.meetings import actions as meetings
from council.notifications import actions as notifications
from council.notifications.models import Mailbox, Notification
from council.opinions import actions as opinions
from council.people import actions as people
from council.people.models import Organisation, User
from tests.cast import Cast
from tests.decisions import outcomes, records
from tests.exchange.files import HEADER, as_csv
from tests.findings.crowd import found_in
from tests.integrations import hooks
from tests.meetings import prepared
from tests.notifications import own
from tests.people.systems import client_of, system, token_of

NOWHERE = UUID("01a00000-0000-7000-8000-000000000000")
PEOPLE = (
    "chair",
    "secretary",
    "officer",
    "tp",
    "supplier",
    "colleague",  # of the supplier
    "adopter",
    "observer",
    "expired",
    "stranger",
    "operator",
)
MEMBERS = {"chair", "secretary", "officer", "tp", "supplier", "colleague", "adopter", "observer"}
RUNNERS = {"chair", "secretary"}
SITTING = MEMBERS | {"operator"}  # who sits on a council is known to those who set it up
OFFICE = RUNNERS | {"officer"}
INSIDE = {"supplier", "colleague"}
THERE = {"chair", "secretary", "officer", "supplier", "adopter"}  # at the meeting that was held, and who runs it
ENTITLED = MEMBERS - {"observer"}  # to what is closed, where everyone is invited


@dataclass(frozen=True)
class Thing:
    """A kind of thing: how one comes to be, who may see it, and where it stands in the API and among the pages.

    What stands in no list of its own has no ``api``: it is read inside something else.
    """

    make: Callable[[Cast], Any]
    seen_by: set[str]
    api: str = ""
    page: bool = True


def restricted_item(cast: Cast) -> Any:
    meeting = cast.planned_meeting()
    item = cast.item(meeting, title="인사", visibility="officers")
    meetings.convene(meeting, by=cast.secretary)
    return item


def withdrawn(cast: Cast) -> Any:
    return opinions.withdraw(cast.submitted(cast.consultation()), by=cast.supplier)


def notice(cast: Cast) -> Any:
    cast.published(cast.consultation())
    while notifications.dispatch():
        pass
    return Notification.objects.on_screen().get(recipient=cast.supplier, entry__verb="opinion.answer_released")


def message(cast: Cast) -> Any:
    """A mail that was sent about what happened in the council."""
    cast.meeting()
    while notifications.dispatch():
        pass
    return Notification.objects.get(recipient=cast.supplier, channel="mail", entry__verb="meeting.convened")


def told_event(cast: Cast) -> Any:
    return message(cast).entry


def mailbox(cast: Cast) -> Any:
    return Mailbox.objects.create(user=cast.supplier, address=cast.supplier.email, failing_since=clock.now())


def released(cast: Cast) -> Any:
    return cast.published(cast.consultation()).points.get().disposition


def inside(cast: Cast, verb: Callable[..., Any] | None = None) -> Any:
    """A draft shared in the supplier's organisation, and perhaps decided on there."""
    shared = opinions.share(cast.drafted(cast.consultation()), by=cast.supplier)
    return verb(shared, by=cast.supplier) if verb else shared


def hidden(cast: Cast) -> Any:
    return opinions.hide(cast.submitted(cast.consultation()), reason="운영 규칙 제7조", by=cast.secretary)


def letter(cast: Cast, organisation: Organisation | None = None, **fields: Any) -> Any:
    """What came on paper from someone without an account."""
    consultation = cast.consultation()
    return opinions.enter(
        consultation,
        consultation.version.passages.earliest("position"),
        source="paper",
        organisation=organisation or people.register_organisation(by=cast.secretary, name="여울목재", kind="adopter"),
        reason="종이로도 받아 주십시오.",
        submitter="대표",
        source_note="접수번호 1",
        by=cast.secretary,
        **fields,
    )


def redaction(cast: Cast, *, approved: bool = False) -> Any:
    secret = cast.submitted(cast.consultation(), audience="confidential", reason="불량률은 3.1%입니다.")
    form = opinions.redact(secret, reason="불량률이 높습니다.", by=cast.secretary)
    return opinions.approve_redaction(form, by=cast.supplier) if approved else form


def vote(cast: Cast) -> Any:
    given = cast.submitted(cast.consultation(), by=cast.adopter)
    return opinions.react(given, value=1, membership=cast.membership(cast.supplier), by=cast.supplier)


def campaign(cast: Cast) -> Any:
    consultation = cast.consultation()
    for person in (cast.supplier, cast.adopter, cast.tp):
        cast.submitted(
            consultation, by=person, kind="general", proposed_text="", reason="자부담을 30%로 낮추어 주십시오. " * 2
        )
    while opinions.recognise_campaigns() >= 0:
        pass
    return consultation.campaigns.get()


def objection(cast: Cast, **words: Any) -> Any:
    answer = cast.published(cast.consultation(), **words).points.get().disposition
    return opinions.object_to(answer, text="소기업만이라도 낮추어 주십시오.", by=cast.supplier)


def told(cast: Cast) -> Any:
    return opinions.tell_author(cast.published(cast.consultation()), channel="letter", by=cast.secretary)


def finding(cast: Cast) -> Any:
    opinion = cast.submitted(cast.consultation())
    return Finding.objects.create(
        council=cast.council, consultation=opinion.consultation, number=1, votes=40, **found_in(opinion)
    )


def terms(cast: Cast) -> Any:
    return findings.fix_terms(cast.consultation(), in_the_open=["technopark"], by=cast.secretary)


def extension(cast: Cast) -> Any:
    phase = cast.consultation().phases.get()
    later = phase.closes_at + dt.timedelta(days=3)
    return opinions.extend(phase, closes_at=later, reason="추석 연휴", by=cast.secretary).extensions.get()


def upload(cast: Cast, by: str) -> Any:
    """A file of opinions somebody brought in, not entered yet."""
    rows = [["1", "누리솔루션", "공급 대표", "1 과제 1", "찬성", "", "", "지역에 필요합니다."]]
    file = SimpleUploadedFile("의견.csv", as_csv([HEADER, *rows]))
    return exchange.upload(cast.consultation(), file=file, by=getattr(cast, by))


def export(cast: Cast) -> Any:
    return exchange.request_export(kind="opinions", format="csv", consultation=cast.consultation(), by=cast.supplier)


def closed_meeting(cast: Cast) -> Any:
    """Everyone is invited; who only observes is not entitled to what is closed."""
    meeting = cast.planned_meeting(closed=True)
    meetings.add_paper(meeting.items.get(), attachment=cast.attachment(), by=cast.secretary)
    return meetings.convene(meeting, by=cast.secretary)


def paper(cast: Cast, **fields: Any) -> Any:
    """A file on the table for an item of a convened meeting."""
    meeting = cast.planned_meeting()
    meetings.revise_item(meeting.items.get(), by=cast.secretary, **fields)
    file = meetings.add_paper(meeting.items.get(), attachment=cast.attachment(), by=cast.secretary).attachment
    meetings.convene(meeting, by=cast.secretary)
    return file


def paper_kept_out_of(cast: Cast) -> Any:
    file = paper(cast)
    cast.recusal(file.papers.get().item.meeting)
    return file


def mandate(cast: Cast) -> Any:
    alternate = cast.alternate(cast.meeting())
    meetings.hand_in_mandate(alternate, file=ContentFile(b"x", name="위임장.txt"), by=cast.supplier)
    return alternate.letter


THINGS: dict[str, Thing] = {
    "council": Thing(lambda cast: cast.council, SITTING, "councils"),
    "membership": Thing(lambda cast: cast.membership(cast.supplier), SITTING, "memberships", page=False),
    "seat": Thing(lambda cast: cast.council.seats.first(), SITTING, "seats", page=False),
    "subcommittee": Thing(
        lambda cast: people.form_subcommittee(cast.council, name="분과", by=cast.secretary),
        SITTING,
        "subcommittees",
        page=False,
    ),
    "document": Thing(lambda cast: cast.version().document, MEMBERS, "documents"),
    "document nobody has been given": Thing(lambda cast: cast.document(), OFFICE, "documents"),
    "version": Thing(lambda cast: cast.version(), MEMBERS, "versions"),
    "version in work": Thing(lambda cast: cast.next_version(cast.version()), OFFICE, "versions"),
    "passage": Thing(lambda cast: cast.version().passages.first(), MEMBERS, "passages", page=False),
    "passage in work": Thing(
        lambda cast: cast.next_version(cast.version()).passages.first(), OFFICE, "passages", page=False
    ),
    "attachment": Thing(lambda cast: cast.attachment(), MEMBERS, "attachments"),
    "attachment of a document nobody has been given": Thing(
        lambda cast: cast.attachment(document=cast.document()), OFFICE, "attachments"
    ),
    "attachment for officers": Thing(lambda cast: cast.attachment(visibility="officers"), RUNNERS, "attachments"),
    "meeting": Thing(lambda cast: cast.meeting(), MEMBERS, "meetings"),
    "meeting called off before it was convened": Thing(
        lambda cast: meetings.cancel(cast.planned_meeting(), reason="취소", by=cast.secretary), RUNNERS, "meetings"
    ),
    "meeting in preparation": Thing(lambda cast: cast.planned_meeting(), RUNNERS, "meetings"),
    "meeting that asks for proposals": Thing(prepared.asking, MEMBERS, "meetings"),
    "proposal": Thing(prepared.proposed, RUNNERS | INSIDE, "proposals", page=False),
    "forwarded item": Thing(prepared.forwarded, MEMBERS, "referrals"),
    "forwarded item of a meeting in preparation": Thing(
        lambda cast: prepared.forwarded(cast, cast.planned_meeting()), RUNNERS, "referrals"
    ),
    "series": Thing(prepared.series, SITTING, "series", page=False),
    "meeting template": Thing(prepared.template, RUNNERS, "meeting-templates", page=False),
    "agenda item": Thing(lambda cast: cast.meeting().items.get(), MEMBERS, "agenda-items", page=False),
    "agenda item for officers": Thing(restricted_item, RUNNERS, "agenda-items", page=False),
    "invitation": Thing(
        lambda cast: cast.invitation(cast.meeting(), cast.supplier), MEMBERS, "invitations", page=False
    ),
    "closed meeting": Thing(closed_meeting, MEMBERS, "meetings"),
    "item of a closed meeting": Thing(
        lambda cast: closed_meeting(cast).items.get(), ENTITLED, "agenda-items", page=False
    ),
    "paper of a closed meeting": Thing(
        lambda cast: closed_meeting(cast).items.get().papers.get().attachment, ENTITLED, "attachments"
    ),
    "invitation to a closed meeting": Thing(
        lambda cast: cast.invitation(closed_meeting(cast), cast.supplier), ENTITLED, "invitations", page=False
    ),
    "alternate at a closed meeting": Thing(
        lambda cast: cast.alternate(closed_meeting(cast)), ENTITLED, "alternates", page=False
    ),
    "recusal at a closed meeting": Thing(
        lambda cast: cast.recusal(closed_meeting(cast)), ENTITLED, "recusals", page=False
    ),
    "paper": Thing(paper, MEMBERS, "attachments"),
    "paper of a closed item": Thing(lambda cast: paper(cast, closed=True), ENTITLED, "attachments"),
    "paper of an item the supplier keeps out of": Thing(paper_kept_out_of, MEMBERS - {"supplier"}, "attachments"),
    "alternate": Thing(lambda cast: cast.alternate(cast.meeting()), MEMBERS, "alternates"),
    "letter of mandate": Thing(mandate, RUNNERS | {"supplier"}, "attachments"),
    "recusal": Thing(lambda cast: cast.recusal(cast.meeting()), MEMBERS, "recusals"),
    "challenge to be decided": Thing(
        lambda cast: cast.recusal(cast.meeting(), "challenge", cast.adopter),
        RUNNERS | {"supplier", "adopter"},
        "recusals",
        page=False,
    ),
    "attendance": Thing(lambda cast: cast.present(cast.running()), MEMBERS, "attendance"),
    "attendance of a closed meeting": Thing(
        lambda cast: cast.present(cast.running(closed=True)), MEMBERS - {"observer"}, "attendance"
    ),
    "request to speak": Thing(lambda cast: cast.request_to_speak(cast.running()), MEMBERS, "floor-requests"),
    "statement": Thing(lambda cast: cast.statement(cast.running()), MEMBERS, "statements"),
    "ballot": Thing(outcomes.ballot, MEMBERS, "ballots"),
    "ballot on a closed item": Thing(lambda cast: outcomes.ballot(cast, closed=True), ENTITLED, "ballots"),
    "ballot in writing": Thing(outcomes.written_ballot, MEMBERS, "ballots"),
    "line of the roll": Thing(outcomes.voter, MEMBERS, page=False),
    "decision": Thing(outcomes.decision, MEMBERS, "decisions"),
    "decision on a closed item": Thing(lambda cast: outcomes.decision(cast, closed=True), ENTITLED, "decisions"),
    "action": Thing(outcomes.action, MEMBERS, "actions"),
    "action on a closed item": Thing(lambda cast: outcomes.action(cast, closed=True), ENTITLED, "actions"),
    "report on an action": Thing(outcomes.report, MEMBERS, page=False),
    "evidence": Thing(lambda cast: outcomes.report(cast).evidence, MEMBERS, "attachments"),
    "draft of minutes": Thing(records.drafted, RUNNERS, "minutes"),
    "circulated minutes": Thing(records.circulated, THERE, "minutes"),
    "approved minutes": Thing(records.approved, MEMBERS, "minutes"),
    "approved minutes of a closed meeting": Thing(
        lambda cast: records.approved(cast, closed=True), ENTITLED, "minutes"
    ),
    "section of a draft": Thing(lambda cast: records.section_of(records.drafted(cast)), RUNNERS, "sections"),
    "section of circulated minutes": Thing(
        lambda cast: records.section_of(records.circulated(cast)), THERE, "sections"
    ),
    "section on an item for officers": Thing(records.kept_to_officers, RUNNERS, "sections", page=False),
    "requested correction": Thing(records.corrected, THERE, "corrections"),
    "revision of a section": Thing(
        lambda cast: records.section_of(records.drafted(cast)).revisions.get(), RUNNERS, page=False
    ),
    "confirmation of minutes": Thing(records.confirmed, THERE, page=False),
    "annex": Thing(records.amended, MEMBERS),
    "recording": Thing(records.recorded, RUNNERS, "recordings"),
    "released recording": Thing(records.released, ENTITLED, "recordings"),
    "line of a transcript": Thing(records.transcribed, ENTITLED, page=False),
    "consultation": Thing(lambda cast: cast.consultation(), MEMBERS, "consultations"),
    "consultation in preparation": Thing(lambda cast: cast.prepared_consultation(), RUNNERS, "consultations"),
    "draft of an opinion": Thing(lambda cast: cast.drafted(cast.consultation()), {"supplier"}, "opinions"),
    "opinion": Thing(lambda cast: cast.submitted(cast.consultation()), MEMBERS, "opinions"),
    "opinion for the office": Thing(
        lambda cast: cast.triaged(cast.consultation(), audience="office"), OFFICE | INSIDE, "opinions"
    ),
    "withdrawn opinion": Thing(withdrawn, RUNNERS | INSIDE, "opinions"),
    "draft shared in an organisation": Thing(inside, INSIDE, "opinions"),
    "opinion in an official set": Thing(lambda cast: inside(cast, opinions.choose), INSIDE, "opinions"),
    "dissent kept inside": Thing(lambda cast: inside(cast, opinions.keep_inside), INSIDE, "opinions"),
    "confidential opinion": Thing(
        lambda cast: cast.submitted(cast.consultation(), audience="confidential"), RUNNERS | INSIDE, "opinions"
    ),
    "confidential opinion an office answers": Thing(
        lambda cast: cast.triaged(cast.consultation(), audience="confidential"), OFFICE | INSIDE, "opinions"
    ),
    "hidden opinion": Thing(hidden, RUNNERS | INSIDE, "opinions"),
    "letter": Thing(letter, MEMBERS, "opinions"),
    "letter of a member's organisation for the office": Thing(
        lambda cast: letter(cast, cast.adopting, audience="office"), RUNNERS | {"adopter"}, "opinions"
    ),
    "comment on a draft": Thing(
        lambda cast: opinions.remark(inside(cast), text="한 줄 더 넣읍시다.", by=cast.supplier), INSIDE, page=False
    ),
    "public form in preparation": Thing(redaction, RUNNERS | INSIDE, "redactions"),
    "public form": Thing(lambda cast: redaction(cast, approved=True), MEMBERS, "redactions"),
    "vote": Thing(vote, INSIDE, page=False),
    "reply": Thing(
        lambda cast: cast.submitted(cast.consultation()).consultation.replies.get(),
        RUNNERS | INSIDE,
        "replies",
        page=False,
    ),
    "report": Thing(
        lambda cast: opinions.report(cast.submitted(cast.consultation()), reason="광고입니다.", by=cast.adopter),
        RUNNERS | {"adopter"},
        "reports",
        page=False,
    ),
    "campaign": Thing(campaign, MEMBERS, "campaigns"),
    "extension": Thing(extension, MEMBERS, page=False),
    "finding": Thing(finding, MEMBERS, "findings"),
    "terms of voting": Thing(terms, MEMBERS, page=False),
    "point": Thing(lambda cast: cast.point(cast.consultation()), MEMBERS, "points"),
    "point of an opinion for the office": Thing(
        lambda cast: cast.point(cast.consultation(), audience="office"), OFFICE | INSIDE, "points"
    ),
    "objection": Thing(objection, MEMBERS, "objections"),
    "objection to an answer only its author reads": Thing(
        lambda cast: objection(cast, audience="office"), OFFICE | INSIDE, "objections"
    ),
    "telling": Thing(told, MEMBERS, page=False),
    "answer template": Thing(
        lambda cast: opinions.keep_template(
            cast.council, title="예산", verdict="longer_term", text="고맙습니다.", by=cast.officer
        ),
        OFFICE,
        "answer-templates",
        page=False,
    ),
    "step on the board": Thing(
        lambda cast: cast.answered(cast.consultation()).consultation.batches.get(step="dispose"), OFFICE, "batches"
    ),
    "secretary's step on the board": Thing(
        lambda cast: cast.triaged(cast.consultation()).consultation.batches.get(), RUNNERS, "batches"
    ),
    "file the secretary brought in": Thing(lambda cast: upload(cast, "secretary"), RUNNERS, "imports"),
    "file a member brought in": Thing(lambda cast: upload(cast, "supplier"), RUNNERS | {"supplier"}, "imports"),
    "row of a file": Thing(lambda cast: upload(cast, "supplier").rows.get(), RUNNERS | {"supplier"}, "import-rows"),
    "file to take away": Thing(export, {"supplier"}, "exports"),
    "file of a meeting": Thing(
        lambda cast: exchange.request_export(
            kind="agenda_book", format="pdf", meeting=cast.meeting(), by=cast.supplier
        ),
        {"supplier"},
        "exports",
    ),
    "calendar feed": Thing(
        lambda cast: meetings.create_feed(name="휴대전화", by=cast.supplier)[0],
        {"supplier"},
        "calendar-feeds",
        page=False,
    ),
    "prepared answer": Thing(
        lambda cast: cast.answered(cast.consultation()).points.get().disposition, OFFICE, "dispositions", page=False
    ),
    "published answer": Thing(released, MEMBERS, "dispositions", page=False),
    "mailbox": Thing(mailbox, RUNNERS | {"supplier", "operator"}, "mailboxes", page=False),
    "switch of a notice": Thing(own.preference, {"supplier"}, page=False),
    "habits": Thing(own.habits, {"supplier"}, page=False),
    "mute": Thing(own.mute, {"supplier"}, "mutes", page=False),
    "digest": Thing(own.digest, {"supplier"}, page=False),
    "browser": Thing(own.browser, {"supplier"}, "push-browsers", page=False),
    "notice": Thing(notice, {"supplier"}, "notices", page=False),
    "webhook": Thing(hooks.make, {"supplier"}, "webhooks"),
    "webhook of a system": Thing(hooks.of_system, RUNNERS | {"supplier", "operator"}, "webhooks"),
    "delivery of a webhook": Thing(hooks.delivery, {"supplier"}, "webhook-deliveries"),
    "token": Thing(
        lambda cast: people.create_token(name="연계", by=cast.supplier)[0], {"supplier"}, "tokens", page=False
    ),
    "service account": Thing(system, RUNNERS | {"supplier", "operator"}, "service-accounts"),
    "token of a system": Thing(
        lambda cast: token_of(cast)[0], RUNNERS | {"supplier", "operator"}, "tokens", page=False
    ),
    "OAuth client": Thing(lambda cast: client_of(cast)[0], RUNNERS | {"supplier", "operator"}, "clients", page=False),
}


def person(cast: Cast, name: str) -> User:
    return User.objects.get(email=f"{name}@council.example")
