"""What comes back by mail, over SMTP as mail servers send it: bounces, complaints, answers from calendars, unsubscriptions."""

import datetime as dt
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from icalendar import Calendar

from council.core import addresses, clock
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.meetings import actions as meetings
from council.meetings.models import Invitation, Meeting
from council.meetings.rsvp import address_for
from council.notifications import actions
from council.notifications.models import Mailbox, Notification, Received, Sending
from council.ops.inbound import Listener
from council.people.models import User
from tests.cast import Cast
from tests.notifications.test_sending import dispatch, send
from tests.stack import Stack, free_port

pytestmark = pytest.mark.django_db(transaction=True)

Give = Callable[..., str]


@pytest.fixture
def quiet(cast: Cast, settings) -> Cast:
    """Nothing left to tell from setting up; mail is taken."""
    settings.BOUNCE_ADDRESS = "bounce@mail.council.example"
    dispatch()
    Notification.objects.all().delete()
    return cast


@pytest.fixture
def give() -> Iterator[Give]:
    """Hands a mail to the product's listener as the site's mail server does, and gives the answer."""
    port = free_port()
    listener = Listener("127.0.0.1", port, lmtp=False)
    listener.start()

    def to(address: str, *lines: str, sender: str = "") -> str:
        with smtplib.SMTP("127.0.0.1", port) as server:
            try:
                server.sendmail(sender, [address], "\r\n".join(lines).encode())
            except smtplib.SMTPRecipientsRefused as error:
                [(code, text)] = error.recipients.values()
                return f"{code} {text.decode()}"
            except smtplib.SMTPDataError as error:
                return f"{error.smtp_code}"
            return "250"

    yield to
    listener.stop()


def sent(cast: Cast, person: User) -> Notification:
    """The invitation a person got by mail."""
    return Notification.objects.get(recipient=person, channel="mail", entry__verb=Verb.MEETING_CONVENED)


def invite(cast: Cast) -> Meeting:
    meeting = cast.meeting()
    dispatch()
    send()
    return meeting


def back(row: Notification) -> str:
    return addresses.signed("bounce", f"n{row.pk}")


def report(status: str, *, action: str = "failed", said: str = "no such user", name: str = "<dsn-1@mx>") -> list[str]:
    """A delivery report as Postfix writes it."""
    return [
        "From: Mail Delivery System <MAILER-DAEMON@mx.council.example>",
        f"Message-ID: {name}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "I'm sorry to have to inform you that your message could not be delivered.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.council.example",
        "Arrival-Date: Sat, 5 Sep 2026 09:00:00 +0900 (KST)",
        "",
        "Final-Recipient: rfc822; someone@council.example",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; 550 {status} {said}",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        "Subject: whatever",
        "--b--",
    ]


def complaint(returned_to: str, kind: str = "abuse") -> list[str]:
    """A report as a large mail provider sends it when somebody presses "spam"."""
    return [
        "From: <abusedesk@provider.example>",
        "Message-ID: <arf-1@provider.example>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "This is an email abuse report.",
        "--b",
        "Content-Type: message/feedback-report",
        "",
        f"Feedback-Type: {kind}",
        "User-Agent: SomeGenerator/1.0",
        "Version: 1",
        f"Original-Mail-From: <{returned_to}>",
        "--b",
        "Content-Type: message/rfc822",
        "",
        f"Return-Path: <{returned_to}>",
        "Subject: Spam, spam, spam",
        "",
        "Spam",
        "--b--",
    ]


def reply(
    invitation: Invitation, answer: str, *, attendee: str = "", uid: str = "", name: str = "<r-1@pc>"
) -> list[str]:
    """An answer as a calendar program sends it."""
    person = attendee or invitation.membership.user.email
    return [
        f"From: <{person}>",
        f"Message-ID: {name}",
        "Subject: Accepted",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "…",
        "--b",
        "Content-Type: text/calendar; charset=UTF-8; method=REPLY",
        "",
        "BEGIN:VCALENDAR",
        "PRODID:-//Some//Program//EN",
        "VERSION:2.0",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{uid or f'meeting-{invitation.meeting_id}@localhost'}",
        "DTSTAMP:20260901T000000Z",
        f"ATTENDEE;CN=Someone;PARTSTAT={answer}:MAILTO:{person.upper()}",
        "END:VEVENT",
        "END:VCALENDAR",
        "--b--",
    ]


# --- bounces


def test_a_hard_bounce_stops_mail_to_the_address_and_the_secretary_is_told(quiet, give):
    invite(quiet)
    row = sent(quiet, quiet.tp)
    assert give(back(row), *report("5.1.1")) == "250"
    row.refresh_from_db()
    assert (row.state, row.bounce) == (Sending.State.BOUNCED, "5.1.1 550 5.1.1 no such user")
    assert Mailbox.objects.failing().get().user == quiet.tp
    dispatch()
    told = Notification.objects.on_screen().filter(entry__verb=Verb.MAILBOX_FAILED)
    assert [notice.recipient for notice in told] == [quiet.secretary]
    meetings.cancel(Meeting.objects.get(), reason="태풍", by=quiet.secretary)
    dispatch()
    send()
    later = Notification.objects.get(recipient=quiet.tp, channel="mail", entry__verb=Verb.MEETING_CANCELLED)
    assert later.why == Sending.Why.ADDRESS


def test_once_the_address_is_confirmed_what_was_kept_back_is_sent(quiet, give, mailoutbox):
    meeting = invite(quiet)
    give(back(sent(quiet, quiet.tp)), *report("5.1.1"))
    meetings.cancel(meeting, reason="태풍", by=quiet.secretary)
    dispatch()
    send()
    mailoutbox.clear()
    actions.confirm_address(quiet.tp.mailbox, by=quiet.secretary)
    send()
    assert [message.to for message in mailoutbox] == [[quiet.tp.email]]
    assert not Mailbox.objects.failing().exists()


def test_an_address_that_was_changed_is_another_address(quiet, give):
    invite(quiet)
    row = sent(quiet, quiet.tp)
    User.objects.filter(pk=quiet.tp.pk).update(email="new@tp.council.example")
    give(back(row), *report("5.1.1"))
    row.refresh_from_db()
    assert row.state == Sending.State.BOUNCED
    assert not Mailbox.objects.failing().exists()


def test_what_was_kept_back_is_sent_to_the_address_that_the_back_office_enters(quiet, give, client, mailoutbox):
    meeting = invite(quiet)
    give(back(sent(quiet, quiet.tp)), *report("5.1.1"))
    meetings.cancel(meeting, reason="태풍", by=quiet.secretary)
    dispatch()
    send()
    mailoutbox.clear()
    User.objects.filter(pk=quiet.operator.pk).update(is_superuser=True)
    client.force_login(quiet.operator)
    form = {"email": "new@tp.council.example", "name": quiet.tp.name, "language": "ko", "is_active": "on"}
    answer = client.post(reverse("admin:people_user_change", args=[quiet.tp.pk]), form)
    assert answer.status_code == 302, answer.content.decode()
    send()
    assert [message.to for message in mailoutbox] == [["new@tp.council.example"]]
    assert not Mailbox.objects.failing().exists()


@pytest.mark.parametrize(
    ("status", "action", "bounced"),
    [("4.4.1", "delayed", False), ("5.2.2", "failed", True), ("4.4.7", "failed", True), ("5.7.1", "failed", True)],
)
def test_what_passes_is_counted_and_blames_no_address(quiet, give, status: str, action: str, bounced: bool):
    invite(quiet)
    row = sent(quiet, quiet.tp)
    give(back(row), *report(status, action=action))
    row.refresh_from_db()
    assert (row.bounced_at is not None) == bounced
    assert Mailbox.objects.get().delays == 1
    assert not Mailbox.objects.failing().exists()


def test_the_same_report_twice_counts_once(quiet, give):
    invite(quiet)
    row = sent(quiet, quiet.tp)
    for _time in range(2):
        assert give(back(row), *report("4.4.1", action="delayed")) == "250"
    assert Mailbox.objects.get().delays == 1
    give(back(row), *report("4.4.1", action="delayed", name="<dsn-2@mx>"))
    assert Mailbox.objects.get().delays == 2


def test_an_address_somebody_made_up_is_refused(quiet, give):
    invite(quiet)
    address = back(sent(quiet, quiet.tp))
    forged = address.replace(f"n{sent(quiet, quiet.tp).pk}", f"n{sent(quiet, quiet.supplier).pk}")
    assert give(forged, *report("5.1.1")).startswith("550 5.1.1")
    assert give("secretary@mail.council.example", *report("5.1.1")).startswith("550")
    assert not Received.objects.exists()


def test_a_mail_server_that_changes_the_case_changes_nothing(quiet, give):
    invite(quiet)
    row = sent(quiet, quiet.tp)
    give(back(row).upper(), *report("5.1.1"))
    row.refresh_from_db()
    assert row.state == Sending.State.BOUNCED


def test_out_of_office_is_nothing_to_know(quiet, give):
    invite(quiet)
    row = sent(quiet, quiet.tp)
    give(
        back(row), "From: <tp@council.example>", "Auto-Submitted: auto-replied", "Message-ID: <x@y>", "", "휴가입니다."
    )
    row.refresh_from_db()
    assert (row.state, Received.objects.get().kind) == (Sending.State.SENT, Received.Kind.AUTOMATIC)


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe\x00", b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n"])
def test_what_cannot_be_read_is_taken_and_changes_nothing(quiet, junk: bytes):
    invite(quiet)
    taken = actions.receive(junk, to=back(sent(quiet, quiet.tp)))
    assert taken.kind == Received.Kind.OTHER


# --- complaints


def test_a_complaint_is_an_unsubscription_from_all_but_duties(quiet, give):
    invite(quiet)
    row = sent(quiet, quiet.tp)
    give(addresses.signed("bounce", "n0"), *complaint(back(row)))
    row.refresh_from_db()
    assert row.state == Sending.State.COMPLAINED
    quiet.consultation()  # asks for an opinion: no duty
    meetings.cancel(Meeting.objects.get(), reason="태풍", by=quiet.secretary)
    dispatch()
    send()
    mails = Notification.objects.filter(recipient=quiet.tp, channel="mail")
    assert mails.get(entry__verb=Verb.CONSULTATION_OPENED).why == Sending.Why.COMPLAINT
    assert mails.get(entry__verb=Verb.MEETING_CANCELLED).state == Sending.State.SENT
    assert Entry.objects.filter(verb=Verb.MAIL_COMPLAINED_OF).count() == 1


def test_no_spam_after_all_is_no_complaint(quiet, give):
    invite(quiet)
    row = sent(quiet, quiet.tp)
    give(back(row), *complaint(back(row), kind="not-spam"))
    row.refresh_from_db()
    assert row.complained_at is None


# --- answers to invitations


@pytest.mark.parametrize(
    ("said", "answer", "note"),
    [("ACCEPTED", "attending", ""), ("DECLINED", "declined", ""), ("TENTATIVE", "none", "아마도")],
)
def test_a_calendar_program_answers_the_invitation(quiet, give, said: str, answer: str, note: str):
    meeting = invite(quiet)
    invitation = quiet.invitation(meeting, quiet.supplier)
    assert give(address_for(invitation), *reply(invitation, said)) == "250"
    invitation.refresh_from_db()
    assert invitation.answer == answer
    assert bool(invitation.note) == bool(note)
    entry = Entry.objects.filter(verb=Verb.INVITATION_ANSWERED).latest("id")
    assert (entry.actor, entry.data["by_mail"]) == (quiet.supplier, True)


def test_the_invitation_asks_the_program_to_answer_where_somebody_reads_it(quiet, mailoutbox):
    meeting = invite(quiet)
    invitation = quiet.invitation(meeting, quiet.supplier)
    [message] = [each for each in mailoutbox if quiet.supplier.email in each.to]
    [part] = [each for each in message.alternatives if each.mimetype.startswith("text/calendar")]
    [event] = Calendar.from_ical(part.content).walk("VEVENT")
    assert event["ORGANIZER"] == f"mailto:{address_for(invitation)}"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"


def test_an_answer_counts_only_from_who_was_invited_and_for_that_meeting(quiet, give):
    meeting = invite(quiet)
    invitation = quiet.invitation(meeting, quiet.supplier)
    give(address_for(invitation), *reply(invitation, "ACCEPTED", attendee="friend@elsewhere.example"))
    give(address_for(invitation), *reply(invitation, "ACCEPTED", uid="meeting-x@localhost", name="<r-2@pc>"))
    invitation.refresh_from_db()
    assert invitation.answer == "none"
    assert set(Received.objects.values_list("result", flat=True)) == {"about someone else or another meeting"}


def test_an_answer_to_a_meeting_that_has_begun_is_too_late(quiet, give):
    meeting = invite(quiet)
    invitation = quiet.invitation(meeting, quiet.supplier)
    with clock.at(meeting.starts_at + dt.timedelta(minutes=1)):
        actions.receive("\r\n".join(reply(invitation, "ACCEPTED")).encode(), to=address_for(invitation))
    assert Received.objects.get().result == "too late"


# --- leaving by mail


def test_a_mail_to_the_address_in_list_unsubscribe_leaves_that_kind(quiet, give, mailoutbox):
    quiet.consultation()
    dispatch()
    send()
    [message] = [each for each in mailoutbox if each.to == [quiet.tp.email]]
    address = message.extra_headers["List-Unsubscribe"].rpartition("<mailto:")[2].rstrip(">")
    assert give(address, f"From: <{quiet.tp.email}>", "Message-ID: <u@pc>", "Subject: unsubscribe", "", "") == "250"
    mailoutbox.clear()
    quiet.consultation()
    dispatch()
    send()
    assert [quiet.tp.email] not in [each.to for each in mailoutbox]


def test_a_duty_names_no_address_to_leave_by(quiet, mailoutbox):
    invite(quiet)
    assert all("List-Unsubscribe" not in message.extra_headers for message in mailoutbox)


# --- the other ways in


def test_lmtp_answers_for_each_recipient(quiet):
    invite(quiet)
    rows = [sent(quiet, quiet.tp), sent(quiet, quiet.supplier)]
    port = free_port()
    listener = Listener("127.0.0.1", port, lmtp=True)
    listener.start()
    try:
        with smtplib.LMTP("127.0.0.1", port) as server:
            server.ehlo()
            server.mail("")
            for row in rows:
                server.rcpt(back(row))
            server.docmd("DATA")
            server.send("\r\n".join([*report("5.1.1"), ".", ""]).encode())
            assert [server.getreply()[0] for _row in rows] == [250, 250]
    finally:
        listener.stop()
    assert set(Mailbox.objects.failing().values_list("user", flat=True)) == {quiet.tp.pk, quiet.supplier.pk}


def test_a_mail_server_may_pipe_a_mail_in(quiet, tmp_path: Path):
    invite(quiet)
    row = sent(quiet, quiet.tp)
    env = Stack(tmp_path, mail_port=free_port()).env | {
        "SECRET_KEY": django_settings.SECRET_KEY,
        "BOUNCE_ADDRESS": "bounce@mail.council.example",
    }

    def piped(to: str) -> int:
        command = [sys.executable, "manage.py", "take_mail", "--to", to]
        mail = "\r\n".join(report("5.1.1")).encode()
        return subprocess.run(command, input=mail, env=env, cwd=django_settings.BASE_DIR, check=False).returncode

    assert piped(back(row)) == 0
    assert Mailbox.objects.failing().get().user == quiet.tp
    assert piped("bounce+n1.aaaa@mail.council.example") == 67
