"""The public result in a real browser, without an account: on a phone, on a desk, and on paper."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from council.documents import actions as documents
from council.opinions import actions
from council.opinions.models import Consultation
from tests.cast import Cast
from tests.e2e.conftest import DESK, PHONE, Person

pytestmark = pytest.mark.django_db(transaction=True)

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    """With an accepted opinion, one that was not, and the redacted form of a confidential one; public."""
    consultation = cast.consultation()
    following = cast.next_version(consultation.version)
    changed = following.passages.earliest("position")
    cast.answer(cast.triaged(consultation), verdict="accepted", changed_passage=changed)
    documents.publish_version(following, by=cast.secretary)
    named = cast.drafted(consultation, by=cast.adopter, kind="delete", proposed_text="", reason="담당 010-1234-5678")
    actions.submit(named, by=cast.adopter, personal_data_checked=True)
    actions.triage(named.points.get(), by=cast.secretary)
    cast.answer(named)
    secret = cast.answered(consultation, by=cast.tp, audience="confidential")
    redaction = actions.redact(secret, reason="공개할 수 있는 요지입니다.", by=cast.tp)
    actions.approve_redaction(redaction, by=cast.secretary)
    actions.release(consultation, by=cast.secretary)
    return actions.publish_result(consultation, by=cast.secretary)


def axe_faults(window: Person) -> list[str]:
    """What axe objects to on the page; what axe itself tries against the page's policy is not the page's fault."""
    of_the_page = list(window.faults)
    window.page.evaluate(AXE.read_text())
    result = window.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    with window.page.expect_console_message(lambda message: message.text == "axe is done"):
        window.page.evaluate("console.debug('axe is done')")
    window.faults[:] = of_the_page
    return [f"{each['id']} at {each['nodes'][0]['html'][:120]}" for each in result["violations"]]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_everybody_walks_from_a_passage_to_what_was_said_and_back(
    cast: Cast, person: Callable[..., Person], consultation: Consultation, viewport: dict[str, int]
):
    window = person(None, viewport=viewport)
    page = window.opens(reverse("web:public_result", args=[consultation.pk]))
    assert axe_faults(window) == []
    assert page.evaluate(TOO_WIDE) <= 0
    page.locator("#passages tbody th a").first.click()
    page.wait_for_url("**/answers/?passage=*")
    assert axe_faults(window) == []
    assert page.evaluate(TOO_WIDE) <= 0
    page.locator('a[href*="#c-"]').first.click()
    page.wait_for_url("**/#c-*")
    assert page.locator("section.change:target").is_visible()
    text = page.inner_text("body")
    assert cast.supplying.name in text
    assert cast.technopark.name not in text
    assert "010-****-5678" in text
    assert not page.context.cookies()


def test_on_paper_stands_what_was_said_and_answered(person: Callable[..., Person], consultation: Consultation):
    window = person(None)
    page = window.opens(reverse("web:public_result", args=[consultation.pk]))
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert page.locator("#not_accepted .verdict").first.is_visible()
    assert page.locator("#figures table").first.is_visible()
    assert not page.locator("header.head").is_visible()
