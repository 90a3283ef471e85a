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
    page = browser.post(TOKENS, {"name": "통계 시스템", "reach": "read", "expires_at": "90"})
    token = ApiToken.objects.get(user=cast.supplier)
    _token, secret = page.context["made"]
    assert secret in page.content.decode()
    assert ApiToken.objects.matching(secret).get() == token
    assert token.expires_at == clock.end_of_day(clock.today() + dt.timedelta(days=90))
    assert "no-store" in page.headers["Cache-Control"]
    assert secret not in browser.get(TOKENS).content.decode()
    assert secret not in str(dict(browser.session))
    assert secret not in str(browser.cookies)


def test_what_it_may_do_is_chosen(cast, browse):
    browser = browse(cast.supplier)
    browser.post(TOKENS, {"name": "읽기", "reach": "read", "expires_at": "365"})
    browser.post(TOKENS, {"name": "전부", "reach": "write", "expires_at": "365"})
    some = {"reach": "some", "reads": ["meetings", "minutes"], "writes": ["opinions"], "expires_at": "365"}
    browser.post(TOKENS, {"name": "일부", **some})
    made = dict(ApiToken.objects.values_list("name", "scopes"))
    assert made == {"읽기": ["read"], "전부": ["write"], "일부": ["meetings:read", "minutes:read", "opinions:write"]}


def test_a_token_from_before_is_shown_with_all_it_may_and_no_end(cast, browse):
    token, _secret = people.create_token(name="옛 시스템", by=cast.supplier)
    ApiToken.objects.update(expires_at=None)
    page = browse(cast.supplier).get(TOKENS, headers={"accept-language": "en"})
    assert list(page.context["usable"]) == [token]


@pytest.mark.parametrize(
    "answers",
    [
        {"name": "", "reach": "read", "expires_at": "90"},
        {"name": "x", "reach": "read", "expires_at": "7"},
        {"name": "x", "reach": "read", "expires_at": ""},
        {"name": "x", "reach": "admin", "expires_at": "90"},
        {"name": "x", "reach": "some", "expires_at": "90"},
        {"name": "x" * 81},
    ],
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
    with django_assert_max_num_queries(8):
        browser.get(TOKENS)
