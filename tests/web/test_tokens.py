"""Access tokens, made and revoked."""

import datetime as dt

import pytest
from django.urls import reverse

from council.core import clock
from council.people import actions as people
from council.people.models import ApiToken

TOKENS = "/tokens/"


def test_a_token_is_shown_once_and_never_again(cast, browse):
    browser = browse(cast.supplier)
    page = browser.post(TOKENS, {"name": "통계 시스템", "expires_at": "90"})
    token = ApiToken.objects.get(user=cast.supplier)
    _token, secret = page.context["made"]
    assert secret in page.content.decode()
    assert ApiToken.objects.matching(secret).get() == token
    assert token.expires_at == clock.end_of_day(clock.today() + dt.timedelta(days=90))
    assert "no-store" in page.headers["Cache-Control"]
    assert secret not in browser.get(TOKENS).content.decode()
    assert secret not in str(dict(browser.session))
    assert secret not in str(browser.cookies)


def test_a_token_may_live_until_it_is_revoked(cast, browse):
    browse(cast.supplier).post(TOKENS, {"name": "통계 시스템", "expires_at": ""})
    assert ApiToken.objects.get(user=cast.supplier).expires_at is None


@pytest.mark.parametrize(
    "answers", [{"name": "", "expires_at": "90"}, {"name": "x", "expires_at": "7"}, {"name": "x" * 81}]
)
def test_what_is_wrong_stands_beside_its_field(cast, browse, answers):
    page = browse(cast.supplier).post(TOKENS, answers)
    assert page.context["form"].errors
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked(cast, browse):
    token, _secret = people.create_token(name="통계 시스템", by=cast.supplier)
    browser = browse(cast.supplier)
    url = reverse("web:revoke_token", args=[token.pk])
    assert browser.get(url).status_code == 405
    assert browser.post(url).headers["Location"] == TOKENS
    token.refresh_from_db()
    assert token.revoked_at is not None
    page = browser.get(TOKENS)
    assert (list(page.context["usable"]), list(page.context["unusable"])) == ([], [token])


def test_revoking_twice_is_refused_in_words(cast, browse):
    token, _secret = people.create_token(name="통계 시스템", by=cast.supplier)
    people.revoke_token(token, by=cast.supplier)
    answer = browse(cast.supplier).post(
        reverse("web:revoke_token", args=[token.pk]), headers={"referer": "http://testserver/tokens/"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "http://testserver/tokens/")


def test_nobody_sees_or_revokes_anothers_token(cast, browse):
    token, _secret = people.create_token(name="통계 시스템", by=cast.supplier)
    browser = browse(cast.operator)
    assert "통계 시스템" not in browser.get(TOKENS).content.decode()
    assert browser.post(reverse("web:revoke_token", args=[token.pk])).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_anonymous_is_asked_to_log_in(client, db):
    assert client.get(TOKENS).headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("number", [1, 30])
def test_the_number_of_queries_does_not_grow(cast, browse, django_assert_max_num_queries, number):
    for _each in range(number):
        people.create_token(name="통계 시스템", by=cast.supplier)
    browser = browse(cast.supplier)
    with django_assert_max_num_queries(7):
        browser.get(TOKENS)
