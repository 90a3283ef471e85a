"""Worker, broker, database and mail server are killed at random while people are told: everyone is told, and told once."""

from pathlib import Path

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from tests.cast import Cast
from tests.storm import prepare, weather

PEOPLE, EVENTS, KILLS = 60, 10, 8


@pytest.mark.django_db(transaction=True)
def test_whatever_is_killed_everyone_is_told_exactly_once(tmp_path: Path, cast: Cast):
    prepare(PEOPLE, EVENTS, cast=cast)
    at = connection.get_connection_params()
    here = make_conninfo(**{name: at[name] for name in ("host", "port", "user", "password", "dbname") if name in at})
    books, damage, _seconds = weather(tmp_path, people=PEOPLE, events=EVENTS, kills=KILLS, seed=5, prepared=here)
    assert len(damage.kills) == KILLS
    assert (books.told["screen"], books.told["mail"]) == (PEOPLE * EVENTS, PEOPLE * EVENTS)
    assert (books.twice, books.unfinished, books.given_up, books.lost) == (0, 0, 0, 0)
    assert books.doubled <= KILLS  # taken, and the answer was lost: one mail under way at each kill
