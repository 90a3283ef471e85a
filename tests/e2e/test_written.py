"""A written review (서면심의): asked for, forms returned in the browser and on paper, counted, minuted."""

import datetime as dt
from collections.abc import Callable

import pytest

from council.core import clock
from council.decisions import actions as decisions
from council.decisions.models import Ballot, Decision, Minutes, Voter
from council.meetings.models import Meeting
from tests.cast import Cast
from tests.e2e.conftest import PHONE, Person, link_in_mail, pick
from tests.e2e.test_story import moment
from tests.stack import MailServer, Stack, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "수정안에 동의합니까?"
STATEMENT = "동의하되 부담 비율은 다시 봅시다."
RESOLVED = "수정안을 확정한다."


def test_a_written_review_from_the_question_to_the_minutes(
    cast: Cast, stack: Stack, mail_server: MailServer, person: Callable[..., Person]
):
    stack.start_worker()
    secretary, supplier, adopter = person(cast.secretary), person(cast.supplier, viewport=PHONE), person(cast.adopter)
    for one in (secretary, supplier, adopter):
        one.is_logged_in()

    # The secretary puts one item to the members in writing, until the day after tomorrow.
    meeting = convenes(secretary, cast)
    ballot = asks(secretary, meeting)
    assert (ballot.base, ballot.entitled) == ("returned", 5)

    # Two return their forms in the browser, one of them from the mail; a third comes on paper, the others act elsewhere.
    supplier.opens(link_in_mail(mail_server, cast.supplier.email, QUESTION))
    returns(supplier, ballot, "for", STATEMENT)
    adopter.opens(ballot.get_absolute_url())
    returns(adopter, ballot, "against")
    assert "반대" not in supplier.opens(ballot.get_absolute_url()).locator("#roll").inner_text()
    decisions.cast(ballot.roll.get(user=cast.chair), choice="for", by=cast.chair)
    enters_on_paper(secretary, ballot.roll.get(user=cast.tp))

    # Counted on the forms returned: four of five, three of them for.
    secretary.opens(ballot.get_absolute_url())
    secretary.presses(f"/ballots/{ballot.pk}/close/", confirm=True)
    ballot.refresh_from_db()
    assert (ballot.adopted, ballot.votes_for, ballot.votes_against) == (True, 3, 1)
    result = supplier.opens(ballot.get_absolute_url())
    assert STATEMENT in result.locator("#roll").inner_text()
    assert "4" in result.locator("#result").inner_text()

    # A decision, the end of the review, and its minutes.
    secretary.opens(f"/meetings/{meeting.pk}/decisions/record/?ballot={ballot.pk}")
    secretary.page.fill("[name=title]", "수정안 확정")
    secretary.page.fill("[name=text]", RESOLVED)
    secretary.sends()
    assert Decision.objects.get().ballot == ballot
    ends(secretary, meeting)
    minutes_of(secretary, supplier, cast, meeting)
    page = person(cast.observer)
    page.is_logged_in()
    assert RESOLVED in page.opens(f"/meetings/{meeting.pk}/minutes/").content()


def convenes(secretary: Person, cast: Cast) -> Meeting:
    page = secretary.opens(f"/councils/{cast.council.pk}/meetings/plan/")
    page.fill("[name=title]", "제1차 서면심의")
    page.select_option("[name=kind]", "written")
    page.fill("[name=starts_at]", moment(clock.now() + dt.timedelta(hours=1)))
    page.fill("[name=ends_at]", moment(clock.now() + dt.timedelta(days=2)))
    secretary.sends()
    meeting = Meeting.objects.get()
    secretary.opens(f"/meetings/{meeting.pk}/items/add/")
    page.fill("[name=title]", "전략 수정안")
    page.select_option("[name=kind]", "decision")
    page.fill("[name=presenter]", "담당 부서")
    secretary.sends()
    secretary.opens(f"/agenda-items/{meeting.items.get().pk}/papers/add/")
    page.set_input_files("[name=file]", {"name": "수정안.txt", "mimeType": "text/plain", "buffer": b"1"})
    secretary.sends()
    secretary.opens(f"/meetings/{meeting.pk}/convene/")
    page.fill("[name=urgent_reason]", "장관회의에 올려야 합니다.")
    secretary.sends()
    meeting.refresh_from_db()
    assert meeting.state == "convened"
    return meeting


def asks(secretary: Person, meeting: Meeting) -> Ballot:
    page = secretary.opens(f"/meetings/{meeting.pk}/ballots/open/")
    page.select_option("[name=item]", str(meeting.items.get().pk))
    page.fill("[name=question]", QUESTION)
    assert page.locator("[name=secret]").count() == 0
    secretary.sends()
    return Ballot.objects.get()


def returns(someone: Person, ballot: Ballot, choice: str, statement: str = "") -> None:
    page = someone.page
    pick(page.locator(f"[name$=choice][value={choice}]"))
    page.locator("[name$=statement]").fill(statement)
    someone.presses("/vote/", confirm=True)
    page.locator(".vote-card .notice-success, .vote-card .notice").first.wait_for()
    line = ballot.roll.get(user=someone.user)
    assert (line.choice, line.statement, line.on_paper) == (choice, statement, False)


def enters_on_paper(secretary: Person, line: Voter) -> None:
    page = secretary.opens(line.ballot.get_absolute_url())
    page.locator(f"a[href$='/voters/{line.pk}/paper/']").click()
    pick(page.locator("[name=choice][value=for]"))
    secretary.sends()
    line.refresh_from_db()
    assert (line.choice, line.on_paper) == ("for", True)


def ends(secretary: Person, meeting: Meeting) -> None:
    """Two days later: its time is over."""
    now = clock.now()
    times = {"starts_at": now - dt.timedelta(days=2), "ends_at": now - dt.timedelta(minutes=1)}
    Meeting.objects.filter(pk=meeting.pk).update(**times)
    secretary.opens(meeting.get_absolute_url())
    secretary.presses(f"/meetings/{meeting.pk}/close/", confirm=True)
    wait_until(lambda: Meeting.objects.filter(pk=meeting.pk, state="closed").exists(), what="the review is closed")
    meeting.refresh_from_db()


def minutes_of(secretary: Person, supplier: Person, cast: Cast, meeting: Meeting) -> None:
    """Those who returned a form were there; once all of them have confirmed, the minutes are approved."""
    page = secretary.opens(f"/meetings/{meeting.pk}/minutes/")
    secretary.presses("/minutes/draft/")
    page.locator(".minutes-head").wait_for()
    secretary.presses("/minutes/circulate/", confirm=True)
    minutes = Minutes.objects.get()
    assert minutes.state == "circulated"
    supplier.opens(f"/meetings/{meeting.pk}/minutes/")
    supplier.presses("/minutes/confirm/")
    for user in (cast.chair, cast.adopter, cast.tp):
        decisions.confirm_minutes(minutes, by=user)
    secretary.opens(f"/meetings/{meeting.pk}/minutes/")
    secretary.presses("/minutes/approve/", confirm=True)
    minutes.refresh_from_db()
    assert minutes.state == "approved"
    assert QUESTION in "\n".join(minutes.sections.values_list("text", flat=True))
