"""Whatever is sent, by whomever: no 5xx, no answer the OpenAPI document does not describe.

A run takes a part of the operations for each of the cast, so that together they take all; SCHEMATHESIS_EXAMPLES=20
takes all operations for everyone, with so many requests of either kind (CONTRIBUTING.md); SCHEMATHESIS_ROLES=tp,nobody
takes some of the cast alone.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis

from council.people import actions as people
from tests.api.exploring import Explorer
from tests.cast import Cast
from tests.stack import Stack, free_port
from tests.world import world

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "0"))
ROLES = [
    *("officer", "secretary", "chair", "supplier", "adopter", "tp", "observer", "expired", "stranger", "operator"),
    *("system", "nobody"),
]
CHOSEN = os.environ.get("SCHEMATHESIS_ROLES", ",".join(ROLES)).split(",")


def secret_of(cast: Cast, role: str) -> str:
    """The token of someone of the cast; of a system that observes the council; none of nobody."""
    if role == "nobody":
        return ""
    if role == "system":
        account = people.make_service_account(
            cast.council,
            name="연계 시스템",
            purpose="의견과 답변을 옮겨 적습니다.",
            organisation=cast.technopark,
            responsible=cast.tp,
            by=cast.secretary,
        )
        _token, secret = people.create_token(name="explore", account=account, by=cast.secretary)
        return secret
    _token, secret = people.create_token(name="explore", by=getattr(cast, role))
    return secret


@pytest.fixture
def stack(cast: Cast, tmp_path: Path) -> Iterator[Stack]:
    world(cast)
    with Stack(tmp_path, mail_port=free_port()) as stack:
        stack.start_web()
        yield stack


def test_no_request_breaks_it_or_is_answered_as_nobody_said(cast: Cast, stack: Stack, capsys: pytest.CaptureFixture):
    schema = schemathesis.openapi.from_url(f"{stack.url}/api/v1/schema/?format=json", timeout=120)
    wrong: list[str] = []
    for number, role in enumerate(ROLES):
        if role not in CHOSEN:
            continue
        explorer = Explorer(schema, stack.url, secret_of(cast, role))
        operations = explorer.operations if EXAMPLES else explorer.operations[number :: len(ROLES)]
        before = len(wrong)
        for operation in operations:
            wrong += [f"as {role}: {each}" for each in explorer.explore(operation, EXAMPLES or 1)]
        with capsys.disabled():
            if EXAMPLES:
                print(f"\n{role}: {explorer.sent} requests, {len(wrong) - before} findings")  # noqa: T201 - the measure
    assert not wrong, "\n\n".join(wrong)
