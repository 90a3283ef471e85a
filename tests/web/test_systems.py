"""The pages of service accounts."""

import pytest
from django.urls import reverse

from council.people import actions as people
from council.people.models import ApiClient, ApiToken, ServiceAccount
from tests.people.systems import client_of, system, token_of


def url(name: str, *args: object) -> str:
    return reverse(f"web:{name}", args=args)


def test_an_officer_adds_a_system_and_lands_on_its_page(cast, browse):
    browser = browse(cast.secretary)
    sent = {
        "name": "통계 연계",
        "purpose": "의견 수를 옮깁니다.",
        "organisation": cast.ministry.pk,
        "responsible": cast.supplier.pk,
        "role": "observer",
    }
    answer = browser.post(url("make_system", cast.council.pk), sent, follow=True)
    account = ServiceAccount.objects.get()
    assert answer.redirect_chain[-1][0] == account.get_absolute_url()
    assert (account.user.name, account.responsible) == ("통계 연계", cast.supplier)
    assert list(browser.get(url("systems", cast.council.pk)).context["on"]) == [account]


@pytest.mark.parametrize("who", ["supplier", "officer", "observer"])
def test_only_officers_see_the_list_and_add_to_it(cast, browse, who):
    browser = browse(getattr(cast, who))
    assert browser.get(url("systems", cast.council.pk)).status_code == 403
    assert browser.get(url("make_system", cast.council.pk)).status_code == 403


def test_who_looks_after_it_opens_its_page_and_nobody_else(cast, browse):
    account = system(cast)
    seen = {
        who: browse(getattr(cast, who)).get(account.get_absolute_url()).status_code
        for who in ("secretary", "chair", "supplier", "operator", "officer", "adopter", "stranger")
    }
    assert {who for who, status in seen.items() if status == 200} == {"secretary", "chair", "supplier", "operator"}
    assert set(seen.values()) == {200, 404}


def test_who_answers_for_it_need_not_sit_on_the_council(cast, browse):
    account = system(cast, responsible=cast.stranger)
    browser = browse(cast.stranger)
    assert browser.get(account.get_absolute_url()).status_code == 200
    assert browser.get(url("make_client", account.pk)).status_code == 200


def test_a_token_of_a_system_is_shown_once(cast, browse):
    account = system(cast)
    browser = browse(cast.supplier)
    sent = {"name": "야간 작업", "reach": "some", "reads": ["meetings"], "writes": [], "expires_at": "365"}
    page = browser.post(url("make_system_token", account.pk), sent)
    token, secret = page.context["made"]
    assert (token.user, token.scopes) == (account.user, ["meetings:read"])
    assert secret in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert secret not in browser.get(account.get_absolute_url()).content.decode()
    assert not ApiToken.objects.filter(user=cast.supplier).exists()


def test_a_client_is_made_given_a_new_secret_and_revoked(cast, browse):
    account = system(cast)
    browser = browse(cast.supplier)
    page = browser.post(url("make_client", account.pk), {"name": "통계", "reach": "read"})
    client, secret = page.context["made"]
    assert secret in page.content.decode()
    assert client.client_id in page.content.decode()
    renewed = browser.post(url("renew_secret", client.pk))
    assert renewed.context["made"][1] != secret
    assert renewed.context["made"][1] in renewed.content.decode()
    assert browser.post(url("revoke_client", client.pk)).headers["Location"] == account.get_absolute_url()
    assert ApiClient.objects.get().revoked_at is not None
    assert list(browser.get(account.get_absolute_url()).context["revoked"]) == [client]


def test_a_token_of_a_system_is_revoked_from_its_page(cast, browse):
    account = system(cast)
    token, _secret = token_of(cast, account=account)
    answer = browse(cast.secretary).post(url("revoke_token", token.pk))
    assert answer.headers["Location"] == account.get_absolute_url()
    assert not ApiToken.objects.usable().exists()


def test_its_responsible_finds_it_beside_their_own_tokens(cast, browse):
    account = system(cast)
    token_of(cast, account=account)
    page = browse(cast.supplier).get(url("tokens"))
    assert list(page.context["systems"]) == [account]
    assert list(page.context["usable"]) == []


def test_it_is_changed_and_switched_off(cast, browse):
    account = system(cast)
    client_of(cast, account=account)
    browser = browse(cast.secretary)
    sent = {
        "name": "통계 연계 2",
        "purpose": account.purpose,
        "organisation": cast.ministry.pk,
        "responsible": cast.adopter.pk,
    }
    assert browser.get(url("change_system", account.pk)).context["form"].initial["name"] == "통계 연계"
    assert browser.post(url("change_system", account.pk), sent).status_code == 302
    assert browser.post(url("disable_system", account.pk)).status_code == 302
    page = browser.get(account.get_absolute_url())
    assert (page.context["account"].user.name, page.context["account"].responsible) == ("통계 연계 2", cast.adopter)
    assert page.context["account"].disabled_at
    assert not page.context["clients"]
    assert list(browser.get(url("systems", cast.council.pk)).context["off"]) == [account]


def test_a_system_sits_among_the_members_as_a_system_and_is_not_counted(cast, browse):
    before = browse(cast.secretary).get(url("members", cast.council.pk)).context["people"]
    account = system(cast)
    page = browse(cast.secretary).get(url("members", cast.council.pk), headers={"accept-language": "ko"})
    assert page.context["people"] == before
    assert str(account.user) in page.content.decode()
    assert account.user.email not in page.content.decode()


@pytest.mark.parametrize("number", [1, 12])
def test_the_number_of_queries_does_not_grow(cast, browse, django_assert_max_num_queries, number):
    account = system(cast)
    for _each in range(number):
        system(cast)
        token_of(cast, account=account)
        client_of(cast, account=account)
    revoked, _secret = token_of(cast, account=account)
    people.revoke_token(revoked, by=cast.supplier)
    browser = browse(cast.secretary)
    browser.get(url("tokens"))
    with django_assert_max_num_queries(16):
        browser.get(account.get_absolute_url())
    with django_assert_max_num_queries(10):
        browser.get(url("systems", cast.council.pk))
