"""The sample of the documentation, as it stands there, against the running product."""

import importlib.util
import json
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests
from django.conf import settings

from council.journal import actions as journal
from council.meetings import actions as meetings
from council.opinions import actions as opinions
from council.people import actions as people
from tests.api.mirrors import listing, program
from tests.api.test_mirroring import _nobody_counts  # noqa: F401 - listings count no calls here
from tests.cast import Cast
from tests.stack import Stack

pytestmark = pytest.mark.django_db(transaction=True)

SAMPLE = Path(settings.BASE_DIR) / "docs" / "examples" / "mirror.py"


@pytest.fixture
def sample() -> ModuleType:
    """The sample, imported."""
    spec = importlib.util.spec_from_file_location("mirror", SAMPLE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copied(path: Path) -> dict[tuple[str, str], Any]:
    """What stands in the copy."""
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT noun, id, body FROM thing").fetchall()
    return {(noun, pk): json.loads(body) for noun, pk, body in rows}


def relative(rows: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    """Without the names of hosts, which differ between a test's client and the network."""
    return json.loads(json.dumps([[*key, row] for key, row in sorted(rows.items())]).replace("http://testserver", ""))


class CutOff(Exception):  # noqa: N818 - named as it is
    """The mirror was stopped."""


class Breaking(requests.Session):
    """A connection that breaks after so many answers."""

    left: int

    def get(self, url: Any, **options: Any) -> requests.Response:
        """Ask, unless it broke."""
        if not self.left:
            raise CutOff
        self.left -= 1
        return super().get(url, **options)


def test_it_is_short():
    assert len(SAMPLE.read_text().splitlines()) < 100


def test_it_ends_equal_to_the_listing_however_often_it_is_stopped(tmp_path: Path, cast: Cast, sample: ModuleType):
    consultation = cast.consultation()
    gone, stays = cast.submitted(consultation), cast.submitted(consultation, by=cast.tp)
    meeting = cast.meeting()
    removed = cast.item(meeting)
    _token, secret = people.create_token(name="거울", by=cast.adopter)
    path = tmp_path / "mirror.sqlite"
    with Stack(tmp_path, mail_port=1) as stack:
        stack.start_web()
        stopped = 0

        def update() -> Any:
            """Run it, stopped again and again, until it is through."""
            nonlocal stopped
            while True:
                mirror = sample.Mirror(stack.url, secret, str(path))
                mirror.session.__class__, mirror.session.left = Breaking, 9 * (stopped + 1)
                try:
                    mirror.update()
                except CutOff:
                    stopped += 1
                    continue
                finally:
                    mirror.db.close()
                return mirror

        update()
        assert stopped > 1
        journal.seal()
        update()
        client = program(cast.adopter)
        assert relative(copied(path)) == relative(listing(client))
        opinions.hide(gone, reason="규칙 위반", by=cast.secretary)
        meetings.remove_item(removed, by=cast.secretary)
        opinions.triage(stays.points.get(), by=cast.secretary)
        cast.submitted(consultation, by=cast.adopter)
        journal.seal()
        update()
        assert ("opinions", str(gone.pk)) not in copied(path)
        assert relative(copied(path)) == relative(listing(client))
        people.dismiss(cast.membership(cast.adopter), reason="사임", by=cast.secretary)
        journal.seal()
        update()
        assert relative(copied(path)) == relative(listing(client))


class Busy:
    """A server that is busy once."""

    def __init__(self) -> None:
        self.answers = [429, 200]

    def get(self, _url: str, **_options: Any) -> requests.Response:
        """Ask to wait, then answer."""
        answer = requests.Response()
        answer.status_code = self.answers.pop(0)
        answer.headers["Retry-After"] = "7"
        return answer


def test_it_waits_as_long_as_it_is_asked_to(tmp_path: Path, sample: ModuleType, monkeypatch: pytest.MonkeyPatch):
    waited: list[float] = []
    monkeypatch.setattr(sample.time, "sleep", waited.append)
    mirror = sample.Mirror("https://council.example", "x", str(tmp_path / "mirror.sqlite"))
    mirror.session = Busy()
    assert mirror.get("https://council.example/api/v1/changes/").status_code == 200
    assert waited == [7.0]
    mirror.db.close()
