"""An agenda put into order in a browser: by keyboard alone, and by dragging."""

from collections.abc import Callable

import pytest

from council.meetings.models import Meeting
from tests.cast import Cast
from tests.e2e.conftest import Person
from tests.stack import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def titles(meeting: Meeting) -> list[str]:
    return [f"{item.number} {item.title}" for item in meeting.items.order_by("position")]


def becomes(meeting: Meeting, *expected: str) -> None:
    wait_until(lambda: titles(meeting) == list(expected), what=f"the order {expected}, not {titles(meeting)}")


def test_an_agenda_is_ordered_by_keyboard_and_by_dragging(cast: Cast, person: Callable[..., Person]):
    meeting = cast.planned_meeting()
    first = meeting.items.get()
    second, third = (cast.item(meeting, title=title) for title in ("둘째", "셋째"))
    secretary = person(cast.secretary)
    secretary.is_logged_in()
    page = secretary.opens(f"/meetings/{meeting.pk}/order/")

    # By keyboard: the focus stays on the button that was pressed, and the new place is said.
    page.locator(f"#up-{third.pk}").focus()
    page.keyboard.press("Enter")
    becomes(meeting, "1 전략(안) 토의", "2 셋째", "3 둘째")
    page.locator("#moved", has_text="셋째").wait_for(state="attached")
    page.locator(f"#up-{third.pk}:focus").wait_for()
    page.keyboard.press("Enter")
    becomes(meeting, "1 셋째", "2 전략(안) 토의", "3 둘째")

    # By dragging: down to the end, and then into the item above it.
    def handle(item) -> tuple[float, float]:
        box = page.locator(f"[data-item='{item.pk}'] [data-handle]").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.locator(f"[data-item='{third.pk}'] strong", has_text="1. 셋째").wait_for()
    x, y = handle(third)
    _end_x, end_y = handle(second)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, (y + end_y) / 2, steps=5)
    page.mouse.move(x, end_y + 40, steps=5)
    page.mouse.up()
    becomes(meeting, "1 전략(안) 토의", "2 둘째", "3 셋째")

    page.locator(f"[data-item='{third.pk}'] strong", has_text="3. 셋째").wait_for()
    x, y = handle(third)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()
    becomes(meeting, "1 전략(안) 토의", "2 둘째", "2-1 셋째")
    page.locator(f"[data-item='{third.pk}'] strong", has_text="2-1. 셋째").wait_for()
    assert first.pk == meeting.items.earliest("position").pk
