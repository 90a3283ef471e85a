"""Several callers at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

PATIENCE = 60.0


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each of several calls was answered, all begun at the same moment."""
    start = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            start.wait(PATIENCE)
            answers[number] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody still waits"
    return answers
