"""From a tap on a phone to the page of what unites and divides."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import expect

from council.findings.models import Finding
from council.journal.models import Entry
from council.opinions.models import Consultation, Opinion, Reaction
from tests.cast import Cast
from tests.e2e.conftest import PHONE, Person
from tests.findings.crowd import crowd, opinions, votes
from tests.stack import Stack, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


TOUCH = """([kind, across]) => document.querySelector(".ask-reason").dispatchEvent(
    new PointerEvent(kind, {bubbles: true, pointerType: "touch", clientX: across, clientY: 300})
)"""


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    """Two opinions on which the sectors have voted nearly enough for figures."""
    members = crowd(cast, {"supplier": 14, "adopter": 14})
    consultation = cast.consultation(cast.version())
    unites, divides = opinions(cast, consultation, 2)
    for sector in members:
        votes(unites, members[sector][:4], agree=4)
    votes(divides, members["supplier"][:5], agree=5)
    votes(divides, members["adopter"][:5], agree=0, disagree=5)
    return consultation


def asked(person: Person) -> str:
    return person.page.locator("form[data-reacts] input[name=opinion]").input_value()


def test_from_a_tap_on_a_phone_to_the_changed_page(
    cast: Cast, stack: Stack, person: Callable[..., Person], consultation: Consultation
):
    stack.start_worker()
    adopter = person(cast.adopter, viewport=PHONE)
    adopter.is_logged_in()
    address = f"/consultations/{consultation.pk}"

    # Nothing is shown before enough have answered; the terms come before the first opinion.
    page = adopter.opens(f"{address}/findings/")
    assert page.locator("#unites").count() == 0
    adopter.opens(f"{address}/react/")
    page.click("a[href='?begin']")

    # What was taken back meanwhile cannot be answered: that is said where one is, and another one is asked.
    page.evaluate("document.querySelector('form[data-reacts] [name=opinion]').value = ''")
    page.click("button[value='1']")
    expect(page.locator("#messages .notice")).to_be_visible()
    assert not Reaction.objects.filter(by=cast.adopter).exists()

    # A tap on a button, and the next opinion is there without a new page; then one by key.
    first = asked(adopter)
    page.evaluate("window.same = true")
    page.click("button[value='1']")
    expect(page.locator(f"form[data-reacts] input[value='{first}']")).to_have_count(0)
    assert page.evaluate("window.same")
    expect(page.locator("#messages .notice")).to_have_count(0)
    expect(page.locator("[data-asked]")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("form[data-reacts]")).to_have_count(0)
    assert {str(vote.opinion_id): vote.value for vote in Reaction.objects.filter(by=cast.adopter)} == {
        first: 1,
        str(Opinion.objects.exclude(pk=first).get().pk): -1,
    }

    # Changed at once, as long as it is open.
    page.click("a[href*='opinion=']")
    page.click("button[value='0']")
    expect(page.locator("form[data-reacts]")).to_have_count(0)
    assert Reaction.objects.filter(by=cast.adopter, value=0).count() == 1

    # The worker finds out, everyone is told once, and the page shows figures and one's own place.
    wait_until(Finding.objects.exists, what="a finding")
    page = adopter.opens(f"{address}/findings/")
    expect(page.locator("#sectors table")).to_be_visible()
    expect(page.locator(".map-own")).to_have_count(1)
    assert Entry.objects.filter(verb="findings.released").count() == 1
    assert adopter.faults == []


def test_a_swipe_to_the_right_agrees(
    cast: Cast, stack: Stack, person: Callable[..., Person], consultation: Consultation
):
    adopter = person(cast.adopter, viewport=PHONE)
    adopter.is_logged_in()
    page = adopter.opens(f"/consultations/{consultation.pk}/react/?begin")
    first = asked(adopter)

    page.evaluate(TOUCH, ["pointerdown", 100])
    page.evaluate(TOUCH, ["pointerup", 240])
    expect(page.locator(f"form[data-reacts] input[value='{first}']")).to_have_count(0)
    assert Reaction.objects.get(opinion=UUID(first), by=cast.adopter).value == 1
