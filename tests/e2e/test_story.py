"""From a convened meeting to an answered opinion, with five people, each in a browser of their own."""

import datetime as dt
import re
from collections.abc import Callable

import pytest

from council.core import clock
from council.meetings.models import Meeting
from council.notifications.models import Notification
from council.opinions.models import Consultation, Opinion
from tests.cast import TEXT, Cast
from tests.e2e.conftest import PHONE, Person, korean, link_in_mail, pick
from tests.stack import MailServer, Stack

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "영세 기업은 총사업비의 절반을 감당하지 못해 신청을 포기하고 있습니다."
ANSWER = "부담이 크다는 점에 공감하여 자부담 비율을 30%로 낮추었습니다."


def moment(value: dt.datetime) -> str:
    """As a date and time field takes it."""
    return value.astimezone(clock.SEOUL).strftime("%Y-%m-%dT%H:%M")


def test_from_a_convened_meeting_to_an_answered_opinion(
    cast: Cast, stack: Stack, mail_server: MailServer, person: Callable[..., Person]
):
    stack.start_worker()
    version = cast.version()
    passage = version.passages.earliest("position")

    # The secretary plans a meeting, gives it an agenda, and convenes it.
    secretary = person(cast.secretary)
    secretary.logs_in()
    secretary.opens(f"/councils/{cast.council.pk}/meetings/plan/")
    starts_at = clock.now() + dt.timedelta(days=10)
    secretary.page.fill("[name=title]", "전략(안) 간담회")
    secretary.page.select_option("[name=kind]", "hearing")
    secretary.page.fill("[name=starts_at]", moment(starts_at))
    secretary.page.fill("[name=ends_at]", moment(starts_at + dt.timedelta(hours=2)))
    secretary.page.fill("[name=place]", "대한상공회의소")
    secretary.sends()
    meeting = Meeting.objects.get()
    secretary.sees(korean("The agenda is empty; add at least one item."))
    secretary.opens(f"/meetings/{meeting.pk}/items/add/")
    secretary.page.fill("[name=title]", "자부담 비율 토의")
    secretary.page.fill("[name=presenter]", "제조혁신 담당 부서")
    secretary.sends()
    secretary.clicks("Convene", role="link")
    secretary.clicks("Convene and invite")

    # A Techno Park coordinator answers from the mail.
    coordinator = person(cast.tp, viewport=PHONE)
    coordinator.logs_in()
    coordinator.opens(link_in_mail(mail_server, cast.tp.email, "전략(안) 간담회"))
    coordinator.clicks("Attending")
    coordinator.sees(korean("Attending"))
    assert cast.invitation(meeting, cast.tp).answer == "attending"

    # The secretary asks the council about the draft.
    secretary.opens(f"/versions/{version.pk}/consult/")
    secretary.page.fill("[name=title]", "전략(안) 의견수렴")
    secretary.page.select_option("[name=office]", label=str(cast.office))
    secretary.page.fill("[name=before_opens]", moment(clock.now() - dt.timedelta(hours=1)))
    secretary.page.fill("[name=before_closes]", moment(starts_at))
    secretary.sends()
    consultation = Consultation.objects.get()
    secretary.opens(consultation.get_absolute_url())
    secretary.clicks("Open the consultation", confirm=True)

    # A supplier, on a phone, opens the mail, chooses the passage, and gives an opinion on it.
    supplier = person(cast.supplier, viewport=PHONE)
    supplier.page.goto(link_in_mail(mail_server, cast.supplier.email, "전략(안) 의견수렴"))
    supplier.page.fill("[name=login]", cast.supplier.email)
    supplier.page.fill("[name=password]", "a-long-enough-password")
    supplier.page.click("main button[type=submit]")
    supplier.page.wait_for_url(f"**{consultation.get_absolute_url()}")
    supplier.page.locator(f"a[href*='/passages/{passage.pk}/']").first.click()
    supplier.page.locator(f"a[href*='/passages/{passage.pk}/opinion/']:visible").first.click()
    supplier.page.wait_for_url(re.compile(r"/opinion/$"))
    pick(supplier.page.locator("[name=kind][value=amend]"))
    supplier.page.fill("[name=proposed_text]", TEXT.replace("50%", "30%"))
    supplier.page.fill("[name=reason]", REASON)
    supplier.sends("button[name=then][value=submit]")
    supplier.sees(REASON)
    opinion = Opinion.objects.get(author=cast.supplier)
    assert (opinion.state, opinion.organisation) == ("submitted", cast.supplying)

    # An adopter reads it and has a say too.
    adopter = person(cast.adopter)
    adopter.logs_in()
    adopter.opens(f"/consultations/{consultation.pk}/passages/{passage.pk}/")
    adopter.sees(REASON)
    adopter.opens(f"/consultations/{consultation.pk}/passages/{passage.pk}/opinion/")
    pick(adopter.page.locator("[name=kind][value=support]"))
    adopter.page.fill("[name=reason]", "같은 어려움을 겪고 있습니다.")
    adopter.sends("button[name=then][value=submit]")
    adopter.sees("같은 어려움을 겪고 있습니다.")

    # The secretary gives the opinion to the office that owes the answer.
    secretary.opens(opinion.get_absolute_url())
    secretary.presses("/triage/")

    # The office changes the text in the next version, and answers with a reason.
    officer = person(cast.officer)
    officer.logs_in()
    waits = korean("Opinion %(number)s waits for your answer: %(title)s") % {"number": 1, "title": "전략(안) 의견수렴"}
    opinion_address = link_in_mail(mail_server, cast.officer.email, waits)
    officer.opens(version.document.get_absolute_url())
    officer.clicks("Start the next version", role="link")
    officer.sends()
    following = version.document.versions.get(number=2)
    changed = following.passages.get(identity=passage.identity)
    officer.opens(f"/passages/{changed.pk}/edit/")
    officer.page.fill("[name=text]", TEXT.replace("50%", "30%"))
    officer.sends()
    officer.opens(opinion_address)
    pick(officer.page.locator("[name$=verdict][value=accepted]"))
    officer.page.fill("form[action$='/answer/'] [name$=reason]", ANSWER)
    pick(officer.page.locator("[name$=makes_change]"), chosen=False)  # it has made it already
    officer.page.select_option("[name$=changed_passage]", str(changed.pk))
    officer.presses("/answer/")
    officer.sees(ANSWER)

    # Until it is published, the author sees nothing of it.
    supplier.opens(opinion.get_absolute_url())
    assert ANSWER not in supplier.page.content()

    # The secretary publishes the version and the answers.
    secretary.opens(following.get_absolute_url())
    secretary.clicks("Publish this version", confirm=True)
    secretary.opens(f"/consultations/{consultation.pk}/before-release/")
    secretary.presses("/release/", confirm=True)

    # The author is told on screen and by mail, and reads what became of it.
    answered = korean("Your opinion has been answered: %(title)s") % {"title": "전략(안) 의견수렴"}
    address = link_in_mail(mail_server, cast.supplier.email, answered)
    supplier.opens("/")
    supplier.sees(korean("Answers you have not read"))
    supplier.opens(address)
    supplier.sees(ANSWER)
    supplier.sees(korean("Accepted"))
    assert "30" in supplier.page.locator("ins").first.inner_text()
    assert (
        Notification.objects.unread().filter(recipient=cast.supplier, entry__verb="opinion.answer_released").count()
        == 1
    )
    adopter.opens(f"/consultations/{consultation.pk}/result/")
    adopter.sees(ANSWER)
    assert len(mail_server.to(cast.supplier.email)) == len(
        {mail["Message-ID"] for mail in mail_server.to(cast.supplier.email)}
    )
