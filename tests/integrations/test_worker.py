"""Webhooks with a worker as a process of its own, and a receiver that fails."""

import threading

import pytest
from standardwebhooks import Webhook as Verifier

from council.core import clock
from council.integrations.models import Delivery, Webhook
from council.journal.actions import record
from council.journal.verbs import Verb
from tests.integrations.hooks import make_with_secret
from tests.integrations.receiver import Received, Receiver, Reply
from tests.stack import MailServer, Stack, kill, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_killed_after_sending_and_a_receiver_that_fails_twice_lose_nothing(tmp_path, cast, receiver: Receiver):
    """First the worker dies before it can note the answer; then the receiver fails twice; then it takes it."""
    _webhook, secret = make_with_secret(cast, receiver.url, events=["council.rules_revised"])
    with MailServer() as mails, Stack(tmp_path, mail_port=mails.port) as stack:
        worker, killed = stack.start_worker(), threading.Event()

        def answer(received: Received) -> Reply:
            number = len(receiver.received)
            if number == 1:
                kill(worker)
                killed.set()
            return Reply(500, b"not yet") if number in (2, 3) else Reply(204)

        receiver.answer = answer
        record(Verb.RULES_REVISED, cast.council, by=cast.operator)
        wait_until(killed.is_set, what="the worker was killed while it sent")
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.tries, delivery.attempts.count()) == ("waiting", 0, 0)

        stack.start_worker()
        wait_until(lambda: delivery.attempts.count() == 2, what="it was tried again, and once more after five seconds")
        Delivery.objects.update(due_at=clock.now())  # five minutes have passed
        Webhook.objects.update(rests_until=None)
        wait_until(lambda: Delivery.objects.filter(state="delivered").exists(), what="it was taken")

        record(Verb.RULES_REVISED, cast.council, by=cast.operator)
        wait_until(lambda: Delivery.objects.filter(state="delivered").count() == 2, what="the next one was taken too")
    assert [attempt.status for attempt in delivery.attempts.all()] == [500, 500, 204]
    assert receiver.ids()[:4] == [delivery.message] * 4
    assert len(receiver.ids()) == 5
    for received in receiver.received:
        Verifier(secret).verify(received.body, received.headers)
