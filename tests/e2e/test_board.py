"""The disposition board in a browser: by keyboard alone, and two people at the same point at once."""

from collections.abc import Callable

import pytest

from council.opinions.models import Batch, Disposition, Point
from tests.cast import Cast
from tests.e2e.conftest import Person, korean, pick
from tests.stack import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "jxa 부담이 크다는 점에 공감하지만 예산이 부족합니다."


def test_a_row_is_assigned_answered_and_taken_back_without_a_mouse(cast: Cast, person: Callable[..., Person]):
    consultation = cast.consultation()
    first, second = (cast.submitted(consultation).points.get() for _ in range(2))
    secretary = person(cast.secretary)
    secretary.is_logged_in()
    page = secretary.opens(f"/consultations/{consultation.pk}/board/")
    keys = page.keyboard

    # Down to the second row and up again; the help, and out of it.
    keys.press("j")
    keys.press("j")
    assert page.evaluate("document.activeElement.closest('[data-row]').dataset.row") == str(second.pk)
    keys.press("k")
    keys.press("?")
    page.locator("#keys[open]").wait_for()
    keys.press("Escape")

    # Assign: the row opens with the field in focus.
    keys.press("a")
    office = page.locator(f"#detail-{first.pk} [data-assign] select:focus")
    office.wait_for()
    page.locator(f"#detail-{first.pk} [data-assign] button").press("Enter")
    page.locator(f"#row-{first.pk} .cell-office", has_text=cast.office.name).wait_for()
    assert Point.objects.get(pk=first.pk).state == "triaged"

    # Answer: letters typed into a field are letters.
    keys.press("r")
    verdict = page.locator(f"#detail-{first.pk} [data-answer] [name=verdict]:focus")
    verdict.wait_for()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    page.locator(f"#detail-{first.pk} [data-answer] [name=reason]").focus()
    keys.type(REASON)
    page.locator(f"#detail-{first.pk} [data-answer] button").press("Enter")
    page.locator(f"#row-{first.pk}", has_text=korean("prepared, not published")).wait_for()
    answer = Disposition.objects.get()
    assert (answer.verdict, answer.reason) == ("not_accepted", REASON)

    # Undo, and choose the row with its key.
    keys.press("Escape")
    with page.expect_navigation():
        keys.press("u")
    assert not Disposition.objects.exists()
    assert Point.objects.get(pk=first.pk).state == "triaged"
    keys.press("j")
    keys.press("x")
    page.locator(f"#choose-{first.pk}:checked").wait_for(state="attached")
    page.locator(".chosen", has_text="1").wait_for()

    # Tag what is chosen.
    keys.press("t")
    page.locator("#bulk [name=add]:focus").wait_for()
    keys.type("예산")
    keys.press("Enter")
    page.locator(f"#row-{first.pk} .tag", has_text="예산").wait_for()
    assert Batch.objects.first().step == "tag"


def test_the_keys_can_be_switched_off(cast: Cast, person: Callable[..., Person]):
    consultation = cast.consultation()
    cast.submitted(consultation)
    secretary = person(cast.secretary)
    secretary.is_logged_in()
    page = secretary.opens(f"/consultations/{consultation.pk}/board/")
    page.keyboard.press("?")
    page.locator("label[for=keys-off]").click()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('[data-row]')") is None


def test_two_people_at_one_point_lose_nothing(cast: Cast, person: Callable[..., Person]):
    consultation = cast.consultation()
    point = cast.point(consultation)
    officer, secretary = person(cast.officer), person(cast.secretary)
    for each in (officer, secretary):
        each.is_logged_in()
        page = each.opens(f"/consultations/{consultation.pk}/board/")
        page.locator(f"#row-{point.pk} .row-link").click()
        page.locator(f"#detail-{point.pk} [data-answer]").wait_for()
    secretary.page.locator(f"#detail-{point.pk} .point-present", has_text=cast.officer.name).wait_for()

    def answers(someone: Person, verdict: str, reason: str) -> None:
        form = someone.page.locator(f"#detail-{point.pk} [data-answer]")
        pick(form.locator(f"[name=verdict][value={verdict}]"))
        form.locator("[name=reason]").fill(reason)
        form.locator("button[type=submit]").click()

    theirs, mine = "예산이 부족하여 어렵습니다.", "예산이 부족하지만 검토하겠습니다."
    answers(officer, "not_accepted", theirs)
    officer.page.locator(f"#row-{point.pk}", has_text=korean("prepared, not published")).wait_for()

    answers(secretary, "longer_term", mine)
    detail = secretary.page.locator(f"#detail-{point.pk}")
    detail.locator(".side-old", has_text="부족하여 어렵습니다").wait_for()
    secretary.faults.clear()  # the browser calls the answer that was not accepted (422) an error
    assert detail.locator(".side-new ins").first.inner_text()
    assert detail.locator("[name=reason]").input_value() == mine
    assert Disposition.objects.get().reason == theirs

    detail.locator("[data-answer] button[type=submit]").click()
    wait_until(lambda: Disposition.objects.get().reason == mine, what="the newer answer on top")
