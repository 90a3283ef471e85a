"""Accounts and tokens."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.journal.models import Entry
from council.people import actions
from council.people.models import ApiToken, User


def test_an_address_is_kept_in_lower_case_and_has_one_account(cast):
    invited = actions.invite_user(email="New.Person@Example.KR", name="새 위원", by=cast.secretary)
    assert invited.email == "new.person@example.kr"
    assert not invited.has_usable_password()
    with pytest.raises(ValidationError) as refusal:
        actions.invite_user(email="NEW.person@example.kr", name="새 위원", by=cast.secretary)
    assert list(refusal.value.message_dict) == ["email"]


def test_a_member_invites_nobody(cast):
    with pytest.raises(PermissionDenied):
        actions.invite_user(email="a@example.kr", name="가", by=cast.supplier)


def test_whether_an_address_has_an_account_stays_untold(cast):
    before = Entry.objects.count()
    actions.request_password_reset("nobody@example.kr")
    assert Entry.objects.count() == before
    actions.request_password_reset("SUPPLIER@council.example")
    assert Entry.objects.latest("id").target_id == cast.supplier.pk


def test_of_a_token_only_a_digest_is_kept(cast):
    token, secret = actions.create_token(name="연계", by=cast.supplier)
    assert secret.startswith("council_")
    assert secret not in str(ApiToken.objects.values().get(pk=token.pk))
    assert secret not in str(list(Entry.objects.values()))
    assert ApiToken.objects.matching(secret).get() == token


def test_a_revoked_an_expired_and_a_locked_out_token_match_nothing(cast):
    token, secret = actions.create_token(name="연계", by=cast.supplier, expires_at=clock.now() + dt.timedelta(hours=1))
    with clock.at(clock.now() + dt.timedelta(hours=2)):
        assert not ApiToken.objects.matching(secret).exists()
    User.objects.filter(pk=cast.supplier.pk).update(is_active=False)
    assert not ApiToken.objects.matching(secret).exists()
    User.objects.filter(pk=cast.supplier.pk).update(is_active=True)
    actions.revoke_token(token, by=cast.supplier)
    assert not ApiToken.objects.matching(secret).exists()


def test_nobody_revokes_another_ones_token(cast):
    token, _secret = actions.create_token(name="연계", by=cast.supplier)
    with pytest.raises(PermissionDenied):
        actions.revoke_token(token, by=cast.adopter)


def test_the_last_use_is_noted_once_a_minute(cast, django_assert_num_queries):
    token, _secret = actions.create_token(name="연계", by=cast.supplier)
    actions.note_use(token)
    token.refresh_from_db()
    with django_assert_num_queries(0):
        actions.note_use(token)
