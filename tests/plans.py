"""Every address there is in a country, what it asks of the database, and which large tables are read from end to end for it."""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.country import Country
from council.api.urls import router
from council.people import actions as people
from council.people.models import User
from tests.test_growth import OPERATIONS, routes

LARGE = 2_000
"""Rows from which on a table is not to be read from end to end."""
FILTERED = ("council", "consultation", "meeting", "version", "opinion", "state")
QUERIES = {
    "board": (
        "?state=submitted", "?overdue=on", "?sector=supplier", "?phase=before", "?verdict=accepted", "?tag=예산",
        "?source=paper", "?q=예산", "?q=12", "?secret=on", "?group=on",
    ),
    "notices": ("?unread=yes", "?kind=answers"),
    "consultation": ("?sector=supplier", "?phase=before", "?verdict=accepted"),
    "message_log": ("?state=waiting", "?channel=mail"),
    "council_message_log": ("?state=waiting", "?state=bounced", "?channel=mail", "?kind=answers", "?to=김"),
    "order": ("?list=reports", "?list=hidden", "?list=campaigns", "?list=confidential"),
    "objections": ("?state=decided",),
}  # fmt: skip
BY_TIME = "modified_since=2020-01-01T00:00:00Z"
FOLLOWING = re.compile(r'href="(\?[^"]*\b(?:after|before)=[^"]+)"')
"""A link to the next page of a list."""


@dataclass(frozen=True)
class Asked:
    """A query someone's visit at an address led to."""

    who: str
    address: str
    sql: str


@dataclass(frozen=True)
class Scan:
    """A large table that is read from end to end for a query."""

    asked: Asked
    table: str

    def __str__(self) -> str:
        return f"{self.asked.address} ({self.asked.who}) reads all of {self.table}:\n{self.asked.sql}"


# --- plans


def large_tables(least: int = LARGE) -> dict[str, int]:
    """The tables with more than so many rows, as far as the planner knows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > %s"
            " AND relnamespace = current_schema()::regnamespace",
            [least],
        )
        return dict(cursor.fetchall())


def plan_of(sql: str, *, analyze: bool = False) -> dict[str, Any]:
    """How PostgreSQL would go about a query, or with ``analyze`` did."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON{', ANALYZE, BUFFERS' if analyze else ''}) {sql}")
        found = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps of a plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def read_whole(sql: str) -> set[str]:
    """The tables that are read from end to end for a query."""
    return {node["Relation Name"] for node in nodes(plan_of(sql)["Plan"]) if node["Node Type"] == "Seq Scan"}


def scans(asked: Iterable[Asked], tables: Iterable[str]) -> Iterator[Scan]:
    """The large tables that are read whole for one of several queries."""
    tables = set(tables)
    for each in asked:
        for table in sorted(read_whole(each.sql) & tables):
            yield Scan(each, table)


# --- addresses


class Visitor:
    """Someone who opens every address of a country that shows them something."""

    def __init__(self, country: Country, who: str) -> None:
        self.country, self.who = country, who
        self.user = User.objects.get(pk=getattr(country, who))
        self.browser, self.program = (Client(raise_request_exception=False) for _ in range(2))
        self.browser.force_login(self.user)
        _token, secret = people.create_token(name="plans", by=self.user)
        self.program.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        self.known = {noun: self._first(noun) for noun, _view, _name in router.registry}
        self.known |= {"councils": country.council, "consultations": country.consultation, "meetings": country.meeting}
        self.known |= {"versions": country.version, "answers": self.known["dispositions"]}
        self.seen: dict[str, int] = {}

    def _first(self, noun: str) -> Any:
        found = self.program.get(f"/api/v1/{noun}/?limit=1").json().get("results")
        return found[0].get("id") if found else None

    def pages(self) -> Iterator[str]:
        """The addresses of pages about things that are there."""
        for name, route in routes().items():
            kinds = dict(re.findall(r"<(\w+):(\w+)>", route))
            thing = self.known.get(route.partition("/")[0])
            if kinds and (set(kinds) != {"uuid"} or thing is None):
                continue
            parts = re.findall(r"<uuid:(\w+)>", route)
            kwargs = {part: self.known["passages"] if part == "passage" else thing for part in parts}
            address = reverse(f"web:{name}", kwargs=kwargs)
            yield from (address + query for query in ("", *QUERIES.get(name, ())))

    def endpoints(self) -> Iterator[str]:
        """The questions the API answers about such things, and its lists of much filtered and by time."""
        large = large_tables()
        views = {noun: view for noun, view, _name in router.registry}
        for _name, path in re.findall(r"^(\w+) GET (\S+)$", OPERATIONS.read_text(), re.M):
            noun = Path(path).parts[3] if len(Path(path).parts) > 3 else ""
            if "{id}" not in path:
                yield path
            elif self.known.get(noun):
                yield path.format(id=self.known[noun])
            if path == f"/api/v1/{noun}/" and noun in views and _table_of(views[noun]) in {*large, ""}:
                yield from (path + query for query in self._ways(views[noun]))

    def _ways(self, view: Any) -> Iterator[str]:
        filters = getattr(view.filterset_class, "base_filters", {})
        for name in FILTERED:
            if name in filters and (value := self.known.get(f"{name}s")):
                yield f"?{name}={value}"
        for value, _label in getattr(filters.get("state"), "extra", {}).get("choices", ()):
            yield f"?state={value}"
        yield f"?{BY_TIME}"

    def asks(self, addresses: Iterable[str], shapes: set[str]) -> Iterator[Asked]:
        """What it takes to answer at addresses and on the page after each: every kind of query not among ``shapes`` yet."""
        cache.clear()  # nobody has called before
        waiting = deque(addresses)
        while waiting:
            address = waiting.popleft()
            queries, following = self._open(address)
            if following and address.partition("?")[2] in ("", BY_TIME):
                waiting.append(following)
            for query in queries:
                shape = re.sub(r"'[^']*'(::uuid)?|\b\d+\b", "?", query["sql"])
                if shape.startswith(("SELECT", "WITH", "(")) and shape not in shapes:
                    shapes.add(shape)
                    yield Asked(self.who, address, query["sql"])

    def _open(self, address: str) -> tuple[list[dict[str, str]], str]:
        """What is asked for an address, and where the list on it goes on."""
        client = self.program if address.startswith("/api/") else self.browser
        with CaptureQueriesContext(connection) as queries:
            got = client.get(address)
            content = got.getvalue().decode(errors="ignore")
        self.seen[address] = got.status_code
        if "json" in got.get("Content-Type", ""):
            found = got.json()
            return list(queries), (isinstance(found, dict) and found.get("next")) or ""
        following = FOLLOWING.search(content)
        return list(queries), address.partition("?")[0] + unescape(following[1]) if following else ""


def _table_of(view: Any) -> str:
    """Whose rows a list shows; nothing where its representation is of no one model."""
    meta = getattr(view.reads, "Meta", None)
    return str(meta.model._meta.db_table) if meta else ""
