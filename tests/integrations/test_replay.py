"""Sending again what was sent, given up, or never told; and forgetting it in the end."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.integrations import actions
from council.journal.actions import seal
from tests.integrations.hooks import happen, later, make, tell

pytestmark = pytest.mark.django_db


class TestReplay:
    def test_one_delivery_again_under_the_same_id(self, cast, receiver):
        webhook = make(cast, receiver.url)
        happen(cast)
        tell()
        delivery = webhook.deliveries.get()
        actions.replay(delivery, by=cast.supplier)
        tell()
        assert len(receiver.received) == 2
        assert len(set(receiver.ids())) == 1
        assert delivery.attempts.count() == 2

    def test_what_is_on_its_way_cannot_be_replayed(self, cast, receiver):
        webhook = make(cast, receiver.url)
        happen(cast)
        seal()
        actions.write_deliveries()
        with pytest.raises(Refused):
            actions.replay(webhook.deliveries.get(), by=cast.supplier)

    def test_all_that_was_given_up(self, cast, receiver):
        webhook = make(cast, receiver.url)
        happen(cast, 3)
        tell()
        webhook.deliveries.filter(pk__in=webhook.deliveries.all()[:2]).update(state="failed")
        assert actions.replay_failed(webhook, by=cast.supplier) == 2
        tell()
        assert len(receiver.received) == 5

    def test_everything_since_a_moment_with_what_it_was_never_told(self, cast, receiver):
        with clock.at(clock.now() - dt.timedelta(days=2)):
            happen(cast)
        before, _known = happen(cast), happen(cast)
        webhook = make(cast, receiver.url, events=["council.rules_revised"])
        happen(cast)
        tell()
        assert len(receiver.received) == 1
        assert actions.replay_since(webhook, since=before[0].at, by=cast.supplier) == 3
        tell()
        assert len(receiver.received) == 4
        assert len(set(receiver.ids())) == 3

    @pytest.mark.parametrize("days", [-31, 1])
    def test_since_is_a_moment_of_the_last_thirty_days(self, cast, days):
        with pytest.raises(ValidationError):
            actions.replay_since(make(cast), since=clock.now() + dt.timedelta(days=days), by=cast.supplier)

    def test_another_account_replays_nothing(self, cast, receiver):
        webhook = make(cast, receiver.url)
        happen(cast)
        tell()
        delivery = webhook.deliveries.get()
        for verb in (
            lambda: actions.replay(delivery, by=cast.adopter),
            lambda: actions.replay_failed(webhook, by=cast.adopter),
            lambda: actions.replay_since(webhook, since=clock.now(), by=cast.adopter),
        ):
            with pytest.raises(PermissionDenied):
                verb()


def test_what_ended_long_ago_is_forgotten(cast, receiver):
    webhook = make(cast, receiver.url)
    happen(cast, 2)
    tell()
    with later(days=31):
        assert actions.forget_deliveries(limit=1) == 1
        assert actions.forget_deliveries() == 1
    assert not webhook.deliveries.exists()
    tell()
    assert len(receiver.received) == 2
