"""Two hundred votes at the same moment: none lost, none counted twice."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from council.core.errors import Refused
from council.decisions import actions
from council.decisions.models import Ballot, Voter
from tests.cast import Cast
from tests.decisions.sessions import ballot_in, full_house, vote_all

pytestmark = pytest.mark.django_db(transaction=True)

VOTES = 200
CONNECTIONS = 40
CHOICES = ("for", "against", "abstain")


def at_once(calls: list[Any]) -> list[Any]:
    """What several calls came to, made over many connections; a refusal is an outcome too."""

    def run(call: Any) -> Any:
        try:
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(run, calls))


@pytest.mark.parametrize("secret", [False, True], ids=["named", "secret"])
def test_two_hundred_vote_at_once_and_again(cast: Cast, secret: bool):
    ballot = ballot_in(cast, full_house(cast, VOTES - 1), secret=secret)
    roll = list(ballot.roll.select_related("user", "ballot").order_by("pk"))
    keys = {voter.pk: uuid4() for voter in roll}
    chosen = {voter.pk: CHOICES[number % 3] for number, voter in enumerate(roll)}

    def calls(key: bool = True) -> list[Any]:
        return [
            lambda voter=voter: actions.cast(
                voter, choice=chosen[voter.pk], by=voter.user, key=keys[voter.pk] if key else None
            )
            for voter in roll
        ]

    began = time.monotonic()
    outcomes = at_once(calls())
    print(f"\n{VOTES} votes over {CONNECTIONS} connections: {time.monotonic() - began:.2f} s")  # noqa: T201 - the measure
    assert all(isinstance(each, Voter) and each.has_voted for each in outcomes)
    assert all(isinstance(each, Voter) for each in at_once(calls()))
    assert all(isinstance(each, Refused) for each in at_once(calls(key=False)))
    ballot = actions.close_ballot(ballot, by=cast.secretary)
    assert (ballot.votes_for, ballot.votes_against, ballot.abstentions) == (67, 67, 66)
    assert ballot.computation["not_cast"] == 0


def test_a_vote_racing_with_the_closing_is_either_counted_or_refused(cast: Cast):
    ballot = ballot_in(cast, full_house(cast, 39))
    roll = list(ballot.roll.select_related("user", "ballot"))
    calls: list[Any] = [lambda voter=voter: actions.cast(voter, choice="for", by=voter.user) for voter in roll]
    calls.insert(10, lambda: actions.close_ballot(ballot, by=cast.secretary))
    outcomes = at_once(calls)
    ballot.refresh_from_db()
    assert ballot.votes_for == sum(isinstance(each, Voter) for each in outcomes)
    assert ballot.votes_for == ballot.roll.filter(has_voted=True).count()


def test_of_two_who_close_one_closes(cast: Cast):
    ballot = ballot_in(cast, full_house(cast, 4))
    vote_all(ballot, "+" * ballot.entitled)
    outcomes = at_once([lambda: actions.close_ballot(ballot, by=cast.secretary)] * 2)
    assert sorted(type(each).__name__ for each in outcomes) == ["Ballot", "Refused"]
    assert Ballot.objects.get().adopted
