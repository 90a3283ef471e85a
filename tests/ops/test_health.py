"""Is it up, and can it work."""

import time

import pytest
from django.db import connection

from council.ops import health
from council.ops.tasks import listening

QUEUES = ["tell", "mail", "push", "webhooks", "files", "default"]


@pytest.fixture
def _workers():
    """A worker ran a moment ago, and somebody listens to each queue."""
    health.note_worker()
    health.note_queues(QUEUES)


def test_the_process_is_up_without_a_database(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
@pytest.mark.usefixtures("_workers")
def test_it_is_ready_when_everything_is_there(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "faults": {}})


@pytest.mark.django_db
@pytest.mark.usefixtures("_workers")
def test_a_worker_that_fell_silent_is_named(client, monkeypatch):
    later = time.time() + health.WORKER_SILENCE + 1
    monkeypatch.setattr(time, "time", lambda: later)
    health.note_queues(QUEUES)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.json()["faults"]) == ["worker"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_workers")
def test_a_queue_nobody_listens_to_any_more_is_named(client, monkeypatch):
    later = time.time() + health.WORKER_SILENCE + 1
    monkeypatch.setattr(time, "time", lambda: later)
    health.note_worker()
    health.note_queues(set(QUEUES) - {"mail", "webhooks"})
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["faults"]) == (503, {"queues": "nobody listens to mail, webhooks"})


@pytest.mark.django_db
def test_a_worker_that_begins_to_listen_says_so(client, monkeypatch):
    later = time.time() + 2 * health.WORKER_SILENCE
    monkeypatch.setattr(time, "time", lambda: later)
    assert {"worker", "queues"} <= set(client.get("/readyz").json()["faults"])
    health.note_worker()
    listening()  # here, as in a worker without -Q, to all of them
    assert client.get("/readyz").json()["ready"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_workers")
def test_a_missing_migration_is_named(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'opinions'")
    assert "migrations" in client.get("/readyz").json()["faults"]


@pytest.mark.django_db
def test_a_broker_that_is_away_is_named(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert set(client.get("/readyz").json()["faults"]) == {"broker", "worker", "queues"}


def test_mails_can_be_read_only_where_they_are_kept_in_a_folder(client, settings, tmp_path):
    settings.MAIL_FOLDER = None
    assert client.get("/dev/mails/").status_code == 404
    settings.MAIL_FOLDER = tmp_path
    assert client.get("/dev/mails/").status_code == 200
