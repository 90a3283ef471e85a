"""Giving an opinion in a real browser: it saves itself, nothing typed is lost, and words are chosen with a finger."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from council.opinions import actions
from council.opinions.models import Consultation, Opinion
from tests.cast import TEXT, Cast
from tests.e2e.conftest import PHONE, Person, korean, pick

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "영세 기업은 자부담 절반을 감당하기 어렵습니다."
CHOSEN = "자부담 비율은 50%로 한다."
SELECT = """(words) => {
    const text = document.querySelector("[data-passage-text]").firstChild;
    const from = text.data.indexOf(words);
    getSelection().setBaseAndExtent(text, from, text, from + words.length);
}"""


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


def form_of(consultation: Consultation) -> str:
    first = consultation.version.passages.earliest("position")
    return reverse("web:give_opinion", args=[consultation.pk, first.pk])


def is_saved(page: Page) -> None:
    """The form says that it saved what was typed, and stands at the draft's own address."""
    page.wait_for_url("**/opinions/*/edit/")
    expect(page.locator("[data-kept]")).to_contain_text(":")


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-kept]")).to_contain_text(korean(words))


def test_what_one_types_saves_itself_and_is_there_again(cast: Cast, consultation, person: Callable[..., Person]):
    supplier = person(cast.supplier)
    supplier.is_logged_in()
    page = supplier.opens(form_of(consultation))
    page.fill("[name=reason]", REASON)
    is_saved(page)
    page.reload()
    expect(page.locator("[name=reason]")).to_have_value(REASON)
    supplier.sends("button[value=submit]")
    opinion = Opinion.objects.get()
    assert (opinion.state, opinion.reason) == ("draft", REASON)  # nothing proposed yet: it says so and keeps the words
    pick(page.locator("[name=kind][value=general]"))
    supplier.sends("button[value=submit]")
    page.wait_for_url(f"**{opinion.get_absolute_url()}")
    assert Opinion.objects.get().state == "submitted"


def test_without_a_connection_the_words_stay_and_are_saved_when_it_is_back(
    cast: Cast, consultation, person: Callable[..., Person]
):
    supplier = person(cast.supplier)
    supplier.is_logged_in()
    page = supplier.opens(form_of(consultation))
    supplier.context.set_offline(True)
    page.fill("[name=reason]", REASON)
    says(page, "Not saved: no connection. Your words stay on this device, and are saved as soon as there is one.")
    supplier.context.set_offline(False)
    is_saved(page)
    assert Opinion.objects.get().reason == REASON
    supplier.faults.clear()  # the browser reports the connection it did not have


def test_after_an_expired_login_the_words_are_offered_again(cast: Cast, consultation, person: Callable[..., Person]):
    supplier = person(cast.supplier)
    supplier.is_logged_in()
    page = supplier.opens(form_of(consultation))
    supplier.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.fill("[name=reason]", REASON)
    says(page, "Not saved: you are logged out. Your words stay on this device.")
    assert not Opinion.objects.exists()
    supplier.is_logged_in()
    page = supplier.opens(form_of(consultation))
    expect(page.locator("[name=reason]")).to_have_value(REASON)
    is_saved(page)
    supplier.faults.clear()  # the browser reports the refused request


def test_what_another_window_saved_is_shown_beside_what_one_types(
    cast: Cast, consultation, person: Callable[..., Person]
):
    draft = cast.drafted(consultation)
    supplier = person(cast.supplier)
    supplier.is_logged_in()
    page = supplier.opens(reverse("web:edit_opinion", args=[draft.pk]))
    actions.edit(draft, by=cast.supplier, reason="다른 창에서 쓴 이유입니다.")
    page.fill("[name=reason]", "이 창에서 쓴 이유입니다.")
    supplier.sees("다른 창에서 쓴 이유입니다.")
    expect(page.locator("[name=reason]")).to_have_value("이 창에서 쓴 이유입니다.")
    supplier.faults.clear()  # the browser reports the refused request


def test_what_others_said_alike_is_offered_while_one_types(cast: Cast, consultation, person: Callable[..., Person]):
    alike = cast.submitted(consultation, by=cast.adopter, reason=REASON)
    supplier = person(cast.supplier)
    supplier.is_logged_in()
    page = supplier.opens(form_of(consultation))
    page.locator("[name=reason]").press_sequentially("영세 기업은 자부담 절반을 감당하기", delay=5)
    supplier.sees(korean("Agree instead"))
    page.locator("#similar button").click()
    supplier.sees(korean("Your organisation agrees with it. You need not send the same again."))
    assert list(alike.reactions.values_list("value", flat=True)) == [1]


def test_words_are_chosen_on_a_phone(cast: Cast, consultation, person: Callable[..., Person]):
    supplier = person(cast.supplier, viewport=PHONE)
    supplier.is_logged_in()
    page = supplier.opens(consultation.get_absolute_url())
    page.evaluate(SELECT, CHOSEN)
    offer = page.locator(".quote-offer")
    offer.wait_for()
    box = offer.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= PHONE["height"]
    offer.click()
    expect(page.locator("#current-text")).to_have_text(CHOSEN)
    assert CHOSEN in TEXT
    page.fill("[name=reason]", REASON)
    is_saved(page)
    assert Opinion.objects.get().current_text == CHOSEN


def test_agreeing_keeps_its_place(cast: Cast, consultation, person: Callable[..., Person]):
    opinion = cast.submitted(consultation, by=cast.adopter)
    supplier = person(cast.supplier)
    supplier.is_logged_in()
    page = supplier.opens(opinion.get_absolute_url())
    agree = page.locator(f"#agree-{opinion.pk}")
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "true")
    expect(agree).to_be_focused()
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "false")
