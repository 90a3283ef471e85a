"""Opinions of a whole council, collected and answered: inside an organisation, in the room, on the board, in public."""

from collections.abc import Callable

import pytest

from council.documents.models import Passage
from council.notifications.models import Notification
from council.opinions.models import Consultation, Disposition, Objection, Opinion, Point, Reply
from tests.cast import TEXT, Cast
from tests.e2e.conftest import PHONE, Person, korean, link_in_mail, pick
from tests.stack import MailServer, Stack

pytestmark = pytest.mark.django_db(transaction=True)

PROPOSED = TEXT.replace("50%", "30%")
REASON = "영세 기업은 총사업비의 절반을 감당하지 못해 신청을 포기하고 있습니다. 심사에서도 재무 비중이 너무 큽니다."
SPOKEN = "지역에서 진단할 사람이 모자랍니다."
ANSWER = "부담이 크다는 점에 공감하여 자부담 비율을 낮추었습니다."
FIRST, SECOND = "심사 비중은 올해 조정하기 어렵습니다.", "심사 비중은 내년 공고에서 낮추겠습니다."
OBJECTION = "내년이면 이미 늦습니다. 올해 하반기 공고부터 낮추어 주십시오."
REVISED = "올해 하반기 공고부터 재무 비중을 낮추겠습니다."


def test_the_voice_of_an_organisation_and_what_became_of_it(
    cast: Cast, stack: Stack, mail_server: MailServer, person: Callable[..., Person]
):
    stack.start_worker()
    version = cast.version()
    passage = version.passages.earliest("position")
    consultation = cast.prepared_consultation(version)
    coordinator = cast.colleague("총괄 담당", coordinates=True)

    def sits(user, **window) -> Person:
        someone = person(user, **window)
        if user:
            someone.is_logged_in()
        return someone

    # The secretary asks the council.
    secretary = sits(cast.secretary)
    secretary.opens(consultation.get_absolute_url())
    secretary.presses("/open/", confirm=True)

    # A member of an organisation, on a phone, shares what it might say; its coordinator makes it official.
    supplier = sits(cast.supplier, viewport=PHONE)
    supplier.opens(f"/consultations/{consultation.pk}/passages/{passage.pk}/opinion/")
    pick(supplier.page.locator("[name=kind][value=amend]"))
    supplier.page.fill("[name=proposed_text]", PROPOSED)
    supplier.page.fill("[name=reason]", REASON)
    supplier.sends("button[name=then][value=share]")
    mine = Opinion.objects.get(author=cast.supplier)
    assert mine.state == "shared"
    speaking = sits(coordinator)
    room = f"/consultations/{consultation.pk}/room/"
    speaking.opens(room)
    speaking.sees(REASON)
    assert REASON not in secretary.opens(consultation.get_absolute_url()).content()
    speaking.presses(f"/opinions/{mine.pk}/room/choose/")
    speaking.presses("/room/submit/", confirm=True)
    mine.refresh_from_db()
    assert (mine.state, mine.author) == ("submitted", cast.supplier)

    # Another organisation has nothing to say, and says so.
    adopter = sits(cast.adopter)
    adopter.opens(consultation.get_absolute_url())
    adopter.presses("/no-opinion/", confirm=True)
    assert Reply.objects.get(organisation=cast.adopting).kind == "none"

    # What a third says in the room, the secretary writes down and the speaker confirms.
    secretary.opens(f"/consultations/{consultation.pk}/record/")
    secretary.page.select_option("[name=membership]", str(cast.membership(cast.tp).pk))
    secretary.page.select_option("[name=passage]", str(passage.pk))
    secretary.page.fill("[name=reason]", SPOKEN)
    secretary.sends("form[data-quick] button[type=submit]")
    secretary.page.locator("#said").get_by_text(SPOKEN).wait_for()
    spoken = Opinion.objects.get(source="spoken")
    speaker = sits(cast.tp, viewport=PHONE)
    speaker.opens(spoken.get_absolute_url())
    speaker.presses("/confirm/")
    spoken.refresh_from_db()
    assert spoken.confirmed_at is not None

    # The secretary splits the opinion into its two matters, and assigns everything to the office at once.
    secretary.opens(f"/opinions/{mine.pk}/split/")
    for number, gist in enumerate(("자부담 비율", "심사의 재무 비중")):
        secretary.page.locator("[name=gists]").nth(number).fill(gist)
    secretary.sends("button[name=then][value=save]")
    board = f"/consultations/{consultation.pk}/board/"
    secretary.opens(board)
    pick(secretary.page.locator("#choose-everything"))
    secretary.page.locator("details[data-group-steps] summary").click()
    secretary.page.select_option("#bulk [name=office]", str(cast.office.pk))
    secretary.sends("button[formaction*='/board/assign/']")
    assert set(Point.objects.values_list("state", "office")) == {("triaged", cast.office.pk)}
    ratio, weight = mine.points.order_by("number")

    # The office takes the wording over; it stands in the next version's draft.
    officer = sits(cast.officer)
    officer.opens(f"/points/{ratio.pk}/")
    _answers(officer, ratio, "accepted", ANSWER)
    changed = Passage.objects.get(identity=passage.identity, version__number=2)
    assert changed.text == PROPOSED
    assert Disposition.objects.get(point=ratio).changed_passage == changed

    # Two answer the same point: nothing is overwritten, both see both.
    secretary.opens(f"/points/{weight.pk}/")
    officer.opens(f"/points/{weight.pk}/")
    _answers(officer, weight, "not_accepted", FIRST)
    _answers(secretary, weight, "longer_term", SECOND)
    secretary.sees(korean("Someone changed this meanwhile"))
    secretary.provoked("422")
    assert Disposition.objects.get(point=weight).reason == FIRST
    secretary.page.locator(".side-old").get_by_text("올해").first.wait_for()
    assert secretary.page.locator("form[action$='/answer/'] [name$=reason]").input_value() == SECOND

    # Before publishing, the check says what is missing; the version goes first.
    check = f"/consultations/{consultation.pk}/before-release/"
    secretary.opens(check)
    assert secretary.page.locator("form[action$='/release/']").count() == 0
    secretary.sees(f"#{spoken.number}")
    secretary.opens(changed.version.get_absolute_url())
    secretary.presses("/publish/", confirm=True)
    secretary.opens(check)
    secretary.presses("/release/", confirm=True)
    assert Consultation.objects.get().published == 1

    # The author is told, and replies once.
    answered = korean("Your opinion has been answered: %(title)s") % {"title": consultation.title}
    supplier.opens(link_in_mail(mail_server, cast.supplier.email, answered))
    supplier.sees(ANSWER)
    supplier.sees(FIRST)
    answer = Disposition.objects.get(point=weight)
    supplier.opens(f"/answers/{answer.pk}/object/")
    supplier.page.fill("[name=text]", OBJECTION)
    supplier.sends()
    objection = Objection.objects.get()
    assert (objection.text, objection.disposition) == (OBJECTION, answer)

    # The office thinks again.
    officer.opens(f"/objections/{objection.pk}/decide/")
    pick(officer.page.locator("[name=outcome][value=revised]"))
    officer.page.fill("[name=reason]", "하반기 공고 전에 조정할 수 있음을 확인하였습니다.")
    pick(officer.page.locator("[name=verdict][value=partly]"))
    officer.page.fill("[name=answer]", REVISED)
    officer.page.select_option("[name=changed_passage]", str(changed.pk))
    officer.sends("form.decision button[type=submit]")
    officer.sees(REVISED)
    objection.refresh_from_db()
    assert (objection.outcome, objection.first_reason) == ("revised", FIRST)
    supplier.opens(mine.get_absolute_url())
    supplier.sees(REVISED)

    # The result is for everybody, without an account.
    public = f"/public/consultations/{consultation.pk}/"
    passer_by = sits(None, viewport=PHONE)
    assert passer_by.context.request.get(public).status == 404
    secretary.opens(f"/consultations/{consultation.pk}/result/")
    secretary.presses("/result/publish/", confirm=True)
    passer_by.opens(public)
    passer_by.opens(f"{public}answers/")
    passer_by.sees(REVISED)
    assert cast.supplier.name not in passer_by.page.content()
    told = Notification.objects.filter(entry__verb="opinion.answer_released", channel="mail")
    assert {notice.recipient for notice in told} == {cast.supplier}


def _answers(who: Person, point: Point, verdict: str, reason: str) -> None:
    form = who.page.locator(f"form[action$='/points/{point.pk}/answer/']")
    pick(form.locator(f"[name$=verdict][value={verdict}]"))
    form.locator("[name$=reason]").fill(reason)
    who.sends(form.locator("button[type=submit]").last)
