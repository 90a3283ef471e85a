"""Pushing from the server: one reading of a change for all who watch, whatever happens to Redis, browsers or server."""

import asyncio
import json
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
import requests
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from redis import Redis

from council.meetings import bell
from council.meetings.models import Meeting
from council.ops import engines
from council.people import actions as people
from council.web.push import events
from council.web.push import hub as hubs
from council.web.push.bell import CHANNEL
from council.web.push.entry import Admission
from council.web.push.events import Events
from council.web.push.hub import Hub, States
from tests.cast import Cast
from tests.stack import Stack, free_port, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


@pytest.fixture
def stack(tmp_path, cast: Cast) -> Iterator[Stack]:
    with Stack(tmp_path, mail_port=free_port()) as stack:
        stack.start_web()
        yield stack


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return cast.meeting()


def in_a_thread(scene: Coroutine[Any, Any, T]) -> T:
    """What a scene comes to, in a loop of its own: the test's thread may have one, left open by a browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, scene).result()


def cookie_of(user) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def address(stack: Stack, meeting) -> str:
    return f"{stack.url}/events/meetings/{getattr(meeting, 'pk', meeting)}/"


class Watching:
    """A browser's EventSource, as far as the server can tell."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.answer = requests.get(url, headers=headers, stream=True, timeout=30)
        self.events: list[dict] = []
        self.ids: list[str] = []
        self.ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            for line in self.answer.iter_lines():
                name, _, value = line.decode().partition(": ")
                if name == "id":
                    self.ids.append(value)
                if name == "data":
                    self.events.append(json.loads(value))
        except (requests.RequestException, OSError, AttributeError):
            pass
        finally:
            self.ended.set()

    def titles(self) -> list[str]:
        return [event["state"]["meeting"]["title"] for event in self.events]

    def sees(self, title: str) -> None:
        wait_until(lambda: title in self.titles(), what=f"the watcher sees {title}")

    def leaves(self) -> None:
        self.answer.close()

    def __enter__(self) -> "Watching":
        return self

    def __exit__(self, *_: object) -> None:
        self.leaves()


def rename(meeting: Meeting, title: str, *, ring: bool = True) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(title=title)
    if ring:
        bell.touched(meeting)


class TestWhoWatches:
    def test_members_do_strangers_find_nothing_and_nobody_is_asked_to_log_in(self, cast, stack, meeting):
        url = address(stack, meeting)
        with Watching(url, {"Cookie": cookie_of(cast.supplier)}) as watching:
            assert watching.answer.status_code == 200
            assert watching.answer.headers["Content-Type"].startswith("text/event-stream")
            watching.sees(meeting.title)
        assert requests.get(url, headers={"Cookie": cookie_of(cast.stranger)}, timeout=9).status_code == 404
        assert requests.get(url, headers={"Cookie": cookie_of(cast.expired)}, timeout=9).status_code == 404
        assert requests.get(url, headers={"Cookie": "sessionid=invented"}, timeout=9).status_code == 401
        assert requests.get(url, timeout=9).status_code == 401
        assert requests.post(url, headers={"Cookie": cookie_of(cast.supplier)}, timeout=9).status_code == 405
        unknown = address(stack, uuid4())
        assert requests.get(unknown, headers={"Cookie": cookie_of(cast.supplier)}, timeout=9).status_code == 404
        assert requests.get(f"{stack.url}/events/other/", timeout=9).status_code == 404

    def test_a_program_watches_with_its_token(self, cast, stack, meeting):
        _token, secret = people.create_token(name="board", by=cast.supplier)
        with Watching(address(stack, meeting), {"Authorization": f"Bearer {secret}"}) as watching:
            watching.sees(meeting.title)
        _token, narrow = people.create_token(name="other", scopes=["opinions:read"], by=cast.supplier)
        for wrong in ("council_invented", narrow):
            headers = {"Authorization": f"Bearer {wrong}"}
            assert requests.get(address(stack, meeting), headers=headers, timeout=9).status_code == 401

    def test_a_closed_meeting_is_followed_by_those_invited_alone(self, cast, stack, meeting):
        Meeting.objects.filter(pk=meeting.pk).update(closed=True)
        late = cast.member("late", "나중 위원", cast.supplying)
        answer = requests.get(address(stack, meeting), headers={"Cookie": cookie_of(late)}, timeout=9)
        assert answer.status_code == 404
        with Watching(address(stack, meeting), {"Cookie": cookie_of(cast.supplier)}) as watching:
            watching.sees(meeting.title)


class TestChanges:
    def test_a_change_arrives_and_who_comes_back_is_told_only_what_is_new(self, cast, stack, meeting):
        headers = {"Cookie": cookie_of(cast.supplier)}
        with Watching(address(stack, meeting), headers) as watching:
            watching.sees(meeting.title)
            began = time.monotonic()
            rename(meeting, "바뀐 회의")
            watching.sees("바뀐 회의")
            assert time.monotonic() - began < 2
            last = watching.ids[-1]
        with Watching(address(stack, meeting), headers | {"Last-Event-ID": last}) as again:
            rename(meeting, "다시 바뀐 회의")
            again.sees("다시 바뀐 회의")
            assert again.titles() == ["다시 바뀐 회의"]
        rename(meeting, "그 사이 바뀐 회의")
        with Watching(address(stack, meeting), headers | {"Last-Event-ID": again.ids[-1]}) as later:
            later.sees("그 사이 바뀐 회의")

    def test_without_redis_the_sweep_finds_it_and_the_bell_is_heard_again_afterwards(self, cast, tmp_path, meeting):
        state = tmp_path / "own"
        state.mkdir()
        valkey = engines.start_valkey(state, fsync=False)
        with Stack(tmp_path, mail_port=free_port(), redis_url=engines.embedded_redis_url(state)) as stack:
            stack.start_web()
            with Watching(address(stack, meeting), {"Cookie": cookie_of(cast.supplier)}) as watching:
                watching.sees(meeting.title)
                valkey.stop()
                rename(meeting, "전화가 끊긴 회의", ring=False)
                watching.sees("전화가 끊긴 회의")
                valkey = engines.start_valkey(state, fsync=False)
                client = Redis.from_url(engines.embedded_redis_url(state))
                wait_until(lambda: client.pubsub_numsub(CHANNEL)[0][1] == 1, what="the server listens again")
                Meeting.objects.filter(pk=meeting.pk).update(title="다시 들리는 회의")
                client.publish(CHANNEL, str(meeting.pk))
                began = time.monotonic()
                watching.sees("다시 들리는 회의")
                assert time.monotonic() - began < 2
        valkey.stop()

    def test_the_server_stops_within_seconds_though_streams_are_open(self, cast, stack, meeting):
        headers = {"Cookie": cookie_of(cast.supplier)}
        watching = [Watching(address(stack, meeting), headers) for _ in range(5)]
        for each in watching:
            each.sees(meeting.title)
        began = time.monotonic()
        stack.running[-1].stop()
        assert time.monotonic() - began < 4
        assert all(each.ended.wait(2) for each in watching)


class TestMany:
    WATCHERS = 500

    def test_five_hundred_see_a_change(self, cast, stack, meeting):
        cookie = cookie_of(cast.supplier)
        assert in_a_thread(self.all_watch(stack, meeting, cookie)) == self.WATCHERS

    async def all_watch(self, stack: Stack, meeting: Meeting, cookie: str) -> int:
        ready, changed = 0, "모두가 본 회의"
        everyone = asyncio.Event()

        async def watch() -> None:
            nonlocal ready
            reader, writer = await asyncio.open_connection("127.0.0.1", stack.port, limit=2**20)
            path = f"/events/meetings/{meeting.pk}/"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
            while not (await reader.readline()).startswith(b"data:"):
                pass
            ready += 1
            if ready == self.WATCHERS:
                everyone.set()
            while changed.encode() not in await reader.readline():
                pass
            writer.close()

        watchers = [asyncio.create_task(watch()) for _ in range(self.WATCHERS)]
        await asyncio.wait_for(everyone.wait(), 60)
        await asyncio.to_thread(self.change, meeting, changed)
        await asyncio.wait_for(asyncio.gather(*watchers), 20)
        return len(watchers)

    def change(self, meeting: Meeting, title: str) -> None:
        rename(meeting, title)
        connection.close()


class TestPagesBeside:
    def test_pages_downloads_and_uploads_work_while_streams_are_open(self, cast, stack, meeting):
        session = requests.Session()
        session.headers["Cookie"] = cookie_of(cast.secretary)
        with Watching(address(stack, meeting), dict(session.headers)) as watching:
            watching.sees(meeting.title)
            assert session.get(f"{stack.url}{reverse('web:meeting', args=[meeting.pk])}", timeout=30).status_code == 200
            sheet = session.get(f"{stack.url}/static/krds/css/component/output.css", timeout=30)
            assert sheet.status_code == 200
            assert len(sheet.content) == int(sheet.headers["Content-Length"])
            big = b"%PDF-1.4\n" + b"0" * 12_000_000
            page = session.get(f"{stack.url}{reverse('web:documents', args=[cast.council.pk])}", timeout=30)
            token = page.cookies.get("csrftoken")
            session.headers["Cookie"] += f"; csrftoken={token}"
            document = cast.document()
            answer = session.post(
                f"{stack.url}{reverse('web:attach', args=[document.pk])}",
                data={"csrfmiddlewaretoken": token, "visibility": "council"},
                files={"file": ("자료.pdf", big, "application/pdf")},
                timeout=60,
            )
            assert answer.status_code == 200, answer.text[:500]
            attachment = document.attachments.get()
            got = session.get(f"{stack.url}{reverse('web:attachment', args=[attachment.pk])}", timeout=60)
            assert got.content == big


class TestTheHub:
    """Without a server: what is read how often, and who is woken."""

    def test_five_hundred_watchers_share_one_reading(self, monkeypatch):
        monkeypatch.setattr(hubs.bell, "heard", nothing_heard)
        monkeypatch.setattr(hubs, "in_database", lambda function, *args: function(*args))
        title, reads, meeting = ["before"], [], uuid4()

        def read(pk: UUID) -> States:
            reads.append(pk)
            return {"inside": {"title": title[0]}}

        async def scene() -> None:
            hub = Hub(read)
            hub.start()

            async def watch() -> None:
                async with hub.watching(meeting) as room:
                    while b"after" not in getattr(room.snapshots.get("inside"), "data", b""):
                        await asyncio.wait_for(room.changed.wait(), 5)

            watchers = [asyncio.create_task(watch()) for _ in range(500)]
            await asyncio.sleep(0.3)
            assert len(reads) == 1
            title[0] = "after"
            for _ in range(50):
                hub.ring(meeting)
            await asyncio.gather(*watchers)
            assert len(reads) == 2
            assert hub.rooms == {}
            await hub.stop()

        in_a_thread(scene())

    def test_many_changes_at_once_are_few_readings(self, monkeypatch):
        monkeypatch.setattr(hubs.bell, "heard", nothing_heard)
        monkeypatch.setattr(hubs, "in_database", lambda function, *args: function(*args))
        reads: list[UUID] = []

        def read(pk: UUID) -> States:
            reads.append(pk)
            return {"inside": {"number": len(reads)}}

        async def scene() -> None:
            hub = Hub(read)
            hub.start()
            meeting = uuid4()
            async with hub.watching(meeting):
                until = time.monotonic() + 1
                while time.monotonic() < until:
                    hub.ring(meeting)
                    await asyncio.sleep(0.005)
            await hub.stop()

        in_a_thread(scene())
        assert len(reads) <= 7


class TestOneStream:
    """Without a server: who is let go."""

    def stream(self, monkeypatch, *, send, admissions) -> float:
        """Seconds until the stream of someone who stays ends; `admissions` is what the doorkeeper says, in turn."""
        monkeypatch.setattr(hubs.bell, "heard", nothing_heard)
        monkeypatch.setattr(hubs, "in_database", lambda function, *args: function(*args))
        monkeypatch.setattr(
            events, "in_database", lambda *_: admissions.pop(0) if len(admissions) > 1 else admissions[0]
        )
        monkeypatch.setattr(events, "ENTITLED", 0.1)
        monkeypatch.setattr(events, "PATIENCE", 0.3)

        async def scene() -> float:
            hub = Hub(lambda _pk: {"inside": {"title": "x"}})
            hub.start()
            scope = {"method": "GET", "path": f"/events/meetings/{uuid4()}/", "headers": []}
            began = time.monotonic()
            await asyncio.wait_for(Events(hub)(scope, asyncio.Event().wait, send), 5)
            await hub.stop()
            return time.monotonic() - began

        return in_a_thread(scene())

    def test_whose_membership_ends_is_let_go_at_the_next_look(self, monkeypatch):
        sent: list = []

        async def send(message) -> None:
            sent.append(message)

        may, unknown, may_not = (Admission(HTTPStatus(status), "inside") for status in (200, 503, 404))
        self.stream(monkeypatch, send=send, admissions=[may, unknown, may, may_not])
        assert sent[0]["status"] == 200
        assert any(b"event: state" in message.get("body", b"") for message in sent)
        assert sent[-1]["more_body"] is False

    def test_who_does_not_take_what_is_sent_is_let_go(self, monkeypatch):
        async def stuck(message) -> None:
            await asyncio.Event().wait() if message["type"] == "http.response.body" else None

        assert self.stream(monkeypatch, send=stuck, admissions=[Admission(HTTPStatus.OK, "inside")]) < 3


async def nothing_heard():
    """A doorbell that never rings."""
    yield None
    await asyncio.Event().wait()
