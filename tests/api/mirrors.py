"""A mirror that knows nothing but what the change feed tells it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils import translation
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from council.api.rendering import JSONRenderer
from council.api.urls import router
from council.integrations.mirroring import NOUNS
from council.journal import actions as journal
from council.people.models import User
from tests.api.checking import check

Copy = dict[tuple[str, str], dict[str, Any]]


def program(user: User) -> APIClient:
    """Someone's program."""
    client = APIClient(HTTP_ACCEPT_LANGUAGE="ko")
    client.force_authenticate(user)
    return client


def listing(client: APIClient, nouns: Iterable[str] = NOUNS) -> Copy:
    """Everything somebody can list."""
    found: Copy = {}
    for noun in nouns:
        url = f"/api/v1/{noun}/?limit=200"
        while url:
            page = check(client.get(url), 200)
            found |= {(noun, row["id"]): row for row in page["results"]}
            url = page["next"]
    return found


def following(client: APIClient, after: str = "", **narrowed: Any) -> list[dict[str, Any]]:
    """All pages of the feed after a cursor."""
    pages: list[dict[str, Any]] = []
    more = True
    while more:
        page = check(client.get("/api/v1/changes/", {"after": after, "limit": 200} | narrowed), 200)
        pages.append(page)
        after, more = page["cursor"], page["more"]
    return pages


def told(client: APIClient, after: str = "", **narrowed: Any) -> list[dict[str, Any]]:
    """What the feed tells somebody after a cursor, once it is sealed."""
    journal.seal()
    return [change for page in following(client, after, **narrowed) for change in page["changes"]]


def newest(client: APIClient) -> str:
    """The end of the feed."""
    journal.seal()
    cursor: str = check(client.get("/api/v1/changes/?after=newest"), 200)["cursor"]
    return cursor


class Mirror:
    """A copy that is listed once and then follows.

    What changed is read as its address would give it, but all of one kind in one go: there is much to compare.
    """

    views: ClassVar[dict[str, Any]] = {prefix: view for prefix, view, _name in router.registry}

    def __init__(self, user: User) -> None:
        self.user, self.client = user, program(user)
        self.listed = 0
        self.list_all()

    def list_all(self) -> None:
        """Begin, or begin anew."""
        page = check(self.client.get("/api/v1/changes/?after=newest"), 200)
        self.cursor, self.standing = page["cursor"], page["standing"]
        self.copy = listing(self.client)
        self.listed += 1

    def follow(self) -> None:
        """Read on, and fetch each thing that changed, once."""
        for page in following(self.client, self.cursor):
            if page["standing"] != self.standing:
                self.list_all()
                return
            self.cursor = page["cursor"]
            changed: dict[str, set[str]] = defaultdict(set)
            for change in page["changes"]:
                self.copy.pop((change["noun"], change["id"]), None)
                if not change["gone"]:
                    changed[change["noun"]].add(change["id"])
            for noun, keys in changed.items():
                self.copy |= {(noun, row["id"]): row for row in self.read(noun, keys)}

    def read(self, noun: str, keys: set[str]) -> list[dict[str, Any]]:
        """Those that are still there."""
        request = Request(APIRequestFactory().get("/"))
        request.user = self.user
        reads = self.views[noun].reads
        rows = reads.rows(self.user).filter(pk__in=keys)
        with translation.override("ko"):
            read: list[dict[str, Any]] = json.loads(
                JSONRenderer().render(reads(rows, many=True, context={"request": request}).data)
            )
        return read
