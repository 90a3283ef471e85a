"""The bell's count, pushed: one question for everybody who has a page open, however many and however often it rings."""

import asyncio
import time
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
import requests

from council.notifications import actions
from council.notifications.models import Notification
from council.web.gathered.unread import counts
from council.web.push import hub as hubs
from council.web.push.entry import admission_to_notices
from council.web.push.hub import Hub
from tests.cast import Cast
from tests.stack import Stack, free_port, wait_until
from tests.web.test_push import Watching, cookie_of, in_a_thread, nothing_heard


def test_one_question_for_five_hundred_people_and_at_most_one_a_second(monkeypatch):
    monkeypatch.setattr(hubs.bell, "heard", nothing_heard)
    monkeypatch.setattr(hubs, "in_database", lambda function, *args: function(*args))
    monkeypatch.setattr(hubs, "COUNTING", 0.3)
    asked: list[int] = []
    unread = [0]

    def count(people) -> dict[UUID, int]:
        asked.append(len(people))
        return dict.fromkeys(people, unread[0])

    async def scene() -> None:
        hub = Hub(lambda _pk: None, count)
        hub.start()

        async def watch() -> None:
            person = uuid4()
            async with hub.counting(person) as room:
                while b'"unread":1' not in getattr(room.snapshots.get(str(person)), "data", b""):
                    await asyncio.wait_for(room.changed.wait(), 60)

        watchers = [asyncio.create_task(watch()) for _ in range(500)]
        await asyncio.sleep(0.1)
        unread[0] = 1
        for _ in range(100):
            hub.ring_for_notices()
            await asyncio.sleep(0.005)
        await asyncio.gather(*watchers)
        assert hub.people == {}
        await hub.stop()

    began = time.monotonic()
    in_a_thread(scene())
    assert len(asked) <= 2 + (time.monotonic() - began) / 0.3
    assert 500 in asked


def test_only_whoever_is_logged_in_is_told_and_of_their_own_alone(cast: Cast, settings):
    assert admission_to_notices({}).status == HTTPStatus.UNAUTHORIZED
    assert admission_to_notices({b"authorization": b"Bearer x"}).status == HTTPStatus.UNAUTHORIZED
    admitted = admission_to_notices({b"cookie": cookie_of(cast.supplier).encode()})
    assert admitted == (HTTPStatus.OK, str(cast.supplier.pk))


def test_the_count_is_one_query_whoever_asks(cast: Cast, django_assert_num_queries):
    cast.meeting()
    while actions.dispatch():
        pass
    people = [cast.supplier.pk, cast.adopter.pk, cast.stranger.pk]
    with django_assert_num_queries(1):
        counted = counts(people)
    expected = Notification.objects.visible_to(cast.supplier).unread().count()
    assert counted[cast.supplier.pk] == expected
    assert cast.stranger.pk not in counted


@pytest.mark.django_db(transaction=True)
def test_a_dispatch_reaches_an_open_page(tmp_path, cast: Cast):
    with Stack(tmp_path, mail_port=free_port()) as stack:
        stack.start_web()
        assert requests.get(f"{stack.url}/events/notices/", timeout=9).status_code == 401
        with Watching(f"{stack.url}/events/notices/", {"Cookie": cookie_of(cast.supplier)}) as watching:
            wait_until(lambda: bool(watching.events), what="the count is told at once")
            before = watching.events[-1]["state"]["unread"]
            cast.meeting()
            while actions.dispatch():
                pass
            wait_until(lambda: watching.events[-1]["state"]["unread"] > before, what="the count rises")
            actions.read_all(by=cast.supplier)
            wait_until(lambda: watching.events[-1]["state"]["unread"] == 0, what="the count falls")
