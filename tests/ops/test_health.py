"""Is it up, and can it work."""

import time

import pytest
from django.db import connection

from council.ops import health


def test_the_process_is_up_without_a_database(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_it_is_ready_when_everything_is_there(client):
    health.note_worker()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "faults": {}})


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_named(client, monkeypatch):
    health.note_worker()
    later = time.time() + health.WORKER_SILENCE + 1
    monkeypatch.setattr(time, "time", lambda: later)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.json()["faults"]) == ["worker"]


@pytest.mark.django_db
def test_a_missing_migration_is_named(client):
    health.note_worker()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'opinions'")
    assert "migrations" in client.get("/readyz").json()["faults"]


@pytest.mark.django_db
def test_a_broker_that_is_away_is_named(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert set(client.get("/readyz").json()["faults"]) == {"broker", "worker"}


def test_mails_can_be_read_only_where_they_are_kept_in_a_folder(client, settings, tmp_path):
    settings.MAIL_FOLDER = None
    assert client.get("/dev/mails/").status_code == 404
    settings.MAIL_FOLDER = tmp_path
    assert client.get("/dev/mails/").status_code == 200
