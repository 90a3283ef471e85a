"""A typed client, generated from the running product's OpenAPI document, works with the running product."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from django.core.management import call_command

from council.opinions.models import Opinion
from council.people import actions as people
from tests.cast import Cast
from tests.stack import Stack, free_port

pytestmark = pytest.mark.django_db(transaction=True)

PACKAGE = "council_client"


def generate(schema: Path, into: Path) -> str:
    """Make a client of an OpenAPI document; gives what the generator found wrong with it."""
    options = into.parent / "generator.yaml"
    options.write_text("post_hooks: []\ncontent_type_overrides:\n  application/atom+xml: application/octet-stream\n")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    where = ["--path", str(schema), "--output-path", str(into), "--config", str(options)]
    run = subprocess.run([*command, *where], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr if run.returncode else ""


@pytest.fixture
def stack(cast: Cast, tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path, mail_port=free_port()) as stack:
        stack.start_web()
        yield stack


@pytest.fixture
def client(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The package, generated and imported."""
    document = tmp_path / "openapi.json"
    document.write_bytes(requests.get(f"{stack.url}/api/v1/schema/?format=json", timeout=60).content)
    assert generate(document, tmp_path / PACKAGE) == ""
    monkeypatch.syspath_prepend(tmp_path)
    return importlib.import_module(PACKAGE)


def test_a_generated_client_is_typed_as_strictly_as_can_be(tmp_path: Path):
    document = tmp_path / "openapi.json"
    call_command("spectacular", format="openapi-json", file=str(document))
    assert generate(document, tmp_path / PACKAGE) == ""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, PACKAGE]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def part(name: str) -> Any:
    """A module of the package."""
    return importlib.import_module(f"{PACKAGE}.{name}")


def test_a_generated_client_gives_an_opinion_reads_it_back_and_changes_it(cast: Cast, stack: Stack, client: Any):
    consultation = cast.consultation()
    passage = consultation.version.passages.earliest("position")
    _token, secret = people.create_token(name="generated", by=cast.supplier)
    models = part("models")
    create, retrieve = part("api.opinions.opinions_create"), part("api.opinions.opinions_retrieve")
    update, councils = part("api.opinions.opinions_partial_update"), part("api.councils.councils_list")

    with client.AuthenticatedClient(stack.url, secret, raise_on_unexpected_status=True) as caller:
        assert [each.name for each in councils.sync(client=caller).results] == [cast.council.name]

        opinion = models.NewOpinionRequest(
            consultation=consultation.pk,
            passage=passage.pk,
            kind=models.OpinionKind.GENERAL,
            reason="데이터 표준이 먼저입니다.",
            submit=True,
        )
        key = str(uuid4())
        given, again = (create.sync_detailed(client=caller, body=opinion, idempotency_key=key) for _each in range(2))
        assert (given.status_code, again.status_code) == (201, 201)
        assert given.parsed == again.parsed
        assert again.headers["Idempotency-Replayed"] == "true"

        read = retrieve.sync_detailed(given.parsed.id, client=caller)
        assert read.parsed == given.parsed
        assert isinstance(read.parsed.id, UUID)

        change = models.OpinionChangeRequest(revision=read.parsed.revision, reason="표준이 먼저입니다.")
        late, state = models.OpinionChangeRequest(revision=99, reason="…"), read.headers["ETag"]
        changed = update.sync_detailed(read.parsed.id, client=caller, body=change, if_match=state)
        assert changed.parsed.reason == "표준이 먼저입니다."
        overtaken = update.sync_detailed(read.parsed.id, client=caller, body=late, if_match=state)
        assert overtaken.status_code == 412
        assert isinstance(overtaken.parsed, models.Problem)
        assert overtaken.parsed.current.to_dict()["reason"] == "표준이 먼저입니다."

    assert Opinion.objects.get().reason == "표준이 먼저입니다."
