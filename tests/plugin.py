"""Pytest plugin: gives a run its own PostgreSQL and Redis, and every xdist worker a Redis database of its own.

Where DATABASE_URL or REDIS_URL is set, that server is used instead of an embedded one. With REQUIRE_ALL set a skipped
test fails: nothing may go untested for lack of a component.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from council.ops import engines


def own_surroundings() -> None:
    """Point the settings at servers and a folder of this run's own; xdist's workers inherit it all."""
    state = Path(tempfile.mkdtemp(prefix="council-tests-"))
    atexit.register(shutil.rmtree, state, ignore_errors=True)
    os.environ["COUNCIL_STATE"] = str(state)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["SECRET_KEY"] = "for tests only " * 5
    os.environ["STATIC_FROM_SOURCE"] = "yes"
    if not os.environ.get("DATABASE_URL"):
        atexit.register(engines.start_postgresql(state, fsync=False).stop)
        os.environ["DATABASE_URL"] = engines.embedded_database_url(state)
    if not os.environ.get("REDIS_URL"):
        atexit.register(engines.start_valkey(state, fsync=False).stop)
        os.environ["REDIS_URL"] = engines.embedded_redis_url(state)


if "PYTEST_XDIST_WORKER" not in os.environ:
    own_surroundings()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Number the workers' Redis databases from 1; 0 is the controller's."""
    for number, spec in enumerate(specs, start=1):
        spec.env["REDIS_URL"] = engines.redis_database(os.environ["REDIS_URL"], number)


def drives_processes(item: pytest.Item) -> bool:
    """Whether a test has a browser, a worker or a server of its own beside it."""
    from_others = {getattr(thing, "__module__", None) for thing in vars(getattr(item, "module", None) or item).values()}
    return not from_others.isdisjoint({"tests.stack", "tests.storm"}) or not {"stack", "chromium"}.isdisjoint(
        getattr(item, "fixturenames", ())
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a test that drives other processes once more before it counts as failed; the summary names what was rerun.

    Such a test waits for what a machine's other load delays, and one in thousands of them is late; a fault in the
    product fails it both times. What runs in the test's own process gets no second try.
    """
    for item in items:
        if drives_processes(item):
            item.add_marker(pytest.mark.flaky(reruns=1))


NOT_OURS = "this is not part of the project"
"""In the reason of a skip: no installation could bring it."""


def fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where everything is required that the project installs; an expected failure stays one."""
    if report.skipped and os.environ.get("REQUIRE_ALL") and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        if NOT_OURS in str(reason):
            return
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_ALL is set, and this was skipped: {reason}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Watch over tests."""
    report = yield
    fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Watch over modules that skip as a whole."""
    report = yield
    fail_if_skipped(report)
    return report
