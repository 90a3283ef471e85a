"""A plenary of forty seats from a proposal to locked minutes: six people, each in a window of their own, all at once."""

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from icalendar import Calendar

from council.core import clock
from council.decisions import actions as decisions
from council.decisions.models import Action, Ballot, Correction, Decision, Minutes, Section
from council.meetings import door
from council.meetings.models import Alternate, Attendance, Invitation, Meeting, Proposal, Recusal, Statement
from council.people.models import User
from tests.cast import Cast
from tests.e2e.conftest import PHONE, Person, pick
from tests.e2e.test_story import moment
from tests.stack import MailServer, Stack, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

TABLET = {"width": 820, "height": 1180}
SEATS = 40
STANDARD, TERMS = "데이터 표준 채택", "협상 조건"
GIST = "표준을 먼저 정해야 설비를 잇습니다."
CORRECTED = "표준과 보안을 먼저 정해야 설비를 잇습니다."
RESOLVED = "제조 데이터 표준을 협의체의 권고로 채택한다."
THREE_HOURS_SLOW = "const now = Date.now; Date.now = () => now() - 3 * 3600 * 1000;"
BY_CHAIR, BY_SECRETARY = "의장이 심의를 마쳤다.", "간사가 표결 결과를 확인하였다."


def test_a_plenary_from_a_proposal_to_locked_minutes(
    cast: Cast, stack: Stack, mail_server: MailServer, person: Callable[..., Person]
):
    stack.start_worker()
    others = cast.full_table(SEATS)

    def sits(user: User, **window) -> Person:
        someone = person(user, **window)
        someone.is_logged_in()
        return someone

    secretary, chair = sits(cast.secretary), sits(cast.chair, viewport=TABLET)
    supplier, adopter = sits(cast.supplier, viewport=PHONE), sits(cast.adopter)
    observer = sits(cast.observer)
    supplier.context.add_init_script(THREE_HOURS_SLOW)

    # The clock of the supplier's phone is wrong. The secretary asks for proposals; the supplier makes one on the phone; it goes on the agenda, behind a closed item.
    meeting = plans_a_meeting(secretary, cast)
    proposes(supplier, meeting)
    accepts_and_orders(secretary, meeting)
    terms, standard = meeting.items.order_by("position")
    assert [(item.title, item.number) for item in (terms, standard)] == [(TERMS, "1"), (STANDARD, "2")]

    # It is convened. The supplier says from the mail that they come, without logging in; the mail holds the calendar.
    convenes(secretary, meeting)
    answers_from_the_mail(person(None, viewport=PHONE), cast, meeting, mail_server)

    # A Techno Park sends somebody else; the adopter keeps out of the closed item.
    tp = sits(cast.tp)
    deputy = names_an_alternate(tp, cast, meeting, mail_server, sits)
    keeps_out(adopter, cast, meeting, terms)

    # At the door, by oneself, by video; the secretary notes the rest.
    arrives_at_the_door(supplier, secretary, meeting)
    deputy.opens(f"/meetings/{meeting.pk}/check-in/")
    deputy.sends("button[name=mode][value=online]")
    Invitation.objects.filter(meeting=meeting, answer="none").update(answer="attending")
    secretary.opens(f"/meetings/{meeting.pk}/attendance/")
    secretary.presses("/attendance/all/")
    assert (
        Attendance.objects.here().filter(meeting=meeting, invitation__membership__seat__isnull=False).count() == SEATS
    )

    # The chair opens it and takes up the closed item; everyone's page follows by itself.
    chair.opens(f"/meetings/{meeting.pk}/control/")
    chair.page.locator("#step-open").click()
    chair.page.locator("#step-next").wait_for()
    for one in (supplier, deputy, adopter, observer):
        follows(one, meeting)
    chair.page.locator("#step-next").click()
    for one in (supplier, deputy, adopter, observer):
        one.page.locator("#now-title", has_text=TERMS).wait_for()

    # Who keeps out sees neither paper nor vote; the others vote in secret.
    supplier.page.locator(".live-papers").wait_for()
    secret = puts_to_the_vote(chair, secret=True)
    assert secret.entitled == SEATS - 1
    votes(supplier, secret, "for")
    votes(deputy, secret, "against")
    adopter.page.locator("#ballot:not([hidden])").wait_for()
    assert adopter.page.locator(".live-vote, .live-papers").count() == 0
    assert observer.page.locator(".live-vote, .live-papers").count() == 0
    all_vote(secret, but=(cast.supplier, deputy.user))
    counts(chair)
    supplier.page.locator("#result[data-adopted=true]").wait_for()
    secret.refresh_from_db()
    assert (secret.votes_for, secret.votes_against) == (SEATS - 2, 1)

    # The next item: the supplier waits to speak, gets the floor, and ends.
    chair.page.locator("#step-next").click()
    supplier.page.locator("#now-title", has_text=STANDARD).wait_for()
    supplier.page.locator("[data-shown=speech]:not([hidden]) button").click()
    supplier.page.locator("#my-place:not([hidden])").wait_for()
    chair.page.locator("#step-give-floor").click()
    observer.page.locator("#speaking", has_text=cast.supplier.name).wait_for()
    supplier.page.locator("[data-shown=end]:not([hidden]) button").click()
    wait_until(lambda: [each.state for each in meeting.floor.all()] == ["done"], what="the speech is over")

    # A vote by name. The supplier's network is gone: remark and vote wait on the phone, and are sent once.
    named = puts_to_the_vote(chair, secret=False)
    assert named.entitled == SEATS
    loses_the_network_and_votes(supplier, named)
    votes(deputy, named, "for")
    votes(adopter, named, "abstain")
    all_vote(named, but=(cast.supplier, cast.adopter, deputy.user))
    counts(chair)
    chair.page.locator("#result[data-adopted=true]").wait_for()
    observer.page.locator("#result[data-adopted=true]").wait_for()
    assert str(SEATS - 1) in observer.page.locator("#result").inner_text()
    for one in (supplier, deputy, adopter, observer):
        assert one.page.evaluate("window.sameness === true"), "a page was loaded again"

    # A decision comes of it, and something to do.
    decision = records_the_decision(secretary, cast, named)
    assert (decision.text, decision.item) == (RESOLVED, standard)
    chair.page.locator("#step-close").click()
    chair.page.locator("dialog[open] button[value=yes]").click()
    wait_until(lambda: Meeting.objects.get(pk=meeting.pk).state == "closed", what="the meeting is closed")

    # Two write the minutes of the same item at once; what both wrote is kept.
    section = two_write_the_minutes(secretary, chair, meeting, standard)
    assert GIST in section.text
    assert BY_CHAIR in section.text
    assert BY_SECRETARY in section.text

    # Circulated; the supplier asks for a correction, which is accepted; all confirm; approved and locked.
    secretary.opens(f"/meetings/{meeting.pk}/minutes/")
    secretary.presses("/minutes/circulate/", confirm=True)
    corrects(supplier, secretary, section)
    minutes = Minutes.objects.get()
    for user in {cast.chair, cast.officer, cast.adopter, deputy.user, *others}:
        decisions.confirm_minutes(minutes, by=user)
    for one in (observer, secretary):  # they were there too
        one.opens(f"/meetings/{meeting.pk}/minutes/")
        one.presses("/minutes/confirm/")
    secretary.opens(f"/meetings/{meeting.pk}/minutes/")
    secretary.presses("/minutes/approve/", confirm=True)
    minutes.refresh_from_db()
    assert minutes.state == "approved"
    refuses_to_change(secretary, section)

    # Everything in one package.
    takes_the_dossier(secretary, meeting)

    # The observer reads what was approved, but not of the closed item.
    page = observer.opens(f"/meetings/{meeting.pk}/minutes/")
    assert CORRECTED in page.content()
    assert RESOLVED in page.content()
    closed = Section.objects.get(item=terms)
    assert page.locator(f"#section-{closed.pk}").count() == 0
    assert secret.question not in page.content()
    assert adopter.opens(f"/meetings/{meeting.pk}/minutes/").locator(f"#section-{closed.pk}").count() == 1


# --- Before ----------------------------------------------------------------------------------------------------------


def plans_a_meeting(secretary: Person, cast: Cast) -> Meeting:
    secretary.opens(f"/councils/{cast.council.pk}/meetings/plan/")
    starts_at = clock.now() + dt.timedelta(minutes=90)
    page = secretary.page
    page.fill("[name=title]", "제2차 전체회의")
    page.fill("[name=starts_at]", moment(starts_at))
    page.fill("[name=ends_at]", moment(starts_at + dt.timedelta(hours=2)))
    pick(page.locator("[name=mode][value=hybrid]"))
    page.fill("[name=place]", "중회의실")
    page.fill("[name=online_url]", "https://meet.council.example/2")
    page.fill("[name=proposals_until]", moment(clock.now() + dt.timedelta(hours=1)))
    secretary.sends()
    meeting = Meeting.objects.get()
    secretary.opens(f"/meetings/{meeting.pk}/items/add/")
    page.fill("[name=title]", TERMS)
    page.fill("[name=presenter]", "간사")
    page.fill("[name=note]", "대외비 협상 조건입니다.")
    pick(page.locator("[name=closed]"))
    secretary.sends()
    return meeting


def proposes(supplier: Person, meeting: Meeting) -> None:
    supplier.opens(f"/meetings/{meeting.pk}/proposals/new/")
    supplier.page.fill("[name=title]", STANDARD)
    supplier.page.fill("[name=note]", "회사마다 형식이 다릅니다.")
    pick(supplier.page.locator("[name=kind][value=decision]"))
    supplier.sends()
    supplier.sees(STANDARD)
    assert Proposal.objects.get().state == "open"


def accepts_and_orders(secretary: Person, meeting: Meeting) -> None:
    """The proposal first of all, then back behind the other item; each with its paper."""
    page = secretary.opens(f"/meetings/{meeting.pk}/proposals/")
    secretary.presses(f"/proposals/{Proposal.objects.get().pk}/accept/")
    standard = meeting.items.get(title=STANDARD)
    secretary.opens(f"/meetings/{meeting.pk}/order/")
    for step, first in (("up", STANDARD), ("down", TERMS)):
        page.locator(f"#{step}-{standard.pk}").click()
        page.locator(".order-list li").first.get_by_text(first).wait_for()
    for item in meeting.items.all():
        secretary.opens(f"/agenda-items/{item.pk}/papers/add/")
        page.set_input_files("[name=file]", {"name": f"{item.title}.txt", "mimeType": "text/plain", "buffer": b"1"})
        secretary.sends()


def convenes(secretary: Person, meeting: Meeting) -> None:
    """As urgent, with a reason: the rules ask for a week."""
    secretary.opens(f"/meetings/{meeting.pk}/convene/")
    secretary.page.fill("[name=urgent_reason]", "공고가 앞당겨졌습니다.")
    secretary.sends()
    assert meeting.invitations.count() > SEATS


def answers_from_the_mail(stranger: Person, cast: Cast, meeting: Meeting, mail_server: MailServer) -> None:
    mail = invitation_mail(mail_server, cast.supplier.email)
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [event] = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert event["ATTENDEE"] == f"mailto:{cast.supplier.email}"
    stranger.opens(link(mail, "/rsvp/"))
    stranger.sends("button[name=answer][value=attending]")
    stranger.page.locator("button[value=attending][aria-pressed=true]").wait_for()
    assert cast.invitation(meeting, cast.supplier).answer == "attending"


def invitation_mail(mail_server: MailServer, address: str) -> EmailMessage:
    """The mail with the calendar in it, once it is there."""

    def found() -> list[EmailMessage]:
        mails = mail_server.to(address)
        return [mail for mail in mails if any(part.get_content_type() == "text/calendar" for part in mail.walk())]

    wait_until(lambda: bool(found()), what=f"an invitation to {address}")
    return found()[-1]


def link(mail: EmailMessage, part: str) -> str:
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    text = body.get_content()
    found = re.search(rf"https?://\S*{part}\S*", text)
    assert found, text
    return found.group()


def names_an_alternate(
    tp: Person, cast: Cast, meeting: Meeting, mail_server: MailServer, sits: Callable[..., Person]
) -> Person:
    tp.opens(f"/invitations/{cast.invitation(meeting, cast.tp).pk}/alternate/")
    for name, value in (("email", "deputy@council.example"), ("name", "대리인"), ("mandate", "모든 안건")):
        tp.page.fill(f"[name={name}]", value)
    tp.sends()
    alternate = Alternate.objects.get()
    invitation_mail(mail_server, alternate.user.email)
    deputy = sits(alternate.user, viewport=PHONE)
    deputy.opens(f"/meetings/{meeting.pk}/")
    deputy.sees(TERMS)
    return deputy


def keeps_out(adopter: Person, cast: Cast, meeting: Meeting, terms) -> None:
    assert "대외비" in adopter.opens(f"/meetings/{meeting.pk}/").content()
    adopter.opens(f"/meetings/{meeting.pk}/recusals/")
    form = adopter.page.locator("form:has(input[name=form][value=own])")
    form.locator("[name$=item]").select_option(str(terms.pk))
    form.locator("[name$=ground]").select_option("party")
    form.locator("[name$=reason]").fill("계약 상대방입니다.")
    adopter.sends(form.locator("button[type=submit]"))
    assert Recusal.objects.get().state == "granted"
    page = adopter.opens(f"/meetings/{meeting.pk}/")
    assert "대외비" not in page.content()
    assert f"{TERMS}.txt" not in page.content()
    assert f"{STANDARD}.txt" in page.content()


def arrives_at_the_door(supplier: Person, secretary: Person, meeting: Meeting) -> None:
    secretary.opens(f"/meetings/{meeting.pk}/door/")
    supplier.opens(f"/meetings/{meeting.pk}/check-in/?code={door.code(meeting)}")
    supplier.presses("/check-in/")
    wait_until(lambda: Attendance.objects.filter(how="code").exists(), what="the supplier is there")


# --- During ----------------------------------------------------------------------------------------------------------


def follows(someone: Person, meeting: Meeting) -> None:
    someone.opens(f"/meetings/{meeting.pk}/live/")
    someone.page.locator("[data-link=connected]").wait_for()
    someone.page.evaluate("window.sameness = true")


def puts_to_the_vote(chair: Person, *, secret: bool) -> Ballot:
    page = chair.page
    known = set(Ballot.objects.values_list("pk", flat=True))
    page.locator("details:has(#ballot-question) summary").click()
    page.fill("#ballot-question", "비밀로 정합니까?" if secret else "표준을 채택합니까?")
    if secret:
        page.locator("label[for=ballot-secret]").click()
    page.locator("form:has(#ballot-question) button[type=submit]").click()
    page.locator("#step-close-ballot").wait_for()
    return Ballot.objects.exclude(pk__in=known).get()


def votes(someone: Person, ballot: Ballot, choice: str) -> None:
    """On the live page, which shows the card by itself."""
    line = ballot.roll.get(user=someone.user)
    someone.page.locator(f"#{choice}-{line.pk}").click()
    someone.page.locator(".live-voted").wait_for()
    line.refresh_from_db()
    assert line.has_voted
    assert line.choice == ("" if ballot.secret else choice)


def all_vote(ballot: Ballot, *, but: tuple[User | None, ...]) -> None:
    """Everyone else at the table, for."""
    for line in ballot.roll.exclude(user__in=but).select_related("user", "ballot"):
        decisions.cast(line, choice="for", by=line.user)


def counts(chair: Person) -> None:
    """Closes the vote, once the tablet shows that everybody has voted and no question is asked."""
    chair.page.locator("form:not([data-confirm]) > #step-close-ballot").click()
    chair.page.locator("#step-close-ballot").wait_for(state="detached")


def loses_the_network_and_votes(supplier: Person, ballot: Ballot) -> None:
    page = supplier.page
    line = ballot.roll.get(user=supplier.user)
    page.locator(f"#for-{line.pk}").wait_for()
    of_the_page = list(supplier.faults)
    supplier.context.set_offline(True)
    page.locator("details:has(#remark-text) summary").click()
    page.fill("#remark-text", GIST)
    page.locator("form:has(#remark-text) button").click()
    page.locator(f"#for-{line.pk}").click()
    page.locator(".outbox-rows [data-state=pending]").nth(1).wait_for()
    assert not Statement.objects.exists()
    supplier.context.set_offline(False)
    page.locator(".outbox-rows [data-state=sent]").nth(1).wait_for()
    page.locator(".live-voted").wait_for()
    page.locator("[data-link=connected]").wait_for()
    supplier.faults[:] = of_the_page  # the browser notes that the network was away
    line.refresh_from_db()
    assert line.choice == "for"
    statement = Statement.objects.get()
    assert statement.text == GIST
    assert statement.meeting.opened_at < statement.said_at <= clock.now()


# --- After -----------------------------------------------------------------------------------------------------------


def records_the_decision(secretary: Person, cast: Cast, ballot: Ballot) -> Decision:
    page = secretary.opens(ballot.get_absolute_url())
    page.locator(f"a[href$='?ballot={ballot.pk}']").click()
    page.fill("[name=title]", "데이터 표준")
    page.fill("[name=text]", RESOLVED)
    secretary.sends()
    decision = Decision.objects.get()
    page.locator("a[href*='/actions/assign/']").first.click()
    page.fill("[name=title]", "표준 초안 제출")
    page.select_option("[name=organisation]", str(cast.supplying.pk))
    page.fill("[name=due_on]", (clock.today() + dt.timedelta(days=30)).isoformat())
    secretary.sends()
    wait_until(lambda: Action.objects.filter(decision=decision).exists(), what="the action is assigned")
    return decision


def two_write_the_minutes(secretary: Person, chair: Person, meeting: Meeting, item) -> Section:
    secretary.opens(f"/meetings/{meeting.pk}/minutes/")
    secretary.presses("/minutes/draft/")
    section = Section.objects.get(item=item)
    drafted = section.text
    for one in (secretary, chair):
        one.opens(f"/sections/{section.pk}/")
    chair.page.fill("[name=text]", f"{drafted}\n{BY_CHAIR}")
    chair.sends("form[data-section] button[type=submit]")
    secretary.page.fill("[name=text]", f"{drafted}\n{BY_SECRETARY}")
    secretary.page.locator(".minutes-beside").get_by_text(BY_CHAIR).first.wait_for()
    secretary.provoked("409")
    assert BY_SECRETARY in secretary.page.locator("[name=text]").input_value()
    section.refresh_from_db()
    assert BY_SECRETARY not in section.text
    secretary.page.fill("[name=text]", f"{section.text}\n{BY_SECRETARY}")
    secretary.sends("form[data-section] button[type=submit]")
    section.refresh_from_db()
    return section


def corrects(supplier: Person, secretary: Person, section: Section) -> None:
    supplier.opens(f"/sections/{section.pk}/correct/")
    supplier.page.fill("[name=quote]", GIST)
    supplier.page.fill("[name=proposed]", CORRECTED)
    supplier.sends()
    secretary.opens(f"/corrections/{Correction.objects.get().pk}/")
    pick(secretary.page.locator("[name=state][value=accepted]"))
    secretary.page.fill("[name=answer]", "녹음을 확인하였습니다.")
    secretary.sends()
    section.refresh_from_db()
    assert CORRECTED in section.text


def refuses_to_change(secretary: Person, section: Section) -> None:
    """No page offers it any more, and whoever asks all the same is refused."""
    page = secretary.opens(section.get_absolute_url().partition("#")[0])
    assert page.locator(f"a[href$='/sections/{section.pk}/']").count() == 0
    token = {cookie["name"]: cookie["value"] for cookie in secretary.context.cookies()}["csrftoken"]
    sent = {"text": "다르게", "revision": str(section.revision)}
    headers = {"X-CSRFToken": token, "Referer": page.url}
    answer = page.request.post(f"/sections/{section.pk}/", form=sent, headers=headers)
    assert answer.status in {403, 409, 422}
    before = section.text
    section.refresh_from_db()
    assert section.text == before


def takes_the_dossier(secretary: Person, meeting: Meeting) -> None:
    page = secretary.opens(f"/meetings/{meeting.pk}/files/")
    secretary.sends("form:has(input[name=kind][value=dossier]) button[value=zip]")
    with page.expect_download(timeout=40_000) as taken:
        page.locator("a[href$='/download/']").first.click(timeout=40_000)
    with zipfile.ZipFile(Path(taken.value.path())) as package:
        assert package.testzip() is None
        assert any(name.endswith(".json") for name in package.namelist())
