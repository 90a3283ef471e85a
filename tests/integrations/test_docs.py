"""The documentation of webhooks is what the product does."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from council.integrations import signing
from council.integrations.actions.deliveries import SCHEDULE
from council.journal.events import EVENTS

TEXT = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text()
BEGIN, END = "<!-- events -->\n", "<!-- /events -->"


def catalogue() -> str:
    """The table of events, as it stands in the documentation."""
    rows = [f"| `{event.name}` | `{event.noun}` | {event.description} |" for event in EVENTS.values()]
    return "\n".join(["| event | noun | what happened |", "|---|---|---|", *rows, ""])


def test_the_catalogue_is_current():
    """If it is not: replace what stands between the two marks by what this test expects."""
    assert TEXT.partition(BEGIN)[2].partition(END)[0] == catalogue()


def test_the_schedule_is_the_one_that_is_kept():
    said = re.findall(r"^\| (\d+) \| ([^|]+) \|", TEXT, re.MULTILINE)
    seconds = {"at once": 0, "5 s": 5, "5 min": 300, "30 min": 1800}
    seconds |= {f"{hours} h": hours * 3600 for hours in (2, 5, 10, 14, 20, 24)}
    assert [seconds[pause.strip()] for _number, pause in said] == [int(pause.total_seconds()) for pause in SCHEDULE]


@pytest.fixture
def verify():
    """The function of the documentation that needs no library, as somebody would copy it."""
    [code] = re.findall(r"```python\n(import base64.*?)```", TEXT, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    return names["verify"]


def test_the_sample_verifies_what_we_sign(verify):
    secrets = [signing.new_secret(), signing.new_secret()]
    body, now = json.dumps({"type": "가"}).encode(), dt.datetime.now(dt.UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signing.signature(secrets, "msg_1", now, body),
    }
    for secret in secrets:
        assert verify(secret, headers, body) == {"type": "가"}
    for change in ({"webhook-timestamp": "1"}, {"webhook-id": "msg_2"}):
        with pytest.raises(ValueError, match="webhook"):
            verify(secrets[0], headers | change, body)
    with pytest.raises(ValueError, match="webhook"):
        verify(signing.new_secret(), headers, body)
