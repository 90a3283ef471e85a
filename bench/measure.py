"""How a row is declared and measured."""

import gc
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

Size = Literal["usual", "full"]


@dataclass(frozen=True)
class Measured:
    """What a row's function answers.

    Attributes:
        figure: ours.
        limit: what it is measured against, in the same unit; None where the goal is absolute.
        ratio: figure / limit, the median over pairs; None without a limit.
        missing: why nothing was measured, or "".
    """

    figure: float | None = None
    limit: float | None = None
    ratio: float | None = None
    missing: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: of letters, digits and hyphens; ``ONLY=`` takes it or its beginning.
        goal: what the ratio (or the figure, where the goal is absolute) may be at most, or has to be at least.
        unit: of figure and limit.
        goal_for: what the goal is for.
        at_least: more is better.
        measure: does it, in the size asked for.
    """

    name: str
    goal: float
    unit: str
    goal_for: Literal["ratio", "figure"]
    at_least: bool
    measure: Callable[[Size], Measured]


ROWS: dict[str, Row] = {}


def row(
    name: str, *, goal: float, unit: str = "s", goal_for: Literal["ratio", "figure"] = "ratio", at_least: bool = False
) -> Callable[[Callable[[Size], Measured]], Callable[[Size], Measured]]:
    """Declare a function as a row of the table; see ``Row``."""

    def declared(measure: Callable[[Size], Measured]) -> Callable[[Size], Measured]:
        if name in ROWS:
            message = f"there is a row {name} already"
            raise ValueError(message)
        ROWS[name] = Row(name, goal, unit, goal_for, at_least, measure)
        return measure

    return declared


@dataclass(frozen=True)
class Result:
    """One object of results.json. ``met`` is None where nothing was measured; ``missing`` says why."""

    name: str
    figure: float | None
    limit: float | None
    ratio: float | None
    goal: float
    met: bool | None
    unit: str
    goal_for: str
    at_least: bool
    missing: str

    @classmethod
    def of(cls, line: Row, found: Measured) -> "Result":
        """Compare what was measured with the goal."""
        value = found.ratio if line.goal_for == "ratio" else found.figure
        met = None if value is None else (value >= line.goal if line.at_least else value <= line.goal)
        return cls(
            line.name, found.figure, found.limit, found.ratio, line.goal, met, line.unit, line.goal_for, line.at_least,
            found.missing,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """For results.json."""
        return asdict(self)


def seconds(work: Callable[[], object]) -> float:
    """How long something takes once, without the collector running into it."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


def paired(ours: Callable[[], object], limit: Callable[[], object], *, rounds: int = 5) -> Measured:
    """Run both in turns, each once beforehand; every other round begins with the other."""
    ours()
    limit()
    pairs = []
    for number in range(rounds):
        if number % 2:
            theirs = seconds(limit)
            pairs.append((seconds(ours), theirs))
        else:
            mine = seconds(ours)
            pairs.append((mine, seconds(limit)))
    return Measured(
        figure=median(mine for mine, _ in pairs),
        limit=median(theirs for _, theirs in pairs),
        ratio=median(mine / theirs for mine, theirs in pairs),
    )


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def alone(work: Callable[[], Any]) -> tuple[Any, float]:
    """Run a module's function in a process of its own: what it returns, and the most memory the process held, in bytes."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found, kilobytes = pool.apply(_with_memory, (work,))
    return found, kilobytes * 1024


def _with_memory(work: Callable[[], Any]) -> tuple[Any, float]:
    return work(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
