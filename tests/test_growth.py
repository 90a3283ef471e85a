"""No page and no endpoint asks the database more where there is much of everything than where there is little."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache as once
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, resolve, reverse

from council.core import clock
from council.people import actions as people
from tests.cast import Cast
from tests.growing import MORE, grow
from tests.notifications import own
from tests.seen import Seen
from tests.things import NOWHERE
from tests.world import world

OPERATIONS = Path(__file__).parent / "api" / "operations.txt"
RUNNERS = ("secretary", "officer", "chair", "operator")
KEYS = ("id", "slug", "code")
FEW = 4

MOST = 15
MOST_OF = {
    # who may see what they were about: a query for each kind of thing among the thirty messages of a page
    "message_log": 35,
    "council_message_log": 35,
    # twelve kinds of things that can wait, from five rooms, and the answers not read yet: a query each where there are any
    "home": 20,
    # the state everyone sees (7), and one's own: place, presence, recusal, ballot papers, vote cards
    "live": 17,
    # the same state, and what the buttons need: all items, queue, open ballot, challenges, the step to take back
    "control": 19,
    # the agenda with its papers and texts, the answers, and what came of it: ballots, decisions, actions, minutes, files
    "meeting": 17,
    # a query or two for each kind of thing among thirty of them
    "notices": 17,
    # as a page has it
    "minutes_head": 18,
    "sections_fresh": 19,
    # circulated, for whoever runs the council: also everything the law asks of them is looked up again
    "minutes": 21,
    # how many there are, of two lists of which the first twenty are shown
    "before_release": 17,
    # a query or two for each kind of thing among the four hundred changes it reads ahead
    "changes_read": 90,
}
KINDS = {
    "before_release",
    "changes_read",
    "notices_list",
}  # some more with the kinds of things among their rows, or beyond a page; no further
NOT_READ = {  # for a reason
    "attachment": "a file",
    "await_input": "read, it leads to the page of the point",
    "dispose": "read, it leads to the page of the point",
    "download": "a file, once a worker has written it",
    "notice": "leads on to what it is about",
    "told_table": "a file",
    "triage": "read, it leads to the page of the point",
    "feed": "opens with a secret that is shown once",
    "gallery_mail": "an example that reads nothing",
    "push_worker": "a script that reads nothing",
}

SHOW_ONE = {  # a form, or one thing
    *("accept_action", "account_change_password", "account_login", "account_logout", "account_reset_password"),
    *("account_reset_password_done", "account_signup", "add_annex", "add_recording", "answer_invitation"),
    *("cancel_ballot", "cancel_meeting", "cast_on_paper", "check_in", "convene", "copy_meeting", "create_document"),
    *("decide_correction", "decide_recusal", "decline_proposal", "dismiss", "docs", "door", "drop_action"),
    *("edit_opinion", "edit_passage", "export", "fix_terms", "give_opinion", "hide_opinion", "keep_meeting_template"),
    *("mail_gallery", "make_client", "make_system_token", "mandate", "merge_opinions", "message", "name_alternate"),
    *("object_to", "plan_from_template", "profile", "projector", "propose_item", "react_to_opinions"),
    *("read_transcript", "recall_minutes", "redact", "redaction", "referral", "remove_recording", "reopen_action"),
    *("repeal_decision", "report_opinion", "request_correction", "restore_opinion", "return_referral"),
    *("revise_item", "revise_rules", "rsvp", "section", "split", "start_version", "unsubscribe"),
    # thirty to a page, which the world has already
    *("council_message_log", "message_log", "notices", "told_events"),
    *("decision", "point", "room", "vote_card"),
    # one's own, of which the others have as many
    *("imports", "meeting_files", "notification_settings", "webhooks"),
    # figures, and of each kind one
    *("findings", "live", "phases", "turnout"),
}
FIXED = {"regions_list", "industries_list", "factory_levels_list"}  # reference data
OWN = {"mutes_list"}  # one's own, of which the others have as many
UNREAD = {  # for a reason
    "exports_file": "a file, once a worker has written it",
    "opinions_similar": "asks for a text",
    "public_results_retrieve": "the world has published none of a public council",
    "public_results_list": "the world has published none of a public council",
}

Answer = tuple[int, int]  # how many queries it took, and how much it shows


def answer(client: Client, address: str) -> Answer | None:
    """What it takes to answer at an address, and how much comes; nothing if it is not for them."""
    with CaptureQueriesContext(connection) as queries:
        got = client.get(address)
        content = got.getvalue()
    if got.status_code != 200:
        return None
    if got["Content-Type"] == "application/json":
        return len(queries), len(got.json().get("results", content))
    return len(queries), content.partition(b"<main")[2].count(b"<") or len(content)


def answers(seen: Iterable[Seen], client: Callable[[str], Client]) -> dict[Seen, Answer]:
    """What is answered to those it is for."""
    asked = {each: answer(client(each[0]), each[2]) for each in seen}
    return {each: found for each, found in asked.items() if found}


def runs(who: str) -> bool:
    return who in RUNNERS


# --- pages


def routes() -> dict[str, str]:
    """Every address of the pages, by name."""
    return {
        pattern.name: str(pattern.pattern)
        for each in get_resolver().url_patterns
        for pattern in getattr(each, "url_patterns", [])
        if isinstance(pattern, URLPattern) and getattr(pattern.callback, "__module__", "").startswith("council.web")
    }


def as_both(pages: list[Seen]) -> Iterator[Seen]:
    """Pages as the world says, and as the secretary and the supplier where it has nobody like them."""
    yield from pages
    for name in dict.fromkeys(name for _who, name, _address in pages):
        seen = [(who, address) for who, other, address in pages if other == name]
        for one in ("secretary", "supplier"):
            if not any(runs(who) == runs(one) for who, _address in seen):
                yield one, name, seen[0][1]


def stem(route: str) -> str:
    """The address of the thing something is about."""
    return route[: route.rfind(">") + 1]


def pieces(pages: list[Seen], client: Callable[[str], Client]) -> Iterator[Seen]:
    """What is read and is no page, once as each of both sees it, at a thing the pages are about: parts, and files."""
    about = [(who, resolve(address.partition("?")[0])) for who, _name, address in pages]
    named = {name for _who, name, _address in pages}
    for name, route in routes().items():
        if name in named or name in NOT_READ or is_verb(name, route, client("secretary")):
            continue
        for side in (True, False):
            at = [
                (who, name, reverse(f"web:{name}", kwargs=match.kwargs))
                for who, match in about
                if runs(who) is side and stem(match.route) == stem(route)
            ]
            yield from (each for each in at if answer(client(each[0]), each[2]))


def is_verb(name: str, route: str, client: Client) -> bool:
    """Whether an address cannot be read."""
    kinds = {"uuid": NOWHERE, "int": 1, "str": "x", "slug": "x"}
    kwargs = {part: kinds[kind] for kind, part in re.findall(r"<(\w+):(\w+)>", route)}
    return client.get(reverse(f"web:{name}", kwargs=kwargs)).status_code == 405


# --- endpoints


def endpoints(client: Callable[[str], Client]) -> Iterator[Seen]:
    """Every question the API answers, as the secretary and the supplier; about a thing, of whom there is most to say."""
    for name, path in re.findall(r"^(\w+) GET (\S+)$", OPERATIONS.read_text(), re.M):
        noun, about_one, _rest = path.partition("{id}")
        for who in ("secretary", "supplier"):
            paths = [path]
            if about_one:
                things = client(who).get(f"{noun}?limit={FEW}").json()["results"]
                paths = [path.format(id=next(one[key] for key in KEYS if key in one)) for one in things]
            told = {at: found for at in paths if (found := answer(client(who), at))}
            if told:
                yield who, name, max(told, key=lambda at: told[at][1])


# --- with little and with much


def too_many(few: dict[Seen, Answer], many: dict[Seen, Answer]) -> dict[str, tuple[int, int]]:
    """What takes more queries where there is much, or too many where there is little."""
    return {
        f"{name} ({who}) {address}": (little, much)
        for (who, name, address), (little, _shown) in few.items()
        for much, _shown_then in [many.get((who, name, address), (-1, 0))]
        if little > MOST_OF.get(name, MOST) or much < 0 or much > (MOST_OF.get(name, MOST) if name in KINDS else little)
    }


def growing(few: dict[Seen, Answer], many: dict[Seen, Answer]) -> set[str]:
    """What shows at least as many more things as there are more of them."""
    return {each[1] for each in few if many[each][1] - few[each][1] >= MORE // 2}


@pytest.mark.parametrize("part", ["as who runs the council", "as a member", "pieces"])
def test_no_page_takes_more_queries_for_much_than_for_little(part: str, cast: Cast, browse):
    seen = world(cast)
    client = once(lambda who: browse(getattr(cast, who, None)))
    with clock.at(clock.now()):
        if part == "pieces":
            asked = list(pieces(seen, client))
            verbs = {name for name, route in routes().items() if is_verb(name, route, client("secretary"))}
            named = {name for _who, name, _address in [*seen, *asked]}
            assert routes().keys() - named - verbs - NOT_READ.keys() == set()
        else:
            asked = [each for each in as_both(seen) if runs(each[0]) is (part == "as who runs the council")]
        few = answers(asked, client)
        grow()
        cache.clear()
        many = answers(few, client)
    assert too_many(few, many) == {}
    if part != "pieces":
        assert {name for _who, name, _address in few} - growing(few, many) - SHOW_ONE == set()


def test_no_endpoint_takes_more_queries_for_much_than_for_little(cast: Cast, call):
    world(cast)
    own.mute(cast)
    own.browser(cast)
    people.revise_rules(cast.council, open_to_public=True, by=cast.chair)
    client = once(lambda who: call(getattr(cast, who)))
    with clock.at(clock.now()):
        asked = [(who, name, f"{address}?limit={FEW}") for who, name, address in endpoints(client)]
        few = answers(asked, client)
        grow()
        cache.clear()
        much = {each: (each[0], each[1], each[2].replace(f"={FEW}", f"={MORE + 1}")) for each in few}
        shown = answers(much.values(), client)
        many = {each: shown[as_much] for each, as_much in much.items() if as_much in shown}
    assert too_many(few, many) == {}
    operations = set(re.findall(r"^(\w+) GET ", OPERATIONS.read_text(), re.M))
    assert operations - {name for _who, name, _address in few} - UNREAD.keys() == set()
    assert {name for name in operations if name.endswith("_list")} - growing(
        few, many
    ) - FIXED - OWN - UNREAD.keys() == set()
