"""The log of messages, mailboxes and the duty to tell, over the API."""

import pytest

from council.core import clock
from council.journal.verbs import Verb
from council.notifications import actions
from council.notifications.models import Mailbox, Notification
from tests.cast import Cast


@pytest.fixture
def invitation(cast: Cast) -> Notification:
    """The supplier's invitation to a meeting, as it was mailed."""
    cast.meeting()
    while actions.dispatch():
        pass
    while actions.send_mails():
        pass
    return Notification.objects.get(recipient=cast.supplier, channel="mail", entry__verb=Verb.MEETING_CONVENED)


def test_the_log_says_to_whom_by_which_way_and_how_it_stands(cast, invitation, call):
    found = call(cast.secretary).get("/api/v1/messages/", {"event": invitation.entry_id, "channel": "mail"}).json()
    [row] = [each for each in found["results"] if each["id"] == invitation.pk]
    assert (row["to"]["name"], row["state"], row["attempts"]) == (cast.supplier.name, "sent", 1)
    assert row["subject"]
    assert call(cast.secretary).get("/api/v1/messages/", {"state": "bounced"}).json()["results"] == []


def test_nobody_reads_what_was_said_of_what_they_may_not_see(cast, invitation, call):
    row = call(cast.operator).get(f"/api/v1/messages/{invitation.pk}/").json()
    assert row["subject"] is None
    assert call(cast.operator).get(f"/api/v1/messages/{invitation.pk}/preview/").status_code == 409
    assert call(cast.adopter).get(f"/api/v1/messages/{invitation.pk}/").status_code == 404


def test_a_mail_can_be_read_and_sent_anew(cast, invitation, call):
    shown = call(cast.secretary).get(f"/api/v1/messages/{invitation.pk}/preview/").json()
    assert shown["subject"] in shown["text"]
    again = call(cast.secretary).post(f"/api/v1/messages/{invitation.pk}/resend/")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    assert call(cast.supplier).post(f"/api/v1/messages/{invitation.pk}/resend/").status_code == 403


def test_a_failing_mailbox_is_confirmed(cast, call):
    mailbox = Mailbox.objects.create(user=cast.tp, address=cast.tp.email, failing_since=clock.now(), reason="5.1.1")
    [row] = call(cast.secretary).get("/api/v1/mailboxes/").json()["results"]
    assert (row["user"]["name"], row["failing"], row["reason"]) == (cast.tp.name, True, "5.1.1")
    done = call(cast.secretary).post(f"/api/v1/mailboxes/{mailbox.pk}/confirm/")
    assert (done.status_code, done.json()["failing"]) == (200, False)
    assert call(cast.supplier).post(f"/api/v1/mailboxes/{mailbox.pk}/confirm/").status_code == 404


def test_who_was_told_of_an_event(cast, invitation, call):
    event = call(cast.secretary).get(f"/api/v1/events/{invitation.entry_id}/").json()
    assert event["verb"] == Verb.MEETING_CONVENED
    assert event["people"]["told"] == Notification.objects.filter(entry=invitation.entry_id, channel="mail").count()
    people = call(cast.secretary).get(f"/api/v1/events/{invitation.entry_id}/people/", {"knows": "told"}).json()
    [row] = [each for each in people["results"] if each["person"]["name"] == cast.supplier.name]
    assert {way["channel"] for way in row["ways"]} >= {"screen", "mail"}
    assert row["told_at"]
    assert call(cast.supplier).get(f"/api/v1/events/{invitation.entry_id}/").status_code == 404
