"""Leaving mails by one click (RFC 8058): with a real mail, over SMTP, as a mailbox provider does it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from council.notifications import actions, unsubscribing
from council.notifications.kinds import DIGEST, MAIL, SCREEN
from council.notifications.models import DUTIES, Habits, Kind
from council.people.models import User
from tests.cast import Cast
from tests.stack import MailServer

ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def provider() -> Client:
    """A mailbox provider: no cookies, no forms of ours, and checked for CSRF as anyone else."""
    return Client(enforce_csrf_checks=True)


def path_to(user: User, kind: Kind | None = None) -> str:
    return reverse("web:unsubscribe", args=[unsubscribing.token_for(user, kind)])


def one_click(provider: Client, path: str):
    return provider.post(path, ONE_CLICK, content_type="application/x-www-form-urlencoded")


def sent_over_smtp(settings) -> MailServer:
    """Send what waits to a real server."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        while actions.dispatch():
            pass
        while actions.send_mails():
            pass
    return server


def test_a_mailbox_provider_unsubscribes_with_what_stands_in_the_mail(cast: Cast, settings, provider):
    cast.consultation()
    [mail] = [
        mail for mail in sent_over_smtp(settings).to(cast.supplier.email) if "consultations" in str(mail["List-Id"])
    ]
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK
    address = re.search(r"<(https?://[^>]+)>", str(mail["List-Unsubscribe"]))
    assert address
    path = address[1].removeprefix(settings.SITE_URL)
    assert one_click(provider, path).status_code == 204
    standing = actions.switches(cast.supplier)
    assert (standing[Kind.CONSULTATIONS, MAIL], standing[Kind.CONSULTATIONS, DIGEST]) == (False, False)
    assert standing[Kind.CONSULTATIONS, SCREEN]
    cast.consultation()
    assert not [
        mail for mail in sent_over_smtp(settings).to(cast.supplier.email) if "consultations" in str(mail["List-Id"])
    ]


def test_a_duty_is_no_list_one_can_leave(cast: Cast, settings):
    cast.meeting()
    [mail] = [mail for mail in sent_over_smtp(settings).to(cast.supplier.email) if "summons" in str(mail["List-Id"])]
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None
    for kind in DUTIES:
        assert set(unsubscribing.headers(cast.supplier, kind)) == {"List-Id"}


def test_leaving_the_digest_ends_it(cast: Cast, provider):
    assert one_click(provider, path_to(cast.supplier)).status_code == 204
    assert actions.habits_of(cast.supplier).rhythm == Habits.Rhythm.NONE


def test_looking_changes_nothing(cast: Cast, provider):
    answer = provider.get(path_to(cast.supplier, Kind.CONSULTATIONS))
    assert answer.status_code == 200
    assert cast.supplier.email in answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert actions.switches(cast.supplier)[Kind.CONSULTATIONS, MAIL]


def test_leaving_twice_is_leaving_once_and_can_be_undone_without_logging_in(cast: Cast, provider):
    path = path_to(cast.supplier, Kind.CONSULTATIONS)
    before = actions.switches(cast.supplier)
    for _ in range(2):
        assert provider.post(path).headers["Location"] == path
    assert "again" in provider.get(path).content.decode()
    provider.post(path, {"again": "yes"})
    assert actions.switches(cast.supplier) == before


def test_a_person_leaves_for_themselves_alone(cast: Cast, provider):
    one_click(provider, path_to(cast.supplier, Kind.CONSULTATIONS))
    assert actions.switches(cast.adopter)[Kind.CONSULTATIONS, MAIL]


@pytest.mark.parametrize("token", ["x", "WyJ4IiwgIiJd:1abc:xyz", "é"])
def test_an_address_we_did_not_make_is_not_there(db, provider, token):
    assert provider.get(reverse("web:unsubscribe", args=[token])).status_code == 404
    assert one_click(provider, reverse("web:unsubscribe", args=[token])).status_code == 404


def test_a_token_of_one_thing_is_none_of_another(cast: Cast, provider):
    changed = path_to(cast.supplier, Kind.CONSULTATIONS).replace("unsubscribe/W", "unsubscribe/X")
    assert provider.post(changed).status_code == 404
