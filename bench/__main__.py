"""Measure the rows asked for, print a table, write bench/results.json."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from bench import rows
from bench.measure import ROWS, Measured, Result, Size

RESULTS = Path(__file__).parent / "results.json"
HEAD = f"{'row':<44} {'figure':>12} {'limit':>12} {'ratio':>8} {'goal':>14}  met"


def main() -> int:
    """Fail (1) if a goal was missed or no row has the name asked for."""
    asked = argparse.ArgumentParser(prog="python -m bench")
    asked.add_argument("--only", default="", help="rows whose name begins like this")
    asked.add_argument("--size", default="usual", choices=["usual", "full"])
    options = asked.parse_args()
    for module in iter_modules(rows.__path__):
        import_module(f"{rows.__name__}.{module.name}")
    chosen = [line for name, line in ROWS.items() if name.startswith(options.only)]
    if not chosen:
        sys.stderr.write(f"No row begins with {options.only!r}. There are: {', '.join(ROWS)}\n")
        return 1
    print(HEAD)
    start, results = time.perf_counter(), []
    for line in chosen:
        results.append(Result.of(line, _measured(line.measure, options.size)))
        print(_line(results[-1]), flush=True)
    RESULTS.write_text(json.dumps([result.as_dict() for result in results], indent=1) + "\n")
    print(f"{time.perf_counter() - start:.0f} s, written to {RESULTS.relative_to(Path.cwd())}")
    return int(any(result.met is False for result in results))


def _measured(measure: Callable[[Size], Measured], size: Size) -> Measured:
    try:
        return measure(size)
    except Exception as problem:  # one row that breaks does not hide the others
        return Measured(missing=f"{type(problem).__name__}: {problem}")


def _line(result: Result) -> str:
    figure, limit = (_amount(value, result.unit) for value in (result.figure, result.limit))
    ratio = "" if result.ratio is None else f"{result.ratio:.3f}"
    sign = ">=" if result.at_least else "<="
    goal = f"{result.goal:g} x" if result.goal_for == "ratio" else _amount(result.goal, result.unit)
    met = {True: "yes", False: "NO", None: f"- {result.missing}"}[result.met]
    return f"{result.name:<44} {figure:>12} {limit:>12} {ratio:>8} {sign + ' ' + goal:>14}  {met}"


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit == "s":
        return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
    if unit == "bytes":
        return f"{value / 2**20:.0f} MiB" if value >= 10 * 2**20 else f"{value / 1000:.3g} kB"
    return f"{value:.3g} {unit}"


if __name__ == "__main__":
    sys.exit(main())
