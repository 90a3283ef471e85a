"""Mirrors all that an account may see into SQLite, and keeps it so: list everything once, then follow the feed.

Run it as `COUNCIL_TOKEN=… python mirror.py https://council.example FILE`. It may be stopped and started again at any time.
"""

import json
import os
import sqlite3
import sys
import time
from typing import Any

import requests

SCHEMA = """CREATE TABLE IF NOT EXISTS thing (noun, id, etag, body, round, PRIMARY KEY (noun, id));
CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, value);"""


class Mirror:
    """A copy of what one account may see."""

    def __init__(self, site: str, token: str, path: str) -> None:
        self.api = f"{site.rstrip('/')}/api/v1"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.db = sqlite3.connect(path)
        self.db.executescript(SCHEMA)
        row = self.db.execute("SELECT value FROM state").fetchone()
        self.state: dict[str, Any] = json.loads(row[0]) if row else {"round": 0}

    def get(self, url: str, *, etag: str = '""', **query: Any) -> requests.Response:
        """Ask; wait where the server asks to. 304 and 404 are answers, any other refusal is an error."""
        options: dict[str, Any] = {"params": query, "headers": {"If-None-Match": etag}, "timeout": 60}
        while (answer := self.session.get(url, **options)).status_code in (429, 503):
            time.sleep(float(answer.headers.get("Retry-After", 5)))
        if answer.status_code != 404:
            answer.raise_for_status()
        return answer

    def update(self) -> None:
        """Bring the copy up to date."""
        more = "cursor" in self.state or self.begin()
        while more:
            more = self.list_page(*self.state["todo"]) if self.state["todo"] else self.follow_page()

    def begin(self) -> bool:
        """Begin a full listing: first the end of the feed, so that what changes meanwhile is read after it."""
        page = self.get(f"{self.api}/changes/", after="newest").json()
        todo = [f"{self.api}/{noun}/?limit=200" for noun in page["nouns"]]
        with self.db:
            self.note(cursor=page["cursor"], standing=page["standing"], todo=todo, round=self.state["round"] + 1)
        return True

    def list_page(self, url: str, *others: str) -> bool:
        """Read one page of a list; behind the last one drop what was in none of them."""
        noun = url.removeprefix(f"{self.api}/").partition("/")[0]
        with self.db:
            for thing in (page := self.get(url).json())["results"]:
                self.keep(noun, thing["id"], '""', json.dumps(thing))
            self.note(todo=[url for url in (page["next"], *others) if url])
            if not self.state["todo"]:
                self.db.execute("DELETE FROM thing WHERE round < ?", (self.state["round"],))
        return True

    def follow_page(self) -> bool:
        """Read one page of the feed, and each thing that changed, once. Whether there is more."""
        page = self.get(f"{self.api}/changes/", after=self.state["cursor"], limit=200).json()
        if page["standing"] != self.state["standing"]:  # the account's seats or rights are others now
            return self.begin()
        with self.db:
            for change in {(one["noun"], one["id"]): one for one in page["changes"]}.values():
                self.take(change["noun"], change["id"], change["url"])
            self.note(cursor=page["cursor"])
        return bool(page["more"])

    def take(self, noun: str, key: str, url: str | None) -> None:
        """Read a thing that changed, unless it is as it was; drop it where it is gone."""
        row = self.db.execute("SELECT etag FROM thing WHERE noun = ? AND id = ?", (noun, key)).fetchone()
        answer = self.get(url, etag=row[0] if row else '""') if url else None
        if answer is None or answer.status_code == 404:
            self.db.execute("DELETE FROM thing WHERE noun = ? AND id = ?", (noun, key))
        elif answer.status_code == 200:
            self.keep(noun, key, answer.headers["ETag"], answer.text)

    def keep(self, *row: str) -> None:
        """Write down how a thing reads; the caller commits."""
        self.db.execute("INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?, ?)", (*row, self.state["round"]))

    def note(self, **values: Any) -> None:
        """Write down how far it has come; the caller commits."""
        self.state |= values
        self.db.execute("INSERT OR REPLACE INTO state VALUES (1, ?)", (json.dumps(self.state),))


if __name__ == "__main__":
    mirror = Mirror(sys.argv[1], os.environ["COUNCIL_TOKEN"], sys.argv[2])
    while True:
        mirror.update()
        time.sleep(5)
