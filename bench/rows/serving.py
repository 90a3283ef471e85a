"""Pages and endpoints beside the least that could do the same: asked in turns over kept-alive connections, one at a time."""

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from http import HTTPStatus
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin
from uuid import UUID

import brotli  # type: ignore[import-untyped]  # it has no types

from bench.measure import Measured, Size, paired, row
from bench.stage import Served, country, limit, resident, served, stage

if TYPE_CHECKING:
    from bench.country import Country

ROUNDS, AT_ONCE, WARM = 15, 4, 20
"""So many pairs, each of so many requests one after the other, after so many that do not count."""
MEBIBYTE, KILOBYTE = 2**20, 1000
PAGE = 50
SUBSCRIBERS = 10_000
API = "/api/v1/opinions/"
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"state": "triaged"},
    {"overdue": "on"},
    {"verdict": "not_accepted"},
    {"q": "예산"},
    {"group": "on"},
)
LINKED = re.compile(r"""<(?:link|script|img|use)\b[^>]*?\b(?:href|src)="([^"#]+)[^>]*>""")
IMPORTED = re.compile(r"""@import\s+(?:url\()?["']?([^"')]+)""")


# --- what is asked, and who asks --------------------------------------------------------------------------------------


def usual() -> "Country":
    """Turn to the country of every day."""
    return country("usual")


def large(size: Size) -> "Country":
    """Turn to the large one: of a country's size where it is asked for."""
    return country("country", size) if size == "full" else country("large", consultations=200, opinions=100_000)


def subscribed() -> "Country":
    """Turn to the one where many are told of everything."""
    return country("subscribed", subscribers=SUBSCRIBERS)


def program(who: UUID) -> Served:
    """The product, asked with someone's token."""
    return served(headers={"Authorization": f"Bearer {token(who)}"})


def browser(who: UUID) -> Served:
    """The product, asked by a browser in which someone is logged in."""
    return served(headers={"Cookie": session(who)})


def token(who: UUID) -> str:
    """A new token of someone in the database in use."""
    from council.people.actions import create_token  # noqa: PLC0415 - Django is set up by the stage
    from council.people.models import User  # noqa: PLC0415 - as above

    _token, secret = create_token(name="bench", by=User.objects.get(pk=who))
    return secret


def session(who: UUID) -> str:
    """The cookie of someone who has logged in."""
    from django.test import Client  # noqa: PLC0415 - as above

    from council.people.models import User  # noqa: PLC0415 - as above

    client = Client()
    client.force_login(User.objects.get(pk=who))
    return f"sessionid={client.cookies['sessionid'].value}"


def in_turns(ours: Callable[[], object], least: Callable[[], object], *, rounds: int = ROUNDS) -> Measured:
    """Ask both in turns, some times each; the figures are of one request."""

    def several(ask: Callable[[], object]) -> None:
        for _time in range(AT_ONCE):
            ask()

    for _time in range(min(WARM, rounds)):
        ours()
        least()
    found = paired(partial(several, ours), partial(several, least), rounds=rounds)
    return Measured((found.figure or 0) / AT_ONCE, (found.limit or 0) / AT_ONCE, found.ratio)


def queries(path: str, **headers: str) -> Measured:
    """How often a page or endpoint asks the database, once what is kept is there."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by the stage
    from django.test import Client  # noqa: PLC0415 - as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    client = Client(headers={"Host": "localhost", **headers})
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    if answer.status_code != HTTPStatus.OK:
        message = f"{path} answers {answer.status_code}"
        raise RuntimeError(message)
    return Measured(figure=len(asked))


# --- the list of opinions ---------------------------------------------------------------------------------------------


@row("serving-list-against-bare", goal=6)
def list_against_bare(size: Size) -> Measured:
    """50 of 10,000 opinions with a token, visibility rules and all, beside one query and orjson."""
    land, asked = usual(), opinions_path()
    with program(land.member) as ours, limit("bare") as bare:
        return in_turns(partial(ours.get, asked), partial(bare.get, f"/?consultation={land.consultation}"))


@row("serving-list-against-plain", goal=1)
def list_against_plain(size: Size) -> Measured:
    """The same beside a plain ModelViewSet, which knows no accounts and shows ids where ours shows names."""
    land, asked = usual(), opinions_path()
    with program(land.member) as ours, limit("plain") as plain:
        return in_turns(partial(ours.get, asked), partial(plain.get, f"/opinions/?consultation={land.consultation}"))


@row("serving-list-queries", goal=4, goal_for="figure", unit="queries")
def list_queries(size: Size) -> Measured:
    """The token's included."""
    land = usual()
    return queries(opinions_path(), Authorization=f"Bearer {token(land.member)}")


def opinions_path() -> str:
    """The first page of the first consultation's opinions."""
    return f"{API}?consultation={usual().consultation}"


@row("serving-list-of-many-first-page", goal=1.1)
def list_of_many(size: Size) -> Measured:
    """The first page of everything there is, among 1,000,000 opinions (usually 100,000) beside 10,000."""
    return many_against_few(size, page=1)


@row("serving-list-of-many-far-page", goal=1.1)
def list_of_many_far(size: Size) -> Measured:
    """Page 10,000 (usually 1,000) beside the first page among 10,000."""
    return many_against_few(size, page=10_000 if size == "full" else 1_000)


def many_against_few(size: Size, *, page: int) -> Measured:
    """For someone who sees them all, from one database and from the other."""
    with program(usual().overseer) as few, program(large(size).overseer) as many:
        after = f"?cursor={cursor(page)}" if page > 1 else ""
        return in_turns(partial(many.get, API + after), partial(few.get, API))


def cursor(page: int) -> str:
    """Where a page of the newest opinions begins, as the page before it gives it."""
    from council.opinions.models import Opinion  # noqa: PLC0415 - Django is set up by the stage

    last = Opinion.objects.order_by("-id").values_list("pk", flat=True)[(page - 1) * PAGE - 1]
    return b64encode(urlencode({"p": str(last)}).encode()).decode()


# --- giving an opinion ------------------------------------------------------------------------------------------------


@row("serving-create-against-plain", goal=2.5)
def create_against_plain(size: Size) -> Measured:
    """An opinion given at once: number, phase, point, reply, figures and journal, beside a plain insert through DRF."""
    land = usual()
    words, fields = written(land)
    insert = json.dumps(fields).encode()
    with program(land.member) as ours, limit("plain") as plain:
        return in_turns(partial(ours.post, API, words), partial(plain.post, "/opinions/", insert))


@row("serving-create-with-10000-subscribers", goal=1.15)
def create_with_subscribers(size: Size) -> Measured:
    """The same where 10,000 people are told of it, beside a council of few."""
    few, _fields = written(usual())
    with program(usual().member) as quiet:
        many, _fields = written(subscribed())
        with program(subscribed().member) as loud:
            return in_turns(partial(loud.post, API, many), partial(quiet.post, API, few))


def written(land: "Country") -> tuple[bytes, dict[str, str]]:
    """An opinion of the member: as one sends it to ours, and as the table has it."""
    from council.documents.models import Passage  # noqa: PLC0415 - Django is set up by the stage
    from council.opinions.models import Consultation  # noqa: PLC0415 - as above
    from council.people.models import Membership  # noqa: PLC0415 - as above

    consultation = Consultation.objects.get(pk=land.consultation)
    passage = Passage.objects.filter(version=consultation.version_id).earliest("position")
    seat = Membership.objects.filter(user=land.member, council=land.council).earliest("id")
    words = {
        "consultation": consultation.pk,
        "passage": passage.pk,
        "kind": "amend",
        "proposed_text": "자부담 비율은 30%로 한다.",
        "reason": "영세 기업은 자부담 절반을 감당하기 어렵습니다.",
    }
    given = {
        "council": land.council,
        "author": seat.user_id,
        "membership": seat.pk,
        "organisation": seat.organisation_id,
        "sector": seat.sector,
        "current_text": passage.text,
        "state": "draft",  # what is given has a number, which only ours knows
    }
    sent = {name: str(value) for name, value in words.items()}
    row = sent | {name: str(value) for name, value in given.items()}
    return json.dumps(sent | {"submit": True}).encode(), row


# --- pages ------------------------------------------------------------------------------------------------------------


@row("serving-meeting", goal=3)
def meeting(size: Size) -> Measured:
    """A meeting with 50 agenda items, logged in, beside a template of 50 items."""
    land = usual()
    return page_against(f"/meetings/{land.meeting}/", f"/agenda/{land.meeting}/")


@row("serving-meeting-queries", goal=12, goal_for="figure", unit="queries")
def meeting_queries(size: Size) -> Measured:
    """Session and person included."""
    land = usual()
    return queries(f"/meetings/{land.meeting}/", Cookie=session(land.member))


@row("serving-document", goal=4)
def document(size: Size) -> Measured:
    """200 passages with 10,000 opinions on them beside a template of 200 passages."""
    return page_against(*document_paths())


@row("serving-document-begins-early", goal=0.5)
def document_begins(size: Size) -> Measured:
    """When the first words of that page are there, beside when all of it is."""
    page, _text = document_paths()
    with browser(usual().member) as ours:
        for _time in range(WARM):
            ours.get(page)
        pairs = [early(ours, page) for _round in range(ROUNDS)]
    firsts, wholes = zip(*pairs, strict=True)
    return Measured(median(firsts), median(wholes), median(first / whole for first, whole in pairs))


def early(ours: Served, path: str) -> tuple[float, float]:
    """After how many seconds the first kilobyte of a page is there, and all of it."""
    start = perf_counter()
    answer = ours.ask("GET", path)
    answer.read(KILOBYTE)
    first = perf_counter() - start
    answer.read()
    return first, perf_counter() - start


def document_paths() -> tuple[str, str]:
    """The page of the first consultation, and the plain one of its text."""
    from council.opinions.models import Consultation  # noqa: PLC0415 - Django is set up by the stage

    land = usual()
    return (
        f"/consultations/{land.consultation}/",
        f"/text/{Consultation.objects.get(pk=land.consultation).version_id}/",
    )


@row("serving-board", goal=4)
def board(size: Size) -> Measured:
    """50 rows of a disposition board of 10,000, with the slowest of some filters, beside a template of 50 rows."""
    land = usual()
    with browser(land.secretary) as ours, limit("plain") as plain:
        least = partial(plain.get, f"/board/{land.consultation}/")
        ways = [in_turns(partial(ours.get, path), least, rounds=5) for path in board_paths()]
    return max(ways, key=lambda way: way.ratio or 0)


def board_paths() -> list[str]:
    """The board with each of some filters."""
    return [f"/consultations/{usual().consultation}/board/?{urlencode(chosen)}" for chosen in FILTERS]


def page_against(page: str, least: str) -> Measured:
    """A page of ours for the member, logged in, beside the plain one."""
    with browser(usual().member) as ours, limit("plain") as plain:
        return in_turns(partial(ours.get, page), partial(plain.get, least))


# --- memory and weight ------------------------------------------------------------------------------------------------


@row("serving-worker-memory", goal=100 * MEBIBYTE, unit="bytes", goal_for="figure")
def worker_memory(size: Size) -> Measured:
    """What a web worker holds after a burst of requests to every page, from as many connections as it has threads."""
    stage()  # Django has to be set up before its models are looked at
    from tests.cast import Cast  # noqa: PLC0415 - Django is set up by the stage
    from tests.world import world  # noqa: PLC0415 - as above

    cast = stage().use("world", Cast)
    known = {who: session(user.pk) for who in vars(cast) if isinstance(user := getattr(cast, who), type(cast.chair))}
    pages = [(known.get(who, ""), address) for who, _name, address in world(cast)]
    with served() as ours:
        for _time in range(3):
            with ThreadPoolExecutor(8) as threads:
                list(threads.map(partial(look, ours), pages))
        return Measured(figure=resident(ours.worker))


def look(ours: Served, page: tuple[str, str]) -> None:
    """One request over a connection of its own; whatever comes."""
    cookie, path = page
    connection = ours.connection()
    connection.request("GET", path, headers={"Cookie": cookie})
    connection.getresponse().read()
    connection.close()


@row("serving-page-weight-first-visit", goal=150 * KILOBYTE, unit="bytes", goal_for="figure")
def weight_first(size: Size) -> Measured:
    """What a browser fetches for the heaviest of the pages measured here, fonts apart, with nothing kept."""
    return Measured(figure=max(first for first, _later in weights().values()))


@row("serving-page-weight-later-visit", goal=30 * KILOBYTE, unit="bytes", goal_for="figure")
def weight_later(size: Size) -> Measured:
    """The same with everything kept that may be kept."""
    return Measured(figure=max(later for _first, later in weights().values()))


@cache
def weights() -> dict[str, tuple[int, int]]:
    """Bytes on the wire of some pages, at the first visit and at a later one, as a deployment serves them."""
    land = usual()
    paths = ["/", f"/meetings/{land.meeting}/", document_paths()[0], board_paths()[0]]
    files = {"STATIC_FROM_SOURCE": "no"}
    stage().start("collectstatic", "django", "collectstatic", "--no-input", "--verbosity", "0", env=files).wait()
    with served(headers={"Cookie": session(land.secretary), "Accept-Encoding": "gzip, br"}, **files) as ours:
        return {path: visits(ours, path) for path in paths}


def visits(ours: Served, path: str) -> tuple[int, int]:
    """What one page makes a browser fetch: all of it, and what it may not keep."""
    fetched = {address: (size, kept) for address, size, kept in everything(ours, path)}
    return sum(size for size, _kept in fetched.values()), sum(size for size, kept in fetched.values() if not kept)


def everything(ours: Served, path: str) -> Iterator[tuple[str, int, bool]]:
    """A page and what it names, fonts apart: address, bytes on the wire, whether a browser need not ask for it again."""
    answer = ours.ask("GET", path)
    sent = answer.read()
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(answer.headers["Content-Encoding"] or "", bytes)
    kept = "immutable" in (answer.headers["Cache-Control"] or "")
    yield path, len(sent), kept
    kind = answer.headers["Content-Type"].partition(";")[0]
    named = {"text/html": LINKED, "text/css": IMPORTED}.get(kind)
    for each in dict.fromkeys(named.findall(unpack(sent).decode())) if named else ():
        if not each.endswith((".woff2", ".woff", "/")):
            yield from everything(ours, urljoin(path, each))
