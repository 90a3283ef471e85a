"""The worker as a process of its own: killed in the middle, and without its broker."""

import datetime as dt
import re

import pytest
import requests

from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications import actions
from council.notifications.models import Notification
from council.ops import engines
from council.people import actions as people
from council.people.models import User
from tests.cast import Cast
from tests.stack import MailServer, Stack, kill, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_killing_the_worker_while_it_sends_loses_nothing_and_tells_nobody_twice(tmp_path, cast):
    for number in range(20):
        cast.member(f"many{number}", f"위원 {number}", cast.supplying)
    cast.meeting()
    while actions.dispatch():
        pass
    waiting = Notification.objects.unsent().count()
    assert waiting > 20
    gone = User.objects.get(name="위원 0")
    gone.memberships.update(ends_on=cast.today - dt.timedelta(days=1))
    with MailServer() as server, Stack(tmp_path, mail_port=server.port) as stack:
        first = stack.start_worker()
        held = []

        def kill_in_the_middle(mail) -> str | None:
            """The seventh mail has been handed over, but not been taken, when the worker dies."""
            if len(server.taken) == 7 and not held:
                held.append(mail)
                kill(first)
                return "451 the caller is gone"
            return None

        server.on_data = kill_in_the_middle
        wait_until(lambda: bool(held), what="the worker was killed while it sent")
        assert Notification.objects.unsent().count() >= waiting - 8
        stack.start_worker()
        wait_until(lambda: not Notification.objects.unsent().exists(), what="every mail was sent")
    ids = [mail["Message-ID"] for mail in server.taken]
    assert len(ids) == len(set(ids)) == waiting - 1
    [unsent] = Notification.objects.filter(channel="mail", sent_at=None)
    assert unsent.recipient == gone  # who may no longer see what it is about


def test_a_worker_killed_between_claim_and_commit_leaves_the_entry_to_the_next(tmp_path, cast):
    """An entry locked by a connection that dies is free again, and is told once."""
    cast.meeting()
    with MailServer() as server, Stack(tmp_path, mail_port=server.port) as stack:
        for _ in range(3):
            kill(stack.start_worker())
        stack.start_worker()
        wait_until(lambda: not Entry.objects.undispatched().exists(), what="everything was told")
        wait_until(lambda: not Notification.objects.unsent().exists(), what="every mail was sent")
    invited = [mail for mail in server.taken if "제1차 전체회의" in str(mail["Subject"])]
    assert sorted(str(mail["To"]) for mail in invited) == sorted(
        Notification.objects.filter(entry__verb=Verb.MEETING_CONVENED, channel="mail").values_list(
            "recipient__email", flat=True
        )
    )


def test_a_stopped_redis_delays_notices_and_loses_none(tmp_path, cast: Cast):
    """The pages go on working without the broker; what happened meanwhile is told when it is back."""
    redis = engines.start_valkey(tmp_path, fsync=False)
    redis_url = engines.embedded_redis_url(tmp_path)
    with MailServer() as server, Stack(tmp_path, mail_port=server.port, redis_url=redis_url) as stack:
        stack.start_web()
        stack.start_worker()
        meeting = cast.meeting()
        _token, secret = people.create_token(name="test", by=cast.supplier)
        wait_until(lambda: not Entry.objects.undispatched().exists(), what="the meeting was told")
        wait_until(lambda: not Notification.objects.unsent().exists(), what="the mails about it were sent")
        redis.stop()

        answer = requests.post(
            f"{stack.url}/api/v1/invitations/{cast.invitation(meeting, cast.supplier).pk}/answer/",
            json={"answer": "attending"},
            headers={"Authorization": f"Bearer {secret}"},
            timeout=10,
        )
        cast.submitted(cast.consultation())
        assert answer.status_code == 200, answer.text
        ready = requests.get(f"{stack.url}/readyz", timeout=10)
        assert (ready.status_code, "broker" in ready.json()["faults"]) == (503, True)
        assert requests.get(f"{stack.url}/healthz", timeout=10).ok
        told_without_redis = Notification.objects.filter(entry__verb=Verb.OPINION_SUBMITTED).exists()
        assert not told_without_redis

        redis = engines.start_valkey(tmp_path, fsync=False)
        wait_until(lambda: not Entry.objects.undispatched().exists(), what="everything was told")
        wait_until(lambda: not Notification.objects.unsent().exists(), what="every mail was sent")
    redis.stop()
    told = Notification.objects.filter(entry__verb=Verb.OPINION_SUBMITTED, channel="screen")
    assert [notification.recipient for notification in told] == [cast.secretary]
    asked = [mail for mail in server.taken if re.search("의견수렴", str(mail["Subject"]))]
    assert len(asked) == len({str(mail["To"]) for mail in asked})
