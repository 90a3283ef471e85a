"""Conversations to analyse: three real ones that lie beside the repository, and made-up ones."""

import csv
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from council.consensus import Votes
from tests.plugin import NOT_OURS

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "polis"
NAMES = ["brexit-consensus", "scoop-hivemind.taxes", "football-concussions"]
ABSENT = pytest.mark.skipif(not BESIDE.is_dir(), reason=f"three real conversations: {NOT_OURS}, nor lies beside it")


@dataclass(frozen=True)
class Conversation:
    """A real conversation with what pol.is published of it, and what red-dwarf 0.4.0 made of it."""

    participants: list[int]
    opinions: list[int]
    values: list[int]
    moderated_out: list[int]
    published: dict[int, int]
    sectors: dict[int, str]
    expected: dict[str, Any]

    @property
    def votes(self) -> Votes:
        return Votes.from_rows(self.participants, self.opinions, self.values)


def conversation(name: str) -> Conversation:
    """Read one of the three; of invented sectors the three smallest have their real number of members."""
    folder = BESIDE / name
    votes = _rows(folder / "votes.csv")
    expected = json.loads((folder / "expected-reddwarf-0.4.0.json").read_text())
    return Conversation(
        participants=[int(row["voter-id"]) for row in votes],
        opinions=[int(row["comment-id"]) for row in votes],
        values=[int(row["vote"]) for row in votes],
        moderated_out=expected["moderated_out"],
        published={
            int(row["participant"]): int(row["group-id"])
            for row in _rows(folder / "participants-votes.csv")
            if row["group-id"]
        },
        sectors={int(row["participant"]): row["sector"] for row in _rows(folder / "sectors-FABRICATED.csv")},
        expected=expected,
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def made_up(people: int, opinions: int, votes: int, *, groups: int = 3, seed: int = 0) -> list[np.ndarray]:
    """Participants, opinions and values of a conversation with opinion groups in it."""
    chance = np.random.default_rng(seed)
    profiles = chance.normal(0, 1, (groups, opinions))
    cells = chance.choice(people * opinions, votes, replace=False)
    person, opinion = np.divmod(cells, opinions)
    felt = profiles[person % groups, opinion] + chance.normal(0, 1, votes)
    return [person, opinion, np.where(felt > 0.3, 1, np.where(felt < -0.3, -1, 0))]


def oracle(rows: list[Any], moderated_out: list[int], *, exact: bool = False, groups: int | None = None) -> Any:
    """What red-dwarf makes of votes; ``exact`` has scikit-learn solve for the axes without sampling."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, and pandas' and scikit-learn's
        from reddwarf.implementations.base import run_pipeline  # noqa: PLC0415 - importing it warns as well

        last = {(person, opinion): value for person, opinion, value in zip(*rows, strict=True)}
        return run_pipeline(
            votes=[
                {"participant_id": int(person), "statement_id": int(opinion), "vote": int(value)}
                for (person, opinion), value in last.items()
            ],
            mod_out_statement_ids=moderated_out,
            reducer_kwargs={"svd_solver": "full"} if exact else {},
            force_group_count=groups,
            random_state=0,
        )
