"""Answers kept for requests that come twice: found and opened with the account and the key alone."""

import pytest
from django.db import connection, transaction

from council.integrations import actions
from council.integrations.models import KeptAnswer
from tests.api.at_once import at_once

ANSWER = {"asked": "…", "status": 201, "headers": {}, "data": {"secret": "council_비밀"}}


def test_an_answer_is_found_under_its_account_and_key_alone(cast):
    actions.keep(cast.supplier, "a key", ANSWER)

    assert actions.recall(cast.supplier, "a key") == ANSWER
    assert actions.recall(cast.supplier, "another key") is None
    assert actions.recall(cast.adopter, "a key") is None


def test_no_column_shows_key_or_answer(cast):
    actions.keep(cast.supplier, "a key", ANSWER)

    shown = str(KeptAnswer.objects.values().get())
    assert "a key" not in shown
    assert "secret" not in shown


def test_what_was_kept_under_another_secret_of_the_site_is_forgotten(cast, settings):
    actions.keep(cast.supplier, "a key", ANSWER)
    settings.SECRET_KEY = "another one of the site, as long as it takes " * 2

    assert actions.recall(cast.supplier, "a key") is None


@pytest.mark.django_db(transaction=True)
def test_of_several_who_claim_a_key_one_has_it_until_its_transaction_ends(cast):
    def claim():
        with transaction.atomic():
            return actions.claim(cast.supplier, "a key")

    with transaction.atomic():
        assert actions.claim(cast.supplier, "a key")
        assert at_once(claim, claim) == [False, False]
        assert at_once(lambda: _claims(cast.adopter)) == [True]
    assert at_once(claim) == [True]
    connection.close()


def _claims(account) -> bool:
    with transaction.atomic():
        return actions.claim(account, "a key")
