"""A mirror that follows the feed is what is listed: after anything, for everyone, also while others write."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from council.api import throttling
from council.journal import actions as journal
from council.journal.feed import Place, read
from council.journal.models import Change, Entry
from council.journal.verbs import Verb
from tests.api.mirrors import Mirror, listing
from tests.api.workload import Workload
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = ("secretary", "officer", "supplier", "observer")


@pytest.fixture(autouse=True)
def _nobody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror of everything calls more often than people do."""
    monkeypatch.setattr(throttling, "count", lambda whom, *policies: [])


def differences(mirror: Mirror) -> dict[str, list[str]]:
    """Where a mirror is not what is listed."""
    fresh = listing(mirror.client)
    found = {
        "missing": [f"{noun} {pk}" for noun, pk in fresh.keys() - mirror.copy.keys()],
        "left over": [f"{noun} {pk}" for noun, pk in mirror.copy.keys() - fresh.keys()],
        "out of date": [
            f"{noun} {pk} {[name for name in row if row[name] != mirror.copy[noun, pk].get(name)]}"
            for (noun, pk), row in fresh.items()
            if (noun, pk) in mirror.copy and row != mirror.copy[noun, pk]
        ],
    }
    return {name: sorted(rows) for name, rows in found.items() if rows}


def differing(mirrors: dict[str, Mirror]) -> dict[str, dict[str, list[str]]]:
    """Which mirrors differ, once they have followed."""
    journal.seal()
    found = {}
    for name, mirror in mirrors.items():
        mirror.follow()
        if wrong := differences(mirror):
            found[name] = wrong
    return found


@pytest.mark.parametrize("seed", [1])
def test_the_feed_equals_a_full_listing_after_a_random_workload(cast: Cast, seed: int):
    work = Workload(cast, seed)
    mirrors = {name: Mirror(getattr(cast, name)) for name in ROLES}
    for _round in range(2):
        work.run(120)
        assert differing(mirrors) == {}, work.done
    assert len(set(work.done)) > 25
    assert mirrors["observer"].listed < 10


class Writer:
    """Writes entries in transactions that end in another order than they began."""

    def __init__(self, cast: Cast, number: int, gate: threading.Barrier) -> None:
        self.cast, self.number, self.gate = cast, number, gate
        self.written: list[int] = []

    def run(self) -> list[int]:
        """Hold each transaction open until the other writers have written, and end it in turn."""
        try:
            for turn in range(12):
                with transaction.atomic():
                    entry = journal.record(Verb.RULES_REVISED, self.cast.council, by=self.cast.secretary)
                    type(self.cast.council).objects.filter(pk=self.cast.seats[self.number]).update(purpose=str(turn))
                    self.gate.wait(20)
                    if (turn + self.number) % 2:
                        journal.record(Verb.RULES_REVISED, self.cast.council, by=self.cast.secretary)
                self.written.append(entry.pk)
        finally:
            connection.close()
        return self.written


def reading(stop: threading.Event) -> Iterator[int]:
    """Everything the feed gives, page after page, sealing in between as the worker does."""
    place = Place()
    while True:
        last = stop.is_set()
        journal.seal(limit=5)
        lines = read(place, limit=7)
        for place, row in lines:  # noqa: B007 - the last place is where it goes on
            if isinstance(row, Entry):
                yield row.pk
        if last and not lines and not Entry.objects.filter(seal=None).exists():
            return


def test_whoever_follows_sees_each_entry_once_while_many_write(cast: Cast):
    cast.seats = [cast.council.pk] + [None] * 3  # one writer also changes the council
    gate, stop = threading.Barrier(4), threading.Event()
    writers = [Writer(cast, number, gate) for number in range(4)]

    def follow() -> list[int]:
        try:
            return list(reading(stop))
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(follow)
        for done in [pool.submit(writer.run) for writer in writers]:
            done.result(60)
        stop.set()
        seen = reader.result(60)
    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(Entry.objects.values_list("pk", flat=True))
    assert journal.broken_seals() == []
    assert Change.objects.filter(seal=None).count() == 0
