"""Webhooks: made, changed, paused, removed by those they belong to; secrets changed without losing anything."""

import datetime as dt
import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from council.core import clock
from council.core.errors import Refused
from council.integrations import actions, signing, subscribing
from council.integrations.actions import webhooks
from council.integrations.models import Delivery, Webhook
from council.journal.actions import record, seal
from council.journal.events import EVENTS
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.people import actions as people
from tests.integrations.hooks import PUBLIC, make, make_with_secret, tell
from tests.integrations.receiver import Reply

pytestmark = pytest.mark.django_db


def happen(cast) -> Entry:
    return record(Verb.RULES_REVISED, cast.council, by=cast.operator)


class TestMaking:
    def test_its_secret_is_given_once_and_kept_unreadable(self, cast):
        webhook, secret = make_with_secret(cast, PUBLIC)
        webhook.refresh_from_db()
        assert secret.startswith("whsec_")
        assert webhook.secrets() == [secret]
        assert secret.removeprefix("whsec_").encode() not in bytes(webhook.sealed)
        assert secret not in str(Entry.objects.get(verb=Verb.WEBHOOK_MADE).data)

    def test_a_secret_sealed_for_one_cannot_be_read_for_another(self, cast):
        one, other = make(cast), make(cast)
        with pytest.raises(signing.InvalidToken):
            signing.unseal(other.pk, bytes(one.sealed))

    def test_the_journal_keeps_the_host_not_the_address(self, cast):
        make(cast, "https://receiver.example.com/hook?key=private")
        assert Entry.objects.get(verb=Verb.WEBHOOK_MADE).data["host"] == "receiver.example.com"
        assert "private" not in str(Entry.objects.get(verb=Verb.WEBHOOK_MADE).data)

    @pytest.mark.parametrize("url", ["http://example.com/", "https://10.0.0.1/", "https://localhost/", "nonsense", ""])
    def test_a_private_or_plain_address_is_refused_at_once(self, cast, settings, url):
        settings.WEBHOOK_PRIVATE_NETWORKS = []
        with pytest.raises(ValidationError) as refused:
            make(cast, url)
        assert "url" in refused.value.message_dict

    @pytest.mark.parametrize(
        "events", [[], [" "], ["opinion"], ["*.*"], ["opinion.unknown"], ["ballot.vote_cast"], [".*"]]
    )
    def test_an_event_that_does_not_exist_or_is_told_nobody_is_refused(self, cast, events):
        with pytest.raises(ValidationError) as refused:
            make(cast, events=events)
        assert "events" in refused.value.message_dict

    def test_a_council_one_does_not_sit_on_is_refused(self, cast):
        for nobody in (cast.stranger, cast.expired, cast.operator):
            with pytest.raises(ValidationError) as refused:
                make(cast, by=nobody)
            assert "councils" in refused.value.message_dict
        with pytest.raises(ValidationError):
            make(cast, councils=[])

    def test_an_observer_may_be_told_too(self, cast):
        assert make(cast, by=cast.observer).user == cast.observer

    def test_there_is_a_limit(self, cast, monkeypatch):
        monkeypatch.setattr(webhooks, "MOST_PER_ACCOUNT", 1)
        make(cast)
        with pytest.raises(Refused):
            make(cast)

    def test_a_name_is_needed(self, cast):
        with pytest.raises(ValidationError) as refused:
            make(cast, name="")
        assert "name" in refused.value.message_dict


class TestSystems:
    @pytest.fixture
    def account(self, cast):
        return people.make_service_account(
            cast.council,
            name="업무 연계",
            purpose="장부에 옮겨 적는다.",
            organisation=cast.office,
            responsible=cast.officer,
            by=cast.secretary,
        )

    def test_those_who_look_after_a_system_make_its_webhooks(self, cast, account):
        webhook = make(cast, by=cast.officer, account=account)
        assert webhook.user == account.user
        for person in (cast.officer, cast.secretary, account.user):
            assert webhook in Webhook.objects.visible_to(person)
        assert webhook not in Webhook.objects.visible_to(cast.supplier)
        assert actions.pause_webhook(webhook, by=cast.secretary).state == "paused"

    def test_a_system_makes_its_own(self, cast, account):
        assert make(cast, by=account.user).user == account.user

    def test_others_make_none_for_it(self, cast, account):
        with pytest.raises(PermissionDenied):
            make(cast, by=cast.supplier, account=account)

    def test_a_system_that_is_switched_off_is_told_nothing_more(self, cast, account, receiver):
        make(cast, receiver.url, by=account.user)
        happen(cast)
        seal()
        actions.write_deliveries()
        people.disable_service_account(account, by=cast.secretary)
        happen(cast)
        tell()
        assert receiver.received == []


class TestPausing:
    def test_what_happens_meanwhile_waits(self, cast, receiver):
        webhook = make(cast, receiver.url)
        actions.pause_webhook(webhook, by=cast.supplier)
        happen(cast)
        tell()
        assert receiver.received == []
        actions.resume_webhook(webhook, by=cast.supplier)
        tell()
        assert len(receiver.received) == 1

    def test_or_is_left_out(self, cast, receiver):
        webhook = make(cast, receiver.url)
        happen(cast)
        seal()
        actions.write_deliveries()
        actions.pause_webhook(webhook, by=cast.supplier)
        happen(cast)
        seal()
        actions.resume_webhook(webhook, by=cast.supplier, catch_up=False)
        happen(cast)
        tell()
        assert len(receiver.received) == 1

    def test_one_that_was_switched_off_begins_anew(self, cast, receiver):
        webhook = make(cast, receiver.url)
        receiver.answer = lambda received: Reply(410 if len(receiver.received) == 1 else 204)
        happen(cast)
        tell()
        actions.resume_webhook(webhook, by=cast.supplier)
        webhook.refresh_from_db()
        assert (webhook.state, webhook.why, webhook.failures) == ("active", "", 0)
        with clock.at(clock.now() + dt.timedelta(seconds=10)):
            tell()
        assert Delivery.objects.get().state == "delivered"

    def test_nothing_is_done_twice(self, cast):
        webhook = make(cast)
        with pytest.raises(Refused):
            actions.resume_webhook(webhook, by=cast.supplier)
        actions.pause_webhook(webhook, by=cast.supplier)
        with pytest.raises(Refused):
            actions.pause_webhook(webhook, by=cast.supplier)


class TestSecrets:
    def test_for_a_day_both_sign(self, cast, receiver):
        webhook, old = make_with_secret(cast, receiver.url)
        webhook, new = actions.rotate_secret(webhook, by=cast.supplier)
        happen(cast)
        tell()
        [received] = receiver.received
        for secret in (old, new):
            Verifier(secret).verify(received.body, received.headers)
        assert webhook.has_two_secrets
        with clock.at(clock.now() + dt.timedelta(hours=25)):
            assert webhook.secrets() == [new]

    def test_the_old_one_can_be_ended_sooner(self, cast, receiver):
        webhook, old = make_with_secret(cast, receiver.url)
        webhook, new = actions.rotate_secret(webhook, by=cast.supplier)
        webhook = actions.end_old_secret(webhook, by=cast.supplier)
        happen(cast)
        tell()
        [received] = receiver.received
        Verifier(new).verify(received.body, received.headers)
        with pytest.raises(WebhookVerificationError):
            Verifier(old).verify(received.body, received.headers)
        with pytest.raises(Refused):
            actions.end_old_secret(webhook, by=cast.supplier)

    def test_changing_twice_in_a_day_keeps_the_last_two(self, cast):
        webhook, _first = make_with_secret(cast, PUBLIC)
        _webhook, second = actions.rotate_secret(webhook, by=cast.supplier)
        webhook, third = actions.rotate_secret(webhook, by=cast.supplier)
        assert webhook.secrets() == [third, second]

    def test_our_signature_is_that_of_the_reference(self, cast):
        secret = signing.new_secret()
        at = dt.datetime.now(dt.UTC)
        ours = signing.signature([secret], "msg_1", at, '{"a":"가"}'.encode())
        assert ours == Verifier(secret).sign("msg_1", at, '{"a":"가"}')

    def test_the_published_example_of_the_specification(self):
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        at = dt.datetime.fromtimestamp(1614265330, dt.UTC)
        ours = signing.signature([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
        assert ours == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


class TestTesting:
    def test_a_test_says_nothing_and_is_sent_once_even_while_paused(self, cast, receiver):
        webhook, secret = make_with_secret(cast, receiver.url)
        actions.pause_webhook(webhook, by=cast.supplier)
        receiver.answer = lambda received: Reply(500)
        delivery = actions.send_test(webhook, by=cast.supplier)
        with pytest.raises(Refused):
            actions.send_test(webhook, by=cast.supplier)
        tell()
        [received] = receiver.received
        assert Verifier(secret).verify(received.body, received.headers)["type"] == "webhook.test"
        delivery.refresh_from_db()
        webhook.refresh_from_db()
        assert (delivery.state, webhook.failures) == ("failed", 0)
        actions.send_test(webhook, by=cast.supplier)

    def test_a_test_that_is_taken_ends_a_rest(self, cast, receiver):
        webhook = make(cast, receiver.url)
        receiver.answer = lambda received: Reply(500 if len(receiver.received) == 1 else 204)
        happen(cast)
        tell()
        actions.send_test(webhook, by=cast.supplier)
        tell()
        webhook.refresh_from_db()
        assert (webhook.failures, webhook.rests_until) == (0, None)


def test_changing_it_says_what_changed(cast):
    webhook = make(cast)
    actions.revise_webhook(webhook, url="https://other.example.com/", events=["opinion.*"], by=cast.supplier)
    assert Entry.objects.get(verb=Verb.WEBHOOK_REVISED).data["fields"] == ["url", "events"]
    with pytest.raises(ValidationError):
        actions.revise_webhook(webhook, url="https://127.0.0.1@/", by=cast.supplier)


def test_a_change_of_nothing_is_not_written_down(cast):
    webhook = make(cast)
    actions.revise_webhook(webhook, name=webhook.name, councils=[cast.council], by=cast.supplier)
    assert not Entry.objects.filter(verb=Verb.WEBHOOK_REVISED).exists()


def test_removing_it_removes_its_deliveries(cast, receiver):
    webhook = make(cast, receiver.url)
    happen(cast)
    tell()
    actions.remove_webhook(webhook, by=cast.supplier)
    assert not Delivery.objects.exists()
    happen(cast)
    tell()
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    "verb",
    [
        actions.pause_webhook,
        actions.resume_webhook,
        actions.revise_webhook,
        actions.rotate_secret,
        actions.end_old_secret,
        actions.send_test,
        actions.remove_webhook,
    ],
    ids=lambda verb: verb.__name__,
)
def test_nobody_else_does_anything_with_it(cast, verb):
    webhook = make(cast)
    for other in (cast.secretary, cast.adopter, cast.operator, cast.stranger):
        with pytest.raises(PermissionDenied):
            verb(webhook, by=other)
        assert webhook not in Webhook.objects.visible_to(other)


class TestPatterns:
    def test_what_they_cover(self):
        assert set(subscribing.verbs_of(["*"])) == set(EVENTS)
        assert subscribing.verbs_of(["opinion.submitted"]) == [Verb.OPINION_SUBMITTED]
        covered = subscribing.verbs_of(["opinion.*"])
        assert Verb.OPINION_SUBMITTED in covered
        assert all(verb.startswith("opinion.") for verb in covered)

    def test_repeats_and_spaces_go(self):
        assert subscribing.checked([" opinion.*", "opinion.*", "*"]) == ["opinion.*", "*"]


def test_writing_for_a_large_journal_takes_one_statement_for_each_webhook(cast, django_assert_max_num_queries):
    make(cast)
    for _ in range(300):
        happen(cast)
    seal()
    began = time.monotonic()
    with django_assert_max_num_queries(12):
        assert actions.write_deliveries() == 300
    assert time.monotonic() - began < 5
