"""Telling in a storm: worker, broker, database and mail server are killed at random; what counts is who was told."""

import tempfile
from pathlib import Path

from bench.measure import Measured, Size, row
from bench.stage import stage


@row("faults-untold-or-told-twice", goal=0, unit="people", goal_for="figure")
def faults(size: Size) -> Measured:
    """People × events that were not told exactly once, plus mails that came twice beyond one for each kill."""
    stage()
    from tests.storm import weather  # noqa: PLC0415 - Django is set up by the stage

    people, events, kills, pause = (10_000, 50, 60, 20.0) if size == "full" else (200, 10, 5, 1.0)
    with tempfile.TemporaryDirectory(prefix="council-storm-") as folder:
        books, damage, _seconds = weather(Path(folder), people=people, events=events, kills=kills, seed=5, pause=pause)
    due = people * events
    wrong = sum(abs(books.told.get(channel, 0) - due) for channel in ("screen", "mail"))
    wrong += books.twice + books.unfinished + books.given_up + books.lost
    return Measured(figure=wrong + max(0, books.doubled - len(damage.kills)))
