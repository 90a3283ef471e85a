"""Real browsers on the real product: its own web server, worker and mail server, and Chromium."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import translation
from playwright.sync_api import Browser, Locator, Page, Response, expect, sync_playwright

from council.people.models import User
from tests.cast import PASSWORD, Cast
from tests.stack import MailServer, Stack, wait_until

CHROMIUM = shutil.which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
MAIN_BUTTON = "main form[method=post] button[type=submit]"
SENT_TO = """(button) => {
    const address = button.getAttribute("formaction") ?? button.form.getAttribute("hx-post") ?? button.form.getAttribute("action");
    return new URL(address ?? "", document.baseURI).pathname;
}"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each person gets a window of their own."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        # Playwright's own loop runs in this thread, which Django would take for an asynchronous caller.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
        connections.close_all()  # Django keeps connections of their own for a thread with a loop
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(autouse=True)
def _real_hashes(_own_surroundings: None, settings) -> None:
    """The running product knows no quick hashes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Where the product's mail arrives."""
    with MailServer() as server:
        yield server


@pytest.fixture
def stack(tmp_path: Path, mail_server: MailServer, cast: Cast) -> Iterator[Stack]:
    """The product, running; the files it keeps lie where the test looks for them."""
    with Stack(tmp_path, mail_port=mail_server.port) as stack:
        stack.start_web()
        yield stack


class Person:
    """Someone in front of a browser of their own. Whatever goes wrong in it fails the test."""

    def __init__(self, browser: Browser, stack: Stack, user: User | None, viewport: dict[str, int]) -> None:
        self.user = user
        self.stack = stack
        self.context = browser.new_context(base_url=stack.url, viewport=viewport, locale="ko-KR")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.faults: list[str] = []
        self.page.on("console", lambda m: self.faults.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._stay_here)

    def _stay_here(self, request) -> None:
        if not request.url.startswith((self.stack.url, "data:", "blob:")):
            self.faults.append(f"request to another host: {request.url}")

    def logs_in(self) -> None:
        """Through the form, as people do."""
        assert self.user is not None
        self.page.goto("/account/login/")
        self.page.fill("[name=login]", self.user.email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(f"{self.stack.url}/")

    def is_logged_in(self) -> None:
        """Without the form, where a test is about something else."""
        assert self.user is not None
        client = Client()
        client.force_login(self.user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.stack.url}])

    def opens(self, path: str) -> Page:
        """A page, by its address."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status < 400, f"{path} answered {answer.status}"
        return self.page

    def clicks(self, label: str, *, role: str = "button", confirm: bool = False) -> None:
        """A form's button, or a link, by its name in Korean; ``confirm`` also answers the question that follows."""
        named = self.page.get_by_role(role, name=korean(label)).first
        if role == "link":
            self._marks_the_page()
            named.click()
            self._is_on_the_next_page()
        else:
            self.sends(named, confirm=confirm)

    def presses(self, address: str, *, confirm: bool = False) -> None:
        """The button of the form that is sent to an address with this end."""
        self.sends(f"form[action$='{address}'] button[type=submit]", confirm=confirm)

    def sends(self, button: Locator | str = MAIN_BUTTON, *, confirm: bool = False) -> Response:
        """A form, by its button; goes on once the server has answered and, where it leads to a page, that page is there.

        Args:
            button: The main form's first one, unless it is said.
            confirm: Whether a question is asked first, which gets its yes.
        """
        button = (self.page.locator(button) if isinstance(button, str) else button).first
        address = button.evaluate(SENT_TO)

        def answers(response: Response) -> bool:
            sent = response.request
            to_it = urlsplit(response.url).path == address
            return sent.method == "POST" and (to_it or sent.is_navigation_request())

        self._marks_the_page()
        with self.page.expect_response(answers) as answered:
            button.click()
            if confirm:
                self.page.locator("dialog[open] button[value=yes]").first.click()
        if answered.value.request.is_navigation_request():
            self._is_on_the_next_page()
        return answered.value

    def _marks_the_page(self) -> None:
        self.page.evaluate("document.documentElement.dataset.old = ''")

    def _is_on_the_next_page(self) -> None:
        self.page.locator("html[data-old]").wait_for(state="detached")
        self.page.wait_for_load_state()

    def provoked(self, status: str) -> None:
        """A refusal the test asked for, which the browser notes as a fault."""
        fault = next(fault for fault in self.faults if status in fault)
        self.faults.remove(fault)

    def sees(self, text: str) -> None:
        """Some text on the page, soon."""
        self.page.get_by_text(text).first.wait_for(state="visible")


def pick(box: Locator, *, chosen: bool = True) -> None:
    """Press the label of a box that the design hides behind it, once it lies still."""
    box.evaluate_handle("(input) => input.labels[0]").as_element().click()
    expect(box).to_be_checked(checked=chosen)


def korean(label: str) -> str:
    """What the product says in Korean for a sentence of its sources."""
    with translation.override("ko"):
        return translation.gettext(label)


def link_in_mail(mail_server: MailServer, address: str, sentence: str) -> str:
    """The link in the newest mail to someone whose subject has a sentence in it, as soon as it arrives."""

    def arrived() -> list:
        return [mail for mail in mail_server.to(address) if sentence in str(mail["Subject"])]

    wait_until(lambda: bool(arrived()), what=f"a mail “{sentence}” to {address}")
    text = arrived()[-1].get_body(preferencelist=("plain",)).get_content()
    found = re.search(r"https?://\S+", text)
    assert found, text
    return found.group()


@pytest.fixture
def person(
    chromium: Browser, stack: Stack, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Person]]:
    """Puts someone in front of a browser, on a desk or, with ``viewport=PHONE``, on a phone.

    What they saw last when a test fails is kept as a picture in the test's folder.
    """
    people: list[Person] = []
    failed_before = request.session.testsfailed

    def sit_down(user: User | None, *, viewport: dict[str, int] = DESK) -> Person:
        people.append(Person(chromium, stack, user, viewport))
        return people[-1]

    yield sit_down
    for one in people:
        if request.session.testsfailed > failed_before:
            one.page.screenshot(path=tmp_path / f"{one.user}.png", full_page=True)
        one.context.close()
    assert [fault for one in people for fault in one.faults] == []
