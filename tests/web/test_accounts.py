"""Logging in and out, and setting a password."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from council.notifications import actions as notifications
from council.people.models import User
from tests.cast import PASSWORD

LOGIN = "/account/login/"


def log_in(client, email: str, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def test_one_logs_in_by_e_mail_whatever_its_case_and_comes_to_what_waits(cast, client):
    answer = log_in(client, "Supplier@Council.Example")
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_one_comes_to_the_page_one_wanted(cast, client):
    wanted = cast.council.get_absolute_url()
    assert client.get(wanted)["Location"] == f"{LOGIN}?next={wanted}"
    assert log_in(client, cast.supplier.email, next=wanted)["Location"] == wanted


def test_one_is_not_sent_to_another_host(cast, client):
    assert log_in(client, cast.supplier.email, next="https://elsewhere.example/")["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(cast, client):
    known = log_in(client, cast.supplier.email, "wrong-password")
    unknown = log_in(client, "nobody@council.example", "wrong-password")
    errors = [answer.context["form"].errors.get_json_data() for answer in (known, unknown)]
    assert errors[0] == errors[1] != {}


def test_a_locked_account_does_not_get_in(cast, client):
    User.objects.filter(pk=cast.supplier.pk).update(is_active=False)
    log_in(client, cast.supplier.email)
    assert "_auth_user_id" not in client.session


def test_too_many_wrong_passwords_are_stopped(cast, client):
    for _ in range(6):
        log_in(client, cast.supplier.email, "wrong-password")
    log_in(client, cast.supplier.email)
    assert "_auth_user_id" not in client.session


def test_logging_out_takes_a_post(cast, browse):
    client = browse(cast.supplier)
    client.get("/account/logout/")
    assert "_auth_user_id" in client.session
    client.post("/account/logout/")
    assert "_auth_user_id" not in client.session


def test_nobody_makes_an_account_for_themselves(db, client):
    client.post("/account/signup/", {"email": "new@council.example", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_a_forgotten_password_is_set_through_a_mail_once(cast, client):
    client.post("/account/password/reset/", {"email": cast.supplier.email})
    while notifications.dispatch():
        pass
    while notifications.send_mails():
        pass
    [letter] = [one for one in mail.outbox if one.to == [cast.supplier.email] and "/password/reset/key/" in one.body]
    link = next(word for word in str(letter.body).split() if "/password/reset/key/" in word)
    path = "/account" + link.split("/account", 1)[1]
    form = client.get(path, follow=True)
    new = {"password1": "another-good-password", "password2": "another-good-password"}
    client.post(form.request["PATH_INFO"], new)
    assert User.objects.get(pk=cast.supplier.pk).check_password("another-good-password")
    again = client.get(path, follow=True)
    assert "form" not in again.context or again.context.get("token_fail")


def test_asking_for_an_unknown_address_answers_the_same_and_sends_nothing(cast, client):
    known = client.post("/account/password/reset/", {"email": cast.supplier.email})
    unknown = client.post("/account/password/reset/", {"email": "nobody@council.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


@pytest.mark.parametrize("weak", ["short", "1234567890", "passwordpassword"[:8], "supplier@council.example"])
def test_a_weak_password_is_refused_with_a_reason(cast, browse, weak: str):
    client = browse(cast.supplier)
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_the_back_office_is_for_operators(cast, browse):
    assert browse(cast.secretary).get("/admin/").status_code == 302
    assert browse(cast.operator).get("/admin/").status_code == 200
    with translation.override("ko"):
        assert browse(None).get("/admin/", follow=True).redirect_chain[-1][0].startswith(LOGIN)
