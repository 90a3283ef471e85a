"""Mails on their way out: one connection, what fails steps aside, and nobody gets one twice."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from config.celery import app
from council.core import clock
from council.journal.verbs import Verb
from council.meetings.models import Meeting
from council.notifications import actions, mails, tasks
from council.notifications.actions import sending
from council.notifications.actions.sending import Source, longest_pause, pause_after
from council.notifications.claiming import claimed
from council.notifications.models import Channel, Habits, Mailbox, Notification, Sending
from council.ops.serve import WORKERS
from council.people import actions as people
from council.people.models import User
from tests.cast import Cast
from tests.stack import MailServer, free_port

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def dispatch() -> None:
    while actions.dispatch():
        pass


def send() -> None:
    while actions.send_mails():
        pass


@pytest.fixture
def quiet(cast: Cast) -> Cast:
    """Nothing left to tell from setting up."""
    dispatch()
    Notification.objects.all().delete()
    return cast


@pytest.fixture
def invited(quiet: Cast) -> Meeting:
    """A meeting whose invitations wait to be mailed."""
    meeting = quiet.meeting()
    dispatch()
    return meeting


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running, override_settings(**to(running.port)):
        yield running


def to(port: int) -> dict[str, object]:
    return {"EMAIL_BACKEND": SMTP, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port, "EMAIL_TIMEOUT": 5}


def written_by(monkeypatch: pytest.MonkeyPatch, compose: Callable[[Notification], object]) -> None:
    [first, *others] = sending.SOURCES
    monkeypatch.setattr(sending, "SOURCES", (Source(first.waiting, compose, first.look_up), *others))


def mail_to(person: User, verb: Verb = Verb.MEETING_CONVENED) -> Notification:
    return Notification.objects.get(recipient=person, channel="mail", entry__verb=verb)


# --- pauses


def test_the_longest_pause_doubles_and_ends_at_six_hours():
    assert [longest_pause(n).total_seconds() for n in (1, 2, 3, 30)] == [15, 30, 60, 6 * 3600]


def test_a_pause_is_any_part_of_the_longest_so_that_what_failed_together_does_not_come_back_together():
    draws = iter([0.0, 0.25, 1.0])
    pauses = [pause_after(3, lambda: next(draws)) for _number in range(3)]
    assert [pause.total_seconds() for pause in pauses] == [0, 15, 60]


# --- one mail among many


def test_a_mail_that_cannot_be_written_steps_aside_and_holds_up_nobody(quiet, invited, monkeypatch):
    def compose(notification: Notification) -> object:
        if notification.recipient == quiet.officer:
            raise ValueError("poison")
        return mails.compose(notification)

    written_by(monkeypatch, compose)
    send()
    assert {message.to[0] for message in mail.outbox} >= {quiet.tp.email, quiet.supplier.email}
    poison = mail_to(quiet.officer)
    assert (poison.attempts, poison.error, poison.sent_at) == (1, "ValueError: poison", None)
    monkeypatch.undo()
    with clock.at(clock.now() + dt.timedelta(minutes=1)):
        send()
    assert mail_to(quiet.officer).state == Sending.State.SENT


def test_a_mail_tried_too_often_is_given_up(quiet, invited, monkeypatch):
    Notification.objects.filter(recipient=quiet.officer).update(attempts=sending.MOST_ATTEMPTS - 1)

    def compose(notification: Notification) -> object:
        raise ValueError("poison")

    written_by(monkeypatch, compose)
    send()
    given_up = mail_to(quiet.officer)
    assert (given_up.why, given_up.state) == (Sending.Why.TRIED, Sending.State.FAILED)
    assert mail_to(quiet.tp).state == Sending.State.HELD


def test_who_may_no_longer_see_it_is_not_sent_it_and_the_log_says_why(quiet, invited):
    people.dismiss(quiet.membership(quiet.supplier), reason="사임", by=quiet.secretary)
    send()
    assert mail_to(quiet.supplier).why == Sending.Why.UNSEEN


def test_mail_waits_for_the_end_of_the_readers_quiet_hours(quiet, invited):
    night = dt.datetime(2026, 9, 5, 23, tzinfo=clock.SEOUL)
    Habits.objects.create(user=quiet.supplier, quiet_from=dt.time(22), quiet_until=dt.time(7))
    with clock.at(night):
        send()
        held = mail_to(quiet.supplier)
        assert (held.retry_at, held.attempts) == (dt.datetime(2026, 9, 6, 7, tzinfo=clock.SEOUL), 0)
        people.request_password_reset(quiet.supplier.email)
        dispatch()
        send()
    assert [message.to for message in mail.outbox if quiet.supplier.email in message.to] == [[quiet.supplier.email]]
    assert mail_to(quiet.supplier, Verb.PASSWORD_RESET_REQUESTED).state == Sending.State.SENT


def test_what_was_looked_up_for_a_batch_is_looked_up_anew_after_a_while(quiet, invited, monkeypatch):
    monkeypatch.setattr(sending, "FRESH", -1.0)
    waiting = Notification.objects.unsent().count()
    assert actions.send_mails() == 1
    still = next(each for each in (quiet.supplier, quiet.adopter) if mail_to(each).sent_at is None)
    people.dismiss(quiet.membership(still), reason="사임", by=quiet.secretary)
    send()
    assert mail_to(still).why == Sending.Why.UNSEEN
    assert len(mail.outbox) == waiting - 1


# --- the server


@pytest.mark.django_db(transaction=True)
class TestServer:
    def test_many_mails_go_over_one_connection(self, quiet, invited, server):
        waiting = Notification.objects.unsent().count()
        assert actions.send_mails() == waiting == len(server.taken)
        assert server.connections == 1

    def test_a_greylisted_mail_is_tried_again(self, quiet, invited, server):
        server.on_rcpt = lambda address: "451 4.7.1 try again later" if address == quiet.tp.email else None
        send()
        waiting = mail_to(quiet.tp)
        assert (waiting.attempts, waiting.error, waiting.failed_at) == (1, "451 4.7.1 try again later", None)
        assert len(server.taken) == Notification.objects.filter(channel=Channel.MAIL).count() - 1
        server.on_rcpt = lambda address: None
        with clock.at(clock.now() + dt.timedelta(minutes=1)):
            send()
        assert [str(message["To"]) for message in server.taken].count(quiet.tp.email) == 1

    def test_what_is_refused_for_good_is_given_up_and_the_others_go(self, quiet, invited, server):
        server.on_data = lambda message: "554 5.7.1 no" if quiet.tp.email in str(message["To"]) else None
        send()
        refused = mail_to(quiet.tp)
        assert (refused.why, refused.error) == (Sending.Why.REFUSED, "554 5.7.1 no")
        assert not Notification.objects.unsent().exists()
        assert not Mailbox.objects.exists()  # it was the mail, not the address

    def test_an_address_the_server_does_not_know_is_failing_at_once(self, quiet, invited, server):
        server.on_rcpt = lambda address: "550 5.1.1 no such user" if address == quiet.tp.email else None
        send()
        assert Mailbox.objects.failing().get().user == quiet.tp
        with transaction.atomic():
            quiet.meeting(days=20)
        dispatch()
        send()
        later = Notification.objects.filter(recipient=quiet.tp, channel="mail").latest("id")
        assert later.why == Sending.Why.ADDRESS

    def test_a_server_that_is_away_costs_no_attempt(self, quiet, invited):
        with override_settings(**to(free_port())):
            assert actions.send_mails() == 0
        assert set(Notification.objects.filter(channel=Channel.MAIL).values_list("attempts", flat=True)) == {0}

    def test_a_server_that_goes_away_in_the_middle_costs_one_attempt_of_one_mail(self, quiet, invited, server):
        def goes_away(message: object) -> str | None:
            return "421 4.3.2 closing" if len(server.taken) == 3 else None

        server.on_data = goes_away
        actions.send_mails()
        assert len(server.taken) == 3
        waiting = Notification.objects.filter(channel=Channel.MAIL, sent_at=None)
        assert sorted(waiting.values_list("attempts", flat=True))[-2:] == [0, 1]
        server.on_data = lambda message: None
        with clock.at(clock.now() + dt.timedelta(minutes=1)):
            send()
        names = [message["Message-ID"] for message in server.taken]
        assert len(names) == len(set(names)) == Notification.objects.filter(channel=Channel.MAIL).count()

    def test_a_mail_goes_only_when_the_one_before_is_noted(self, quiet, invited, server):
        """So that a worker killed at whatever moment sends one mail twice at most."""
        not_noted = []

        def look(message: object) -> None:
            noted = Notification.objects.filter(channel=Channel.MAIL).exclude(sent_at=None).count()
            not_noted.append(len(server.taken) - noted)
            connection.close()

        server.on_data = look
        send()
        assert not_noted == [0] * len(server.taken)
        assert len(server.taken) == Notification.objects.filter(channel=Channel.MAIL).count()

    def test_when_a_mail_cannot_be_noted_no_other_goes(self, quiet, invited, server, monkeypatch):
        def fail(row: object) -> None:
            raise DatabaseError("gone")

        monkeypatch.setattr(sending, "mark", fail)
        with pytest.raises(DatabaseError, match="gone"):
            actions.send_mails()
        assert len(server.taken) == 1

    def test_workers_at_once_send_each_mail_once(self, quiet, server):
        for number in range(40):
            quiet.member(f"many{number}", f"위원 {number}", quiet.supplying)
        quiet.meeting()
        dispatch()
        waiting = Notification.objects.unsent().count()
        workers = [threading.Thread(target=send_and_close) for _number in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        names = [message["Message-ID"] for message in server.taken]
        assert len(names) == len(set(names)) == waiting

    def test_the_sender_on_the_envelope_names_the_message_and_the_reader_sees_the_council(
        self, quiet, invited, server, settings
    ):
        settings.BOUNCE_ADDRESS = "bounce@mail.council.example"
        send()
        sent = {
            str(message["Message-ID"]): sender for message, sender in zip(server.taken, server.senders, strict=True)
        }
        row = mail_to(quiet.tp)
        assert sent[mails.message_id(row)].startswith(f"bounce+n{row.pk}.")
        assert all(str(message["From"]) == settings.DEFAULT_FROM_EMAIL for message in server.taken)
        assert all(message["Auto-Submitted"] == "auto-generated" for message in server.taken)


def send_and_close() -> None:
    try:
        while actions.send_mails(limit=7):
            pass
    finally:
        connection.close()


# --- claiming


@pytest.mark.django_db(transaction=True)
def test_what_one_worker_has_claimed_the_next_does_not_get_until_it_lets_go(quiet, invited):
    with claimed(Notification.objects.unsent(), 3) as mine:
        theirs: list[int] = []

        def other() -> None:
            with claimed(Notification.objects.unsent(), 3) as rows:
                theirs.extend(row.pk for row in rows)
            connection.close()

        worker = threading.Thread(target=other)
        worker.start()
        worker.join()
        assert len(mine) == len(theirs) == 3
        assert not {row.pk for row in mine} & set(theirs)
    with claimed(Notification.objects.unsent(), 3) as again:
        assert [row.pk for row in again] == [row.pk for row in mine]


# --- sending anew


def test_what_was_given_up_is_tried_again_as_the_same_mail(quiet, invited):
    Notification.objects.filter(recipient=quiet.tp, channel="mail").update(
        failed_at=clock.now(), why=Sending.Why.REFUSED, attempts=3
    )
    row = mail_to(quiet.tp)
    assert actions.resend(row, by=quiet.secretary) == row
    send()
    [message] = [each for each in mail.outbox if quiet.tp.email in each.to]
    assert message.extra_headers["Message-ID"] == mails.message_id(row)


def test_what_was_delivered_is_sent_anew_as_another_mail_and_the_first_stays_on_record(quiet, invited):
    send()
    first = mail_to(quiet.tp)
    again = actions.resend(first, by=quiet.secretary)
    send()
    names = [each.extra_headers["Message-ID"] for each in mail.outbox if quiet.tp.email in each.to]
    assert names == [mails.message_id(first), mails.message_id(again)]
    first.refresh_from_db()
    assert first.sent_at is not None


# --- queues


def queue_of(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


def test_a_flood_of_mails_does_not_delay_telling():
    """Nobody who tells stands in line behind a mail: another queue, served by another worker."""
    tell, mail_queue = (
        queue_of("council.notifications.tasks.dispatch"),
        queue_of("council.notifications.tasks.send_mails"),
    )
    assert (tell, mail_queue) == ("tell", "mail")
    serving = {queue: name for name, (queues, _processes) in WORKERS.items() for queue in queues.split(",")}
    assert serving[tell] != serving[mail_queue]
    assert [queue for queue, name in serving.items() if name == serving[tell]] == ["tell"]


def test_every_task_has_a_queue_that_somebody_serves():
    app.loader.import_default_modules()
    served = {queue for queues, _processes in WORKERS.values() for queue in queues.split(",")}
    ours = [name for name in app.tasks if name.startswith("council.")]
    assert ours
    assert {queue_of(name) for name in ours} <= served
    assert set(app.amqp.queues) == served


def test_sending_many_makes_room_after_a_while(monkeypatch):
    """One task does not go on for ever: it stands in line again, so that others get their turn."""
    asked: list[str] = []
    monkeypatch.setattr(tasks, "TURN", 0.0)
    monkeypatch.setattr(tasks.actions, "send_mails", lambda: 50)
    monkeypatch.setattr(tasks.send_mails, "delay", lambda: asked.append("again"))
    tasks.send_mails()
    assert asked == ["again"]
