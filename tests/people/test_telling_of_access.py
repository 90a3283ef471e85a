"""Who hears of tokens, clients and systems."""

import datetime as dt

import pytest

from council.core import clock
from council.journal.verbs import Verb
from council.notifications import actions
from council.notifications.models import Notification
from council.people import actions as people
from council.people.models import User
from tests.people.systems import client_of, system, token_of


def told(verb: Verb, channel: str = "screen") -> set[User]:
    """Who was told of what just happened."""
    while actions.dispatch():
        pass
    return {n.recipient for n in Notification.objects.filter(entry__verb=verb, channel=channel)}


@pytest.mark.parametrize("channel", ["screen", "mail"])
def test_whose_token_ends_is_told_in_time(cast, channel):
    token, _secret = people.create_token(name="거울", by=cast.supplier)
    with clock.at(token.expires_at - dt.timedelta(days=13)):
        people.announce_ends()
        assert told(Verb.TOKEN_END_ANNOUNCED, channel) == {cast.supplier}


def test_who_answers_for_a_system_hears_of_its_tokens(cast):
    token, _secret = token_of(cast)
    assert told(Verb.TOKEN_CREATED) == {cast.supplier}
    with clock.at(token.expires_at - dt.timedelta(days=13)):
        people.announce_ends()
        assert told(Verb.TOKEN_END_ANNOUNCED) == {cast.supplier}


def test_who_answers_for_a_system_hears_of_its_clients_and_its_end(cast):
    account = system(cast)
    client, _secret = client_of(cast, account=account)
    people.renew_secret(client, by=cast.secretary)
    people.change_service_account(account, purpose="다른 일을 합니다.", by=cast.secretary)
    people.disable_service_account(account, by=cast.secretary)
    heard = (
        Verb.SERVICE_ACCOUNT_MADE,
        Verb.CLIENT_MADE,
        Verb.CLIENT_SECRET_RENEWED,
        Verb.SERVICE_ACCOUNT_CHANGED,
        Verb.SERVICE_ACCOUNT_DISABLED,
    )
    assert {verb: told(verb) for verb in heard} == {verb: {cast.supplier} for verb in heard}
