"""Notifications in a browser: settings on a phone, the bell's count without a reload, a push message."""

from collections.abc import Callable

import pytest

from council.notifications import actions
from council.notifications.kinds import MAIL, SCREEN
from council.notifications.models import Kind
from tests.cast import Cast
from tests.e2e.conftest import PHONE, Person, korean
from tests.stack import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def dispatch() -> None:
    while actions.dispatch():
        pass


def test_switches_are_cards_on_a_phone_and_turned_by_keyboard(cast: Cast, person: Callable[..., Person]):
    supplier = person(cast.supplier, viewport=PHONE)
    supplier.is_logged_in()
    page = supplier.opens("/notifications/settings/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    switch = page.locator("[name='documents.mail']")
    label = page.locator("label[for=documentsmail]")
    assert label.bounding_box()["height"] >= 40
    assert page.get_by_role("checkbox", name=korean("Documents and results")).count() == 4
    switch.focus()
    page.keyboard.press("Space")
    assert page.locator("[name='summons.screen']").is_disabled()
    supplier.presses("/switches/")
    standing = actions.switches(cast.supplier)
    assert standing[Kind.DOCUMENTS, MAIL]
    assert standing[Kind.DOCUMENTS, SCREEN]


def test_the_count_rises_without_a_reload_and_falls_when_all_is_read(cast: Cast, person: Callable[..., Person]):
    dispatch()
    actions.read_all(by=cast.supplier)
    supplier = person(cast.supplier)
    supplier.is_logged_in()
    page = supplier.opens("/profile/")
    page.evaluate("window.sameness = true")
    badge = page.locator(".notices-link .unread")
    assert badge.is_hidden()
    cast.meeting()
    dispatch()
    badge.wait_for(state="visible")
    assert page.locator("[data-unread-says]").inner_text()
    actions.read_all(by=cast.supplier)
    badge.wait_for(state="hidden")
    assert page.evaluate("window.sameness")


STATE = "navigator.serviceWorker.ready.then((worker) => worker.active?.state)"
SHOWN = """async () => {
    const worker = await navigator.serviceWorker.ready;
    const [one] = await worker.getNotifications();
    return one ? [one.title, one.body, one.data.url] : null;
}"""


def test_a_push_message_is_shown_by_the_worker(cast: Cast, stack, person: Callable[..., Person]):
    supplier = person(cast.supplier)
    supplier.is_logged_in()
    supplier.context.grant_permissions(["notifications"], origin=stack.url)
    page = supplier.opens("/notifications/settings/")
    devtools = supplier.context.new_cdp_session(page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(each["registrationId"] for each in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.register('/push-worker.js').then(() => navigator.serviceWorker.ready)")
    wait_until(lambda: page.evaluate(STATE) == "activated", what="the worker runs")
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": stack.url,
            "registrationId": registrations[-1],
            "data": '{"title": "의견수렴", "body": "의견을 들려주세요", "url": "/notices/", "tag": "x"}',
        },
    )
    wait_until(lambda: page.evaluate(SHOWN) is not None, what="the notification is shown")
    assert page.evaluate(SHOWN) == ["의견수렴", "의견을 들려주세요", "/notices/"]
