"""The journal: append-only, and whole."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from council.journal import actions
from council.journal.bell import committed
from council.journal.models import Entry, Seal
from council.journal.verbs import Verb


def record(cast, **data):
    return actions.record(Verb.VERSION_PUBLISHED, cast.council, by=cast.secretary, **data)


def test_an_entry_says_who_did_what_to_what_in_which_council(cast):
    entry = record(cast, title="초안", day=dt.date(2023, 9, 5))
    entry.refresh_from_db()
    assert (entry.verb, entry.actor, entry.council_id, entry.target_id, entry.data) == (
        "version.published",
        cast.secretary,
        cast.council.pk,
        cast.council.pk,
        {"title": "초안", "day": "2023-09-05"},
    )


@pytest.mark.parametrize("change", [{"verb": "x"}, {"data": {}}, {"actor_id": None}, {"council_id": None}])
def test_what_an_entry_says_never_changes(cast, change):
    entry = record(cast, title="초안")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(**change)


def test_no_entry_goes(cast):
    entry = record(cast)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.delete()


def test_a_sealed_entry_keeps_its_seal(cast):
    entry = record(cast)
    actions.seal()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(seal=None)


def test_sealing_takes_everything_once_and_the_chain_is_whole(cast):
    waiting = Entry.objects.count()
    assert actions.seal() == waiting
    assert actions.seal() == 0
    record(cast)
    assert actions.seal() == 1
    assert actions.broken_seals() == []


def tamper(sql: str, *parameters: int) -> None:
    """What someone with the database's superuser at hand might do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_append_only")
        cursor.execute(sql, parameters)
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER journal_entry_append_only")


def test_a_changed_entry_breaks_its_seal(cast):
    actions.seal()
    entry = record(cast, title="초안")
    actions.seal()
    record(cast)
    actions.seal()
    second = Seal.objects.order_by("id")[1]
    tamper("UPDATE journal_entry SET data = '{}' WHERE id = %s", entry.pk)
    assert actions.broken_seals() == [second.pk]


def test_a_missing_entry_breaks_its_seal(cast):
    entry = record(cast)
    actions.seal()
    tamper("DELETE FROM journal_entry WHERE id = %s", entry.pk)
    assert actions.broken_seals() == [Seal.objects.get().pk]


def test_the_bell_rings_after_the_commit_only(cast, django_capture_on_commit_callbacks):
    rung = []
    committed.connect(lambda **_: rung.append(1), weak=False, dispatch_uid="test")
    try:
        with django_capture_on_commit_callbacks() as callbacks:
            record(cast)
            assert rung == []
        for callback in callbacks:
            callback()
        assert rung == [1]
    finally:
        committed.disconnect(dispatch_uid="test")
