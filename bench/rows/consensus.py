"""The analysis of reactions, against red-dwarf 0.4.0 and against what one vote may cost."""

import csv
import json
import time
import warnings
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.measure import Measured, Size, alone, paired, percentile, row
from council.consensus import Tally, Votes, analyse

GIVEN = Path(__file__).resolve().parents[3] / "shared" / "data" / "polis"
LARGE = 100_000, 2_000, 5_000_000
GIBIBYTE = 2**30
CAST = 100
ROUNDS = 30
"""So many votes are timed one by one, so many times here and there in turns."""


def made_up(people: int, opinions: int, votes: int) -> tuple[Any, Any, Any]:
    """Participants, opinions and values with three opinion groups in them; some people react twice to an opinion."""
    chance = np.random.default_rng(0)
    person, opinion = chance.integers(0, people, votes), chance.integers(0, opinions, votes)
    felt = chance.normal(0, 1, (3, opinions))[person % 3, opinion] + chance.normal(0, 1, votes)
    return person, opinion, ((felt > 0.3).astype(np.int8) - (felt < -0.3).astype(np.int8))


def as_list(person: Any, opinion: Any, value: Any) -> list[dict[str, int]]:
    """The votes that count, as red-dwarf takes them."""
    last = {(int(p), int(o)): int(v) for p, o, v in zip(person, opinion, value, strict=True)}
    return [{"participant_id": p, "statement_id": o, "vote": v} for (p, o), v in last.items()]


def against_red_dwarf(votes: list[dict[str, int]], moderated_out: list[int], rounds: int) -> Measured:
    """From the same list of votes to the whole result, both ways."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # red-dwarf's own
        from reddwarf.implementations.base import run_pipeline  # noqa: PLC0415 - only these rows need it

        def ours() -> None:
            rows = ([vote[key] for vote in votes] for key in ("participant_id", "statement_id", "vote"))
            analyse(Votes.from_rows(*rows), moderated_out=moderated_out)

        def theirs() -> None:
            run_pipeline(votes=votes, mod_out_statement_ids=moderated_out, random_state=0)

        return paired(ours, theirs, rounds=rounds)


@row("consensus-largest-given-conversation", goal=0.15)
def largest_given(size: Size) -> Measured:
    """The given conversation with the most votes."""
    folders = sorted(GIVEN.glob("*/votes.csv"), key=lambda path: path.stat().st_size)
    if not folders:
        return Measured(missing="the given conversations do not lie beside the repository")
    with folders[-1].open(newline="", encoding="utf-8") as file:
        votes = list(csv.DictReader(file))
    out = json.loads((folders[-1].parent / "expected-reddwarf-0.4.0.json").read_text())["moderated_out"]
    columns = ([int(vote[key]) for vote in votes] for key in ("voter-id", "comment-id", "vote"))
    return against_red_dwarf(as_list(*columns), out, rounds=15 if size == "full" else 7)


@row("consensus-2000-people-900-opinions-225000-votes", goal=0.15)
def synthetic(size: Size) -> Measured:
    """A large council's consultation."""
    return against_red_dwarf(as_list(*made_up(2_000, 900, 240_000)), [], rounds=9 if size == "full" else 5)


@row("consensus-one-vote-of-50000", goal=0.001, goal_for="figure")
def one_vote_of_few(size: Size) -> Measured:
    """One vote's update, 95 of 100 are quicker."""
    return Measured(figure=median(few for _, few in one_vote()))


@row("consensus-one-vote-of-5000000", goal=0.001, goal_for="figure")
def one_vote_of_many(size: Size) -> Measured:
    """The same where there are a hundred times as many."""
    return Measured(figure=median(many for many, _ in one_vote()))


@row("consensus-one-vote-does-not-grow-with-votes", goal=3)
def one_vote_grows(size: Size) -> Measured:
    """5,000,000 votes against 50,000, people with as many votes each."""
    pairs = one_vote()
    many, few = (median(each) for each in zip(*pairs, strict=True))
    return Measured(figure=many, limit=few, ratio=median(many / few for many, few in pairs))


@cache
def one_vote() -> list[tuple[float, float]]:
    """What a vote costs among 5,000,000 and among 50,000, in seconds: 95th percentiles of votes cast in turns."""
    subjects = []
    for people, opinions, votes in (LARGE, (1_000, 2_000, 50_000)):
        read = Votes.from_rows(*made_up(people, opinions, votes))
        subjects.append((Tally(read, analyse(read)), read.shape))
    chance = np.random.default_rng(1)
    return [(cast(*subjects[0], chance), cast(*subjects[1], chance)) for _round in range(ROUNDS)]


def cast(tally: Tally, shape: tuple[int, int], chance: np.random.Generator) -> float:
    """95th percentile of some votes, by anyone on anything."""
    people, opinions = shape
    took = []
    for person, opinion, value in chance.integers((0, 0, -1), (people, opinions, 2), (CAST, 3)).tolist():
        start = time.perf_counter()
        tally.cast(person, opinion, value)
        took.append(time.perf_counter() - start)
    return percentile(took, 0.95)


@row("consensus-100000-people-5000000-votes", goal=3, goal_for="figure")
def large(size: Size) -> Measured:
    """From arrays of 5,000,000 votes to the whole result."""
    return Measured(figure=analysed_large()[0])


@row("consensus-100000-people-memory", goal=GIBIBYTE, unit="bytes", goal_for="figure")
def large_memory(size: Size) -> Measured:
    """The most memory a process holds that makes such votes up and analyses them."""
    return Measured(figure=analysed_large()[1])


@cache
def analysed_large() -> tuple[float, float]:
    """Seconds and bytes of the large analysis."""
    return alone(analyse_large)


def analyse_large() -> float:
    """How long the large analysis takes: the best of three, as other processes only ever add to it."""
    rows = made_up(*LARGE)
    took = []
    for _round in range(3):
        start = time.perf_counter()
        analyse(Votes.from_rows(*rows))
        took.append(time.perf_counter() - start)
    return min(took)
