"""An organisation finds one voice: two members and their coordinator, each in a browser of their own."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from council.opinions.models import Consultation, Opinion
from tests.cast import TEXT, Cast
from tests.e2e.conftest import PHONE, Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_members_and_their_coordinator_say_one_thing(cast: Cast, person: Callable[..., Person]):
    consultation: Consultation = cast.consultation()
    colleague = cast.colleague("동료 위원")
    coordinator = cast.colleague("총괄 담당", coordinates=True)
    first = cast.drafted(consultation, reason="영세 기업은 절반을 감당하지 못합니다.")
    second = cast.drafted(consultation, reason="지역 기업은 더 어렵습니다.", by=colleague)
    room = reverse("web:room", args=[consultation.pk])

    # Each of the two shares a draft; one of them, on a phone, comments on the other's.
    for who, draft in ((cast.supplier, first), (colleague, second)):
        writer = person(who, viewport=PHONE)
        writer.is_logged_in()
        writer.opens(room)
        writer.sends(f"#opinion-{draft.pk} button[type=submit]")
        writer.page.locator(f"article#opinion-{draft.pk}").wait_for()
    comments = writer.page.locator(f"#remarks-{first.pk}")
    comments.locator("summary").click()
    comments.locator("textarea").fill("30%로 낮추자는 데 동의합니다.")
    writer.sends(comments.locator("button[type=submit]"))
    comments.locator("li").wait_for()
    assert "30%로 낮추자는 데 동의합니다." in comments.locator("li").inner_text()
    assert comments.locator("textarea").input_value() == ""

    # The coordinator reads both, makes one of them, and gives it for the organisation.
    chief = person(coordinator)
    chief.is_logged_in()
    chief.opens(room)
    assert chief.page.locator(f"#remarks-{first.pk} li").count() == 1
    for part in (first, second):
        chief.page.locator(f"label[for=merge-opinion-{part.pk}]").click()
    chief.page.click(f"#merge-{first.passage_id} button")
    chief.page.wait_for_url("**/room/merge/**")
    assert first.reason in chief.page.input_value("[name=reason]")
    assert second.reason in chief.page.input_value("[name=reason]")
    chief.page.fill("[name=proposed_text]", TEXT.replace("50%", "20%"))
    assert chief.page.locator(".live-diff ins").count() > 0
    chief.page.fill("[name=reason]", "영세 기업과 지역 기업은 절반을 감당하지 못합니다.")
    chief.sends()
    merged = f"{reverse('web:room', args=[consultation.pk])}?organisation={cast.supplying.pk}"
    chief.page.wait_for_url(f"**{merged}**")
    chief.page.locator("#set li").wait_for()
    chief.sends("#set form button[type=submit]", confirm=True)
    chief.page.locator("#given li").wait_for()

    opinion = Opinion.objects.given().get()
    assert (opinion.state, opinion.organisation) == ("submitted", cast.supplying)
    assert Opinion.objects.filter(state="merged").count() == 2

    # The council reads the one opinion, and nothing of how it came about.
    reader = person(cast.adopter)
    reader.is_logged_in()
    page = reader.opens(reverse("web:passage", args=[consultation.pk, opinion.passage_id]))
    assert "영세 기업과 지역 기업은" in page.locator("main").inner_text()
    assert second.reason not in page.content()
