"""Every page, on a phone and on a desk: no accessibility fault, no error in the console, nothing cut off, no other host."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver

from tests.cast import Cast
from tests.e2e.conftest import DESK, PHONE, Person
from tests.world import world

pytestmark = pytest.mark.django_db(transaction=True)

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
FILES = {"attachment", "import_file", "blank_form", "download"}
PIECES = {"keep_new_opinion", "keep_opinion", "similar_opinions", "working", "present", "import_progress"}
VERBS = {  # come back to a page of the list
    "act_for",
    "answer_invitation",
    "answer_many",
    "approve_redaction",
    "assign_many",
    "attach",
    "await_input",
    "choose_opinion",
    "close_meeting",
    "confirm_opinion",
    "contrast",
    "coordinate",
    "discard_import",
    "dismiss_reports",
    "dispose",
    "keep_inside",
    "language",
    "leave_out",
    "reply_without_opinion",
    "notice",
    "open_consultation",
    "publish_result",
    "publish_version",
    "react",
    "read_notices",
    "release",
    "remark_opinion",
    "remind",
    "remove_item",
    "remove_passage",
    "remove_template",
    "revoke_token",
    "share_opinion",
    "start_import",
    "submit_opinion",
    "submit_set",
    "tag_many",
    "take_in",
    "tell_author",
    "triage",
    "undo",
    "withdraw_opinion",
}


def test_every_page_is_in_the_list(cast: Cast):
    names = {
        pattern.name
        for pattern in get_resolver().url_patterns
        for pattern in getattr(pattern, "url_patterns", [])
        if isinstance(pattern, URLPattern) and getattr(pattern.callback, "__module__", "").startswith("council.web")
    }
    assert names - FILES - PIECES - VERBS - {name for _who, name, _address in world(cast)} == set()


CUT_OFF = """() => {
    document.querySelectorAll("details").forEach((each) => (each.open = true));
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return wide > 0 ? `the page is ${wide} px too wide` : "";
}"""


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_can_be_used_by_everyone(cast: Cast, person: Callable[..., Person], viewport: dict[str, int]):
    pages = world(cast)
    faults: list[str] = []
    windows: dict[str, Person] = {}
    for who, name, address in pages:
        if who not in windows:
            windows[who] = person(getattr(cast, who, None), viewport=viewport)
            if who != "nobody":
                windows[who].is_logged_in()
        window = windows[who]
        page = window.opens(address)
        page.wait_for_load_state("networkidle")
        of_the_page = list(window.faults)
        page.evaluate(AXE.read_text())
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        with page.expect_console_message(lambda message: message.text == "axe is done"):
            page.evaluate("console.debug('axe is done')")
        window.faults[:] = of_the_page  # axe itself tries inline styles, which the page's policy forbids
        faults += [
            f"{name} ({who}): {violation['id']} at {violation['nodes'][0]['html'][:120]}"
            for violation in result["violations"]
        ]
        if cut_off := page.evaluate(CUT_OFF):
            faults.append(f"{name} ({who}): {cut_off}")
    assert faults == [], "\n".join(faults)
