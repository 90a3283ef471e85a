"""What was said to some is on no page and in no answer of the API that others read, whatever they open."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from council.meetings import actions as meetings
from council.notifications import actions as notifications
from council.opinions import actions as opinions
from council.opinions.models import Consultation, Opinion
from council.people import actions as people
from council.people.models import User
from tests.cast import Cast
from tests.world import world

INSIDE = ("비밀초안", "비밀공유", "비밀공식", "비밀내부", "비밀댓글")
NOT_FOR_ALL = (
    "비밀담당",
    "비밀기업",
    "비밀숨김",
    "비밀철회",
    "비밀신고",
    "비밀태그",
    "비밀대기",
    "비밀답변",
    "비밀서식",
)
CLOSED = ("비밀안건", "비밀설명", "비밀자료", "비밀위임", "비밀기피", "비밀주소")
LISTS = (
    "proposals",
    "referrals",
    "meeting-templates",
    "meetings",
    "agenda-items",
    "attachments",
    "invitations",
    "alternates",
    "recusals",
    "opinions",
    "points",
    "dispositions",
    "objections",
    "redactions",
    "replies",
    "reports",
    "campaigns",
    "batches",
    "answer-templates",
    "imports",
    "import-rows",
    "exports",
    "attendance",
    "floor-requests",
    "statements",
    "minutes",
    "sections",
    "corrections",
    "recordings",
    "ballots",
    "decisions",
    "actions",
    "calendar-feeds",
    "webhooks",
    "webhook-deliveries",
    "notices",
    "consultations",
)


def say_it(cast: Cast, consultation: Consultation) -> list[Opinion]:
    """Something in each of the ways in which not everybody hears it."""

    def drafted(secret: str, **fields: Any) -> Opinion:
        return cast.drafted(consultation, reason=f"{secret} 때문입니다.", proposed_text=f"{secret}로 한다.", **fields)

    def given(secret: str, **fields: Any) -> Opinion:
        return opinions.submit(drafted(secret, **fields), by=cast.supplier)

    shared = opinions.share(drafted("비밀공유"), by=cast.supplier)
    opinions.remark(shared, text="비밀댓글입니다.", by=cast.supplier)
    withdrawn = opinions.withdraw(given("비밀철회"), by=cast.supplier)
    hidden = opinions.hide(given("비밀숨김"), reason="비밀숨김", by=cast.secretary)
    worked_on = given("널리 알릴 말")
    opinions.report(worked_on, reason="비밀신고", by=cast.secretary)
    point = opinions.triage(worked_on.points.get(), by=cast.secretary)
    opinions.tag_all([point], add=["비밀태그"], by=cast.secretary)
    opinions.await_input(point, waiting_for="비밀대기", by=cast.officer)
    cast.answer(cast.triaged(consultation), reason="비밀답변")
    opinions.keep_template(cast.council, title="비밀서식", verdict="partly", text="비밀서식", by=cast.officer)
    return [
        drafted("비밀초안"),
        shared,
        opinions.choose(opinions.share(drafted("비밀공식"), by=cast.supplier), by=cast.supplier),
        opinions.keep_inside(opinions.share(drafted("비밀내부"), by=cast.supplier), by=cast.supplier),
        given("비밀담당", audience="office"),
        given("비밀기업", audience="confidential"),
        hidden,
        withdrawn,
        worked_on,
    ]


def meet_behind_closed_doors(cast: Cast) -> list[str]:
    """A closed meeting of the supplier and the chair alone, and the addresses of what it has."""
    members = [cast.membership(cast.supplier), cast.membership(cast.chair)]
    circle = people.form_subcommittee(cast.council, name="소위원회", members=members, by=cast.secretary)
    meeting = cast.planned_meeting(
        title="소위원회 회의",
        kind="subcommittee",
        subcommittee=circle,
        closed=True,
        mode="hybrid",
        online_url="https://meet.council.example/비밀주소",
    )
    item = meeting.items.get()
    meetings.revise_item(item, title="비밀안건", note="비밀설명", by=cast.secretary)
    paper = meetings.add_paper(item, attachment=cast.attachment(name="비밀자료.txt"), by=cast.secretary)
    meetings.convene(meeting, by=cast.secretary)
    meetings.revise_meeting(meeting, place="세종", by=cast.secretary)
    alternate = cast.alternate(meeting, email="other@council.example", mandate="비밀위임")
    recusal = cast.recusal(meeting, "challenge", cast.chair, reason="비밀기피")
    while notifications.dispatch():
        pass
    things = meeting, paper.attachment, alternate, recusal
    return [str(thing.get_absolute_url()) for thing in things if thing]


def everything(person: User | None, addresses: list[str]) -> Iterator[tuple[str, str]]:
    """All that someone can read: the pages there are, and what the API lists."""
    browser = Client()
    if person:
        browser.force_login(person)
    for address in addresses:
        answer = browser.get(address)
        if answer.status_code == 200:
            yield address, b"".join(answer).decode(errors="replace")
    program = APIClient()
    program.force_authenticate(person)
    for noun in LISTS:
        yield noun, program.get(f"/api/v1/{noun}/?limit=200").content.decode()


@pytest.mark.parametrize(
    ("who", "secrets"),
    [
        ("adopter", INSIDE + NOT_FOR_ALL + CLOSED),
        ("observer", INSIDE + NOT_FOR_ALL + CLOSED),
        ("stranger", INSIDE + NOT_FOR_ALL + CLOSED),
        (None, INSIDE + NOT_FOR_ALL + CLOSED),
        ("officer", (*INSIDE, "비밀철회", *CLOSED)),
        ("secretary", INSIDE),
    ],
)
def test_nobody_reads_what_was_not_said_to_them(cast: Cast, who: str | None, secrets: tuple[str, ...]):
    pages = world(cast)
    consultation = Consultation.objects.exclude(public_at=None).get()
    said = say_it(cast, consultation)
    addresses = sorted({address for _who, _name, address in pages})
    addresses += [opinion.get_absolute_url() for opinion in said]
    addresses += [f"{opinion.get_absolute_url()}edit/" for opinion in said]
    addresses += meet_behind_closed_doors(cast)
    person = getattr(cast, who) if who else None
    read = list(everything(person, addresses))
    assert len(read) > len(LISTS)
    assert [(secret, where) for where, text in read for secret in secrets if secret in text] == []
