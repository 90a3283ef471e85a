"""What a secret vote leaves behind is the same whatever was chosen: in every table, in every system column, in the log."""

import json
import logging
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction

from council.core import clock
from council.decisions import actions, urn
from council.decisions.models import Ballot, Voter
from tests.cast import Cast
from tests.decisions.sessions import ballot_in, in_session, line, vote_all

SYSTEM = {"xmin", "xmax", "cmin", "cmax", "ctid"}
Dump = dict[tuple[str, str, str], Any]


def dump() -> Dump:
    """Every value of every row of every table, with PostgreSQL's own columns, by table, row and column."""
    found: Dump = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT to_jsonb(t), xmin::text, xmax::text, cmin::text, cmax::text, ctid::text FROM "{table}" t'
            )
            rows = [(json.loads(row), system) for row, *system in cursor.fetchall()]
            for number, (row, system) in enumerate(sorted(rows, key=lambda each: str(each[0].get("id")))):
                key = str(row.get("id", number))
                values = row | dict(zip(["xmin", "xmax", "cmin", "cmax", "ctid"], system, strict=True))
                found |= {(table, key, column): value for column, value in values.items()}
    return found


def after(voter: Voter, choice: str) -> Dump:
    """What is there after a vote, which is then undone."""
    with transaction.atomic():
        actions.cast(voter, choice=choice, by=voter.user)
        found = dump()
        transaction.set_rollback(True)
    return found


def differing(one: Dump, other: Dump) -> set[tuple[str, str, str]]:
    assert one.keys() == other.keys()
    return {key for key in one if one[key] != other[key]}


@pytest.fixture
def ballot(cast: Cast) -> Ballot:
    ballot = ballot_in(cast, in_session(cast), secret=True)
    vote_all(ballot, "+-...")
    return ballot


def test_no_table_differs_with_the_choice_but_for_the_sealed_urn(cast: Cast, ballot: Ballot, caplog):
    voter = line(ballot, cast.supplier)
    with clock.at(clock.now()), caplog.at_level(logging.DEBUG):
        first, again, other, third = (after(voter, choice) for choice in ("for", "for", "against", "abstain"))
    same, different = differing(first, again), differing(again, other)
    assert {(table, column) for table, _row, column in same | different | differing(other, third)} <= {
        ("decisions_ballot", "urn"),
        *((table, column) for table in ("decisions_ballot", "decisions_voter") for column in SYSTEM),
    }
    assert same == different == differing(other, third)
    urns = [each["decisions_ballot", str(ballot.pk), "urn"] for each in (first, again, other, third)]
    assert len({len(each) for each in urns}) == 1
    assert len(set(urns)) == 4
    said = [record.getMessage() for record in caplog.records]
    assert len(set(Counter(said).values())) <= 1  # the same words four times over, whatever was chosen
    assert not [each for each in said if "against" in each or "abstain" in each]


def test_a_secret_vote_touches_two_rows_and_nothing_else(cast: Cast, ballot: Ballot):
    before, now = dump(), after(line(ballot, cast.supplier), "against")
    assert {(table, column) for table, _row, column in differing(before, now)} - {
        (table, column) for table in ("decisions_ballot", "decisions_voter") for column in SYSTEM
    } == {("decisions_ballot", "urn"), ("decisions_voter", "has_voted")}


def test_the_roll_has_no_time_to_keep(ballot: Ballot):
    kinds = {field.get_internal_type() for field in Voter._meta.get_fields() if hasattr(field, "get_internal_type")}
    assert not kinds & {"DateTimeField", "DateField", "TimeField"}


def test_the_urn_carries_no_time_and_its_length_says_nothing(ballot: Ballot):
    sizes = {len(urn.seal(ballot.pk, {"for": n, "against": 0, "abstain": 200 - n})) for n in range(0, 201, 20)}
    assert len(sizes) == 1
    assert urn._cipher(ballot.pk).extract_timestamp(urn.seal(ballot.pk, {"for": 1})) == urn.NO_TIME


def test_the_urn_of_one_ballot_does_not_open_with_the_key_of_another(cast: Cast, ballot: Ballot):
    sealed = urn.seal(ballot.pk, {"for": 1})
    assert urn.unseal(ballot.pk, sealed) == {"for": 1}
    with pytest.raises(urn.InvalidToken):
        urn.unseal(cast.council.pk, sealed)
