"""Several workers at once, with connections of their own."""

import threading

import pytest
from django.db import connection

from council.integrations import actions
from council.integrations.models import Delivery
from council.journal.actions import seal
from tests.integrations.hooks import happen, make
from tests.integrations.receiver import Received, Reply

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_two_send_to_one_webhook_at_once(cast, receiver):
    make(cast, receiver.url)
    happen(cast, 6)
    seal()
    actions.write_deliveries()
    at_once, most, gate = [0], [0], threading.Lock()

    def answer(received: Received) -> Reply:
        with gate:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        threading.Event().wait(0.02)
        with gate:
            at_once[0] -= 1
        return Reply()

    def work() -> None:
        try:
            while actions.deliver() or Delivery.objects.due().exists():
                pass
        finally:
            connection.close()

    receiver.answer = answer
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert most == [1]
    assert len(receiver.ids()) == len(set(receiver.ids())) == 6


def test_a_slow_one_keeps_only_its_own_lane_waiting(cast, receiver):
    make(cast, f"{receiver.url}/slow")
    for name in ("a", "b", "c"):
        make(cast, f"{receiver.url}/{name}")
    happen(cast, 2)
    seal()
    actions.write_deliveries()
    others_done = threading.Event()

    def answer(received: Received) -> Reply:
        if received.path.endswith("slow"):
            others_done.wait(15)
        elif sum(not each.path.endswith("slow") for each in receiver.received) == 6:
            others_done.set()
        return Reply(200 if others_done.is_set() or not received.path.endswith("slow") else 500)

    receiver.answer = answer
    assert actions.deliver(lanes=4) == 8
    assert Delivery.objects.filter(state="delivered").count() == 8


def test_no_transaction_is_open_while_an_answer_is_awaited(cast, receiver):
    make(cast, receiver.url)
    happen(cast)
    seal()
    actions.write_deliveries()
    open_now = []

    def answer(received: Received) -> Reply:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND state LIKE 'idle in%'"
            )
            open_now.append(cursor.fetchone()[0])
        connection.close()
        return Reply()

    receiver.answer = answer
    actions.deliver()
    assert open_now == [0]


def test_two_that_write_at_once_write_each_delivery_once(cast, receiver):
    make(cast, receiver.url)
    happen(cast, 50)
    seal()
    written = []

    def work() -> None:
        try:
            written.append(actions.write_deliveries())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    actions.write_deliveries()
    assert Delivery.objects.count() == 50
