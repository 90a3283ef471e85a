"""What every test of a verb looks at."""

from typing import Any

FORBIDDEN, REFUSED, INVALID, NOT_FOUND = 403, 409, 400, 404


def check(answer, status: int) -> dict[str, Any]:
    """The answer, if it has the status."""
    assert answer.status_code == status, answer.content.decode()
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= answer.json().keys()
    return answer.json() if answer.content else {}


def rows(answer) -> list[dict[str, Any]]:
    """What a list holds."""
    found: list[dict[str, Any]] = check(answer, 200)["results"]
    return found


def ids(answer) -> list[str]:
    """The ids of what a list holds."""
    return [row["id"] for row in rows(answer)]


def errors(answer) -> list[str]:
    """The fields that are wrong."""
    return list(check(answer, INVALID)["errors"])
