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
FILES = {"feed", "push_worker", "attachment", "import_file", "blank_form", "download", "recording_file", "told_table"}
PIECES = {
    "control_steps",
    "gallery_mail",
    "import_progress",
    "keep_new_opinion",
    "keep_opinion",
    "keep_section",
    "live_own",
    "message_preview",
    "present",
    "present_in_section",
    "projector_door",
    "similar_opinions",
    "vote_card",
    "working",
}
VERBS = {  # come back to a page of the list
    "accept_proposal",
    "act_for",
    "add_browser",
    "add_guest",
    "answer_invitation",
    "answer_many",
    "approve_minutes",
    "approve_redaction",
    "ask_for_floor",
    "assign_many",
    "attach",
    "await_input",
    "change_digest",
    "change_quiet_hours",
    "check_out",
    "choose_opinion",
    "circulate_minutes",
    "close_ballot",
    "close_meeting",
    "confirm_address",
    "confirm_minutes",
    "confirm_opinion",
    "contrast",
    "coordinate",
    "declare_no_interest",
    "disable_system",
    "discard_import",
    "dismiss_reports",
    "dispose",
    "draft_minutes",
    "end_item",
    "end_old_secret",
    "end_speech",
    "give_floor",
    "invite",
    "keep_inside",
    "keep_notice",
    "language",
    "leave_floor",
    "leave_out",
    "live_cancel_ballot",
    "live_check_in",
    "live_close",
    "live_close_ballot",
    "live_open_ballot",
    "live_remark",
    "live_vote",
    "move_request",
    "mute",
    "note_all",
    "note_attendance",
    "notice",
    "open_consultation",
    "open_meeting",
    "pause_webhook",
    "postpone_item",
    "publish_result",
    "publish_version",
    "react",
    "read_notices",
    "redraft_section",
    "release",
    "release_recording",
    "remark_opinion",
    "remind",
    "remove_browser",
    "remove_guest",
    "remove_item",
    "remove_meeting_template",
    "remove_paper",
    "remove_passage",
    "remove_statement",
    "remove_template",
    "remove_webhook",
    "renew_secret",
    "replay_delivery",
    "replay_failed",
    "replay_since",
    "reply_without_opinion",
    "report_action",
    "resend_message",
    "resume_webhook",
    "revoke_client",
    "revoke_feed",
    "revoke_token",
    "rotate_secret",
    "share_opinion",
    "start_import",
    "submit_opinion",
    "submit_set",
    "switch_notifications",
    "tag_many",
    "take_in",
    "take_up",
    "tell_author",
    "test_webhook",
    "triage",
    "undo",
    "undo_step",
    "vote",
    "withdraw_alternate",
    "withdraw_opinion",
    "withdraw_proposal",
    "withdraw_recusal",
    "withdraw_request",
}


def test_every_page_is_in_the_list(cast: Cast):
    names = {
        pattern.name
        for pattern in get_resolver().url_patterns
        for pattern in getattr(pattern, "url_patterns", [])
        if isinstance(pattern, URLPattern) and getattr(pattern.callback, "__module__", "").startswith("council.web")
    }
    assert names - FILES - PIECES - VERBS - {name for _who, name, _address in world(cast)} == set()


SETTLED = """() => document.fonts.status === "loaded"
    && document.querySelector("h1")
    && !document.querySelector(".htmx-request")"""
CUT_OFF = """() => {
    document.querySelectorAll("details").forEach((each) => (each.open = true));
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return wide > 0 ? `the page is ${wide} px too wide` : "";
}"""
FAULTS = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.map(({ id, nodes }) => `${id} at ${nodes[0].html.slice(0, 120)}`);
}"""
PARTS = 4  # so that several tests at a time can share the work


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_can_be_used_by_everyone(
    cast: Cast, person: Callable[..., Person], viewport: dict[str, int], part: int
):
    axe = AXE.read_text()
    pages = [each for each in world(cast) if each[1] not in PIECES]
    faults: list[str] = []
    windows: dict[str, Person] = {}
    for who, name, address in pages[part::PARTS]:
        if who not in windows:
            windows[who] = person(getattr(cast, who, None), viewport=viewport)
            if who != "nobody":
                windows[who].is_logged_in()
        window = windows[who]
        page = window.opens(address)
        page.wait_for_function(SETTLED)
        if cut_off := page.evaluate(CUT_OFF):
            faults.append(f"{name} ({who}): {cut_off}")
        of_the_page = list(window.faults)
        page.evaluate(axe)
        result = page.evaluate(FAULTS)
        with page.expect_console_message(lambda message: "event handler" in message.text):
            page.evaluate("document.body.setAttribute('onclick', '0')")  # forbidden too: reported after all of axe's
        page.goto("about:blank")  # nothing of axe's comes after this
        window.faults[:] = of_the_page  # axe itself tries inline styles, which the page's policy forbids
        faults += [f"{name} ({who}): {fault}" for fault in result]
    assert faults == [], "\n".join(faults)
