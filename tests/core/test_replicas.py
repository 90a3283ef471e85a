"""Which of the two databases is asked; with a real replica: tests/ops/test_scaled_out.py."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.core.signals import request_finished
from django.db import OperationalError, connections, transaction

from council.core import replicas
from council.core.replicas import ReplicaRouter
from council.journal.models import Entry
from council.opinions.models import Consultation, Opinion
from council.people.models import ApiToken, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def router() -> Iterator[ReplicaRouter]:
    yield ReplicaRouter()
    replicas.read_primary()
    replicas.request_started.disconnect(replicas.begin)
    replicas.request_finished.disconnect(replicas.read_primary)


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the replica has come as far, as it says the next times; the last for good."""
    says = [True]
    monkeypatch.setattr(replicas, "_has_reached", lambda _position: says.pop(0) if len(says) > 1 else says[0])
    return says


def begin(method: str) -> None:
    replicas.begin(environ={"REQUEST_METHOD": method})


@pytest.mark.parametrize(("method", "asked"), [("GET", "replica"), ("HEAD", "replica"), ("POST", "default")])
def test_what_only_reads_goes_to_the_replica(router, method, asked):
    begin(method)
    assert router.db_for_read(Opinion) == asked
    assert router.db_for_write(Opinion) == "default"


def test_a_task_and_whatever_comes_after_a_request_ask_the_primary(router):
    assert router.db_for_read(Opinion) == "default"
    begin("GET")
    request_finished.send(sender=None)
    assert router.db_for_read(Opinion) == "default"


def test_who_someone_is_is_asked_of_the_primary_and_noting_it_changes_nothing(router):
    begin("GET")
    assert [router.db_for_read(model) for model in (Session, User, ApiToken)] == ["default"] * 3
    router.db_for_write(ApiToken)
    assert router.db_for_read(Consultation) == "replica"


def test_a_request_that_wrote_reads_the_primary_from_then_on(router):
    begin("GET")
    assert router.db_for_read(Entry) == "replica"
    router.db_for_write(Entry)
    assert router.db_for_read(Opinion) == "default"


def test_a_transaction_asks_the_primary(router):
    begin("GET")
    with transaction.atomic():
        assert router.db_for_read(Opinion) == "default"
    assert router.db_for_read(Opinion) == "replica"


def test_a_replica_that_is_behind_is_not_asked_for_the_rest_of_the_request(router, near):
    near[:] = [False, True]
    begin("GET")
    assert [router.db_for_read(Opinion), router.db_for_read(Consultation)] == ["default", "default"]
    begin("GET")
    assert router.db_for_read(Opinion) == "replica"


def test_what_is_read_after_a_moment_of_the_primary_is_read_there(router):
    begin("GET")
    router.db_for_read(Opinion)
    replicas.read_primary()
    assert router.db_for_read(Opinion) == "default"


def test_a_replica_that_does_not_answer_is_left_alone_for_a_while(router, monkeypatch):
    monkeypatch.undo()
    tries: list[str] = []

    class Silent:
        def cursor(self) -> None:
            tries.append("asked")
            raise OperationalError

        def close(self) -> None: ...

    monkeypatch.setattr(replicas, "connections", {"default": connections["default"], "replica": Silent()})
    monkeypatch.setattr(replicas.Reading, "silent_until", 0.0)
    for _ in range(3):
        begin("GET")
        assert router.db_for_read(Opinion) == "default"
    assert tries == ["asked"]


def test_without_a_replica_no_question_is_routed(settings):
    assert (list(settings.DATABASES), settings.DATABASE_ROUTERS) == (["default"], [])
