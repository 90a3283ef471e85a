"""The log of messages, the mails to look at, and who was told: as pages."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from council.core import clock
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications import actions, told
from council.notifications.models import Mailbox, Notification, Sending
from council.notifications.told import Knows
from council.people import actions as people
from tests.cast import Cast


@pytest.fixture
def invitation(cast: Cast) -> Notification:
    """The supplier's invitation to a meeting, waiting to be mailed."""
    cast.meeting()
    while actions.dispatch():
        pass
    return Notification.objects.get(recipient=cast.supplier, channel="mail", entry__verb=Verb.MEETING_CONVENED)


def text_of(answer) -> str:
    return answer.content.decode()


# --- the log


def test_the_secretary_sees_what_was_sent_and_how_it_stands(cast, invitation, browse):
    while actions.send_mails():
        pass
    page = text_of(browse(cast.secretary).get(reverse("web:council_message_log", args=[cast.council.pk])))
    assert "제1차 전체회의" in page
    assert cast.supplier.name in page
    assert str(Sending.State.SENT.label) in page


@pytest.mark.parametrize(
    ("who", "status"), [("supplier", 403), ("stranger", 404), ("secretary", 200), ("operator", 200)]
)
def test_a_councils_log_is_for_who_runs_it_and_the_operators(cast, browse, who: str, status: int):
    assert browse(getattr(cast, who)).get(f"/councils/{cast.council.pk}/messages/").status_code == status


def test_everybody_sees_their_own_and_nobody_elses(cast, invitation, browse):
    assert browse(cast.supplier).get(f"/messages/{invitation.pk}/").status_code == 200
    assert browse(cast.adopter).get(f"/messages/{invitation.pk}/").status_code == 404
    assert browse(cast.adopter).get(f"/messages/{invitation.pk}/mail/").status_code == 404
    page = text_of(browse(cast.adopter).get("/messages/"))
    assert cast.supplier.name not in page


def test_who_may_not_see_a_thing_does_not_read_what_was_said_of_it(cast, invitation, browse):
    page = text_of(browse(cast.operator).get(f"/messages/{invitation.pk}/"))
    assert "제1차 전체회의" not in page
    assert cast.supplier.name in page
    assert browse(cast.operator).get(f"/messages/{invitation.pk}/mail/").status_code == 404


def test_an_account_s_own_affairs_are_nobody_elses(cast, browse):
    people.request_password_reset(cast.supplier.email)
    while actions.dispatch():
        pass
    row = Notification.objects.get(entry__verb=Verb.PASSWORD_RESET_REQUESTED)
    assert browse(cast.secretary).get(f"/messages/{row.pk}/").status_code == 404
    shown = text_of(browse(cast.supplier).get(f"/messages/{row.pk}/mail/"))
    assert "/account/password" not in shown  # a link that logs in is in the mail, and nowhere else


@pytest.mark.parametrize("state", Sending.State.values)
def test_the_log_can_be_narrowed_by_state(cast, invitation, browse, state: str):
    now = clock.now()
    values = {
        "held": {"retry_at": now + (clock.end_of_day(clock.today()) - now) * 2},
        "sent": {"sent_at": now},
        "failed": {"failed_at": now, "why": "refused"},
        "bounced": {"sent_at": now, "bounced_at": now},
        "complained": {"sent_at": now, "complained_at": now},
    }
    Notification.objects.filter(pk=invitation.pk).update(**values.get(state, {}))
    invitation.refresh_from_db()
    assert invitation.state == state
    page = text_of(
        browse(cast.secretary).get(f"/councils/{cast.council.pk}/messages/?state={state}&to={cast.supplier.name}")
    )
    assert f"/messages/{invitation.pk}/" in page
    others = set(Sending.State.values) - {state}
    for other in others:
        page = text_of(
            browse(cast.secretary).get(f"/councils/{cast.council.pk}/messages/?state={other}&to={cast.supplier.name}")
        )
        assert f"/messages/{invitation.pk}/" not in page


def test_the_mail_is_shown_in_a_frame_that_can_do_nothing(cast, invitation, browse):
    browser = browse(cast.secretary)
    page = browser.get(f"/messages/{invitation.pk}/")
    assert 'sandbox title="' in text_of(page)
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    mail = browser.get(f"/messages/{invitation.pk}/mail/")
    policy = mail["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert mail["X-Frame-Options"] == "SAMEORIGIN"
    assert "<table" in text_of(mail)
    assert "/rsvp/" not in text_of(mail)  # answers for the reader, without logging in


def test_a_mail_is_sent_anew_from_its_page(cast, invitation, browse, mailoutbox):
    while actions.send_mails():
        pass
    mailoutbox.clear()
    answer = browse(cast.secretary).post(f"/messages/{invitation.pk}/resend/", follow=True)
    assert answer.status_code == 200
    while actions.send_mails():
        pass
    assert [message.to for message in mailoutbox] == [[cast.supplier.email]]
    assert Entry.objects.get(verb=Verb.MESSAGE_RESENT).actor == cast.secretary
    assert browse(cast.supplier).post(f"/messages/{invitation.pk}/resend/").status_code == 403


def test_a_failing_address_stands_in_the_log_until_somebody_says_that_it_works(cast, browse):
    mailbox = Mailbox.objects.create(
        user=cast.tp, address=cast.tp.email, failing_since=clock.now(), reason="5.1.1 no such user"
    )
    address = f"/councils/{cast.council.pk}/messages/"
    browser = browse(cast.secretary)
    assert "5.1.1 no such user" in text_of(browser.get(address))
    assert "5.1.1 no such user" in text_of(browser.get(f"/councils/{cast.council.pk}/members/"))
    browser.post(f"/mailboxes/{mailbox.pk}/confirm/")
    assert "5.1.1 no such user" not in text_of(browser.get(address))


def test_what_a_page_of_the_log_asks_does_not_grow_with_its_rows(cast, invitation, browse):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            browse(cast.secretary).get(f"/councils/{cast.council.pk}/messages/?kind=summons")
        return len(queries)

    few = asked()
    for number in range(20):
        cast.member(f"extra{number}", f"위원 {number}", cast.supplying)
    cast.meeting(days=20)
    while actions.dispatch():
        pass
    assert asked() == few


# --- who was told


def test_who_was_told_of_what_by_which_way_and_whether_they_know(cast, invitation, browse):
    while actions.send_mails():
        pass
    entry = invitation.entry
    actions.read(Notification.objects.get(entry=entry, recipient=cast.adopter, channel="screen"), by=cast.adopter)
    mail_to_tp = Notification.objects.filter(entry=entry, recipient=cast.tp, channel="mail")
    mail_to_tp.update(bounced_at=clock.now(), bounce="5.1.1 no such user")
    figures = told.figures(entry)
    assert (figures[Knows.READ], figures[Knows.NOT]) == (1, 1)
    page = text_of(browse(cast.secretary).get(f"/told/{entry.pk}/"))
    assert "5.1.1 no such user" in page
    only = text_of(browse(cast.secretary).get(f"/told/{entry.pk}/?knows=not"))
    assert cast.tp.name in only
    assert cast.adopter.name not in only


def test_who_was_told_as_a_file(cast, invitation, browse):
    entry = invitation.entry
    browser = browse(cast.secretary)
    rows = list(csv.reader(io.StringIO(b"".join(browser.get(f"/told/{entry.pk}/csv/")).decode("utf-8-sig"))))
    people_told = Notification.objects.filter(entry=entry).values("recipient").distinct().count()
    assert sum(cast.supplier.email in row for row in rows) == 1
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(browser.get(f"/told/{entry.pk}/xlsx/"))))
    cells = [cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    emails = [cell for cell in cells if isinstance(cell, str) and cell.endswith("@council.example")]
    assert len(emails) == people_told


@pytest.mark.parametrize(("who", "status"), [("supplier", 404), ("operator", 404), ("secretary", 200)])
def test_only_who_runs_the_council_sees_who_was_told(cast, invitation, browse, who: str, status: int):
    assert browse(getattr(cast, who)).get(f"/told/{invitation.entry_id}/").status_code == status


# --- the gallery


def test_every_mail_can_be_looked_at_in_both_languages(cast, browse):
    browser = browse(cast.secretary)
    page = browser.get("/mails/")
    assert page.status_code == 200
    names = [sample.name for sample in page.context["samples"]]
    assert "digest" in names
    for name in names:
        for language in ("ko", "en"):
            shown = text_of(browser.get(f"/mails/{name}/{language}/"))
            assert "<h1" in shown
            assert "%(" not in shown
            assert "<script" not in shown
            assert "<img" not in shown
    assert browser.get("/mails/nothing/ko/").status_code == 404


def test_the_gallery_is_for_who_runs_a_council_and_for_operators(cast, browse):
    assert browse(cast.supplier).get("/mails/").status_code == 403
    assert browse(cast.operator).get("/mails/").status_code == 200
