"""Deliveries: each event once, signed, to those who may hear of it; again when it failed; never without end."""

import datetime as dt
import json
from email.utils import format_datetime

import pytest
from django.db import connection
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from council.core import clock
from council.decisions import actions as decisions
from council.integrations import actions, outgoing
from council.integrations.actions import deliveries
from council.integrations.models import Attempt, Delivery, Webhook
from council.journal.actions import record, seal
from council.journal.feed import Place
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.opinions import actions as opinions
from council.people import actions as people
from tests.decisions import records
from tests.integrations.hooks import happen, later, make, make_with_secret, tell
from tests.integrations.receiver import Receiver, Reply

pytestmark = pytest.mark.django_db


def types(receiver: Receiver) -> list[str]:
    return [json.loads(received.body)["type"] for received in receiver.received]


class TestWhatIsSent:
    def test_an_event_arrives_thin_and_signed(self, cast, receiver):
        _webhook, secret = make_with_secret(cast, receiver.url)
        meeting = cast.meeting()
        tell()
        [received] = [each for each in receiver.received if b"meeting.convened" in each.body]
        payload = Verifier(secret).verify(received.body, received.headers)
        entry = Entry.objects.get(verb=Verb.MEETING_CONVENED)
        assert payload == {
            "type": "meeting.convened",
            "timestamp": entry.at.isoformat(),
            "version": 1,
            "data": {
                "event": "meeting.convened",
                "noun": "meetings",
                "id": str(meeting.pk),
                "url": f"http://localhost:8000/api/v1/meetings/{meeting.pk}/",
                "council": str(cast.council.pk),
                "organisation": None,
                "gone": False,
                "at": entry.at.isoformat(),
                "cursor": payload["data"]["cursor"],
            },
        }
        assert Place.of(payload["data"]["cursor"]) == Place(entry.seal_id, 0, entry.pk)
        assert received.headers["content-type"] == "application/json"

    def test_a_changed_body_id_or_time_does_not_verify(self, cast, receiver):
        _webhook, secret = make_with_secret(cast, receiver.url)
        happen(cast)
        tell()
        [received] = receiver.received
        for change in ({"webhook-id": "msg_other"}, {"webhook-timestamp": "1"}, {"webhook-signature": "v1,AAAA"}):
            with pytest.raises(WebhookVerificationError):
                Verifier(secret).verify(received.body, received.headers | change)
        with pytest.raises(WebhookVerificationError):
            Verifier(secret).verify(received.body + b" ", received.headers)

    def test_what_the_account_may_not_see_is_not_sent_and_leaves_no_trace(self, cast, receiver):
        make(cast, receiver.url, by=cast.adopter)
        consultation = cast.consultation()
        secret = cast.submitted(consultation, audience="confidential")
        tell()
        assert not [each for each in receiver.received if str(secret.pk).encode() in each.body]
        assert not Delivery.objects.filter(entry__target_id=secret.pk).exists()
        assert "consultation.opened" in types(receiver)

    def test_whether_it_may_be_seen_is_asked_when_it_is_sent(self, cast, receiver):
        webhook = make(cast, receiver.url, by=cast.adopter)
        cast.meeting()
        seal()
        actions.write_deliveries()
        cast.membership(cast.adopter)
        cast.adopter.memberships.update(ends_on=cast.today - dt.timedelta(days=1))
        while actions.deliver():
            pass
        assert receiver.received == []
        assert not webhook.deliveries.exists()

    def test_what_only_officers_are_told_goes_to_officers_alone(self, cast, receiver):
        member = make(cast, f"{receiver.url}/member")
        officer = make(cast, f"{receiver.url}/officer", by=cast.secretary)
        opinion = cast.submitted(cast.consultation(), by=cast.adopter)
        opinions.report(opinion, reason="광고입니다.", by=cast.tp)
        tell()
        reported = [each.path for each in receiver.received if b"opinion.reported" in each.body]
        assert reported == ["/hook/officer"]
        assert member.deliveries.exists()
        assert officer.deliveries.exists()

    def test_nobody_is_told_who_voted(self, cast, receiver):
        make(cast, receiver.url, by=cast.secretary)
        record(Verb.VOTE_CAST, cast.council, by=cast.supplier)
        tell()
        assert receiver.received == []

    def test_only_the_events_asked_for_are_sent(self, cast, receiver):
        make(cast, receiver.url, events=["meeting.*", "council.rules_revised"])
        happen(cast)
        cast.consultation()
        cast.meeting()
        tell()
        assert "council.rules_revised" in types(receiver)
        assert "meeting.convened" in types(receiver)
        assert not [name for name in types(receiver) if name.startswith("consultation.")]

    def test_other_councils_are_not_told_of(self, cast, receiver):
        other = people.establish_council(by=cast.operator, name="다른 협의체", operator=cast.ministry)
        make(cast, receiver.url)
        record(Verb.RULES_REVISED, other, by=cast.operator)
        tell()
        assert receiver.received == []

    def test_a_secret_that_cannot_be_read_fails_with_a_sentence(self, cast, receiver, settings):
        webhook = make(cast, receiver.url)
        happen(cast)
        settings.SECRET_KEY = "another" * 10
        tell()
        assert receiver.received == []
        [attempt] = Attempt.objects.filter(delivery__webhook=webhook)
        assert attempt.status is None
        assert attempt.error

    def test_an_old_key_of_the_site_among_the_fallbacks_reads_it(self, cast, receiver, settings):
        make(cast, receiver.url)
        happen(cast)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]
        tell()
        assert len(receiver.received) == 1

    def test_what_is_to_be_read_is_what_the_api_has(self, cast, receiver):
        """An annex has no address of its own: it stands in the minutes."""
        make(cast, receiver.url, by=cast.secretary, events=["minutes.annex_added"])
        minutes = records.approved(cast)
        decisions.add_annex(minutes, text="서명 시각을 바로잡는다.", reason="오기", by=cast.secretary)
        tell()
        [received] = receiver.received
        assert json.loads(received.body)["data"]["id"] == str(minutes.pk)


class TestEachOnce:
    def test_running_again_sends_nothing_again(self, cast, receiver):
        make(cast, receiver.url)
        happen(cast, 3)
        tell()
        tell()
        assert len(receiver.received) == len(set(receiver.ids())) == 3

    def test_they_come_in_the_order_of_the_journal(self, cast, receiver):
        make(cast, receiver.url)
        entries = [entry.at.isoformat() for entry in happen(cast, 30)]
        tell()
        assert [json.loads(each.body)["timestamp"] for each in receiver.received] == entries
        ids = list(Delivery.objects.order_by("id").values_list("entry", flat=True))
        assert ids == sorted(ids)
        assert {pk.version for pk in Delivery.objects.values_list("pk", flat=True)} == {7}

    def test_what_commits_late_with_a_low_id_is_not_missed(self, cast, receiver):
        make(cast, receiver.url)
        late, _early = happen(cast, 2)
        with connection.cursor() as cursor:  # as if its transaction had not been committed when the other was sealed
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE journal_entry SET seal_id = NULL WHERE id = %s", [late.pk])
            cursor.execute(
                "WITH s AS (INSERT INTO journal_seal (sealed_at, entries, digest) VALUES (now(), 1, '') RETURNING id) "
                "UPDATE journal_entry SET seal_id = s.id FROM s WHERE journal_entry.seal_id IS NULL AND "
                "journal_entry.id <> %s",
                [late.pk],
            )
            cursor.execute("SET LOCAL session_replication_role = origin")
        while actions.write_deliveries():
            pass
        assert Delivery.objects.count() == 1
        tell()
        assert len(receiver.received) == 2

    def test_what_happened_before_the_webhook_is_not_sent(self, cast, receiver):
        happen(cast)
        make(cast, receiver.url)
        tell()
        assert receiver.received == []

    def test_a_journal_far_ahead_is_caught_up_with_piece_by_piece(self, cast, receiver, monkeypatch):
        monkeypatch.setattr(deliveries, "SEALS_AT_ONCE", 2)
        make(cast, receiver.url)
        for _ in range(5):
            happen(cast)
            seal()
        assert [actions.write_deliveries() for _ in range(4)] == [2, 2, 1, 0]

    def test_two_webhooks_of_one_account_are_told_each(self, cast, receiver):
        make(cast, f"{receiver.url}/a")
        make(cast, f"{receiver.url}/b")
        happen(cast)
        tell()
        assert sorted(each.path for each in receiver.received) == ["/hook/a", "/hook/b"]
        assert len(set(receiver.ids())) == 2


class TestAgainAfterFailure:
    def test_the_schedule_is_that_of_the_specification_with_some_jitter(self, cast, receiver):
        webhook = make(cast, receiver.url)
        receiver.answer = lambda received: Reply(500, b"broken")
        happen(cast)
        tell()
        moment, pauses = clock.now(), []
        for _ in range(9):
            [delivery] = webhook.deliveries.all()
            pauses.append((delivery.due_at - moment).total_seconds())
            moment = delivery.due_at + dt.timedelta(seconds=1)
            with clock.at(moment):
                Webhook.objects.update(rests_until=None, failing_since=moment)  # it took other events meanwhile
                tell()
        hours = [0, 0, 0.5, 2, 5, 10, 14, 20, 24]
        for pause, least in zip(pauses, [5, 300, *[hour * 3600 for hour in hours[2:]]], strict=True):
            assert least - 1 <= pause <= least * 1.2 + 1
        delivery.refresh_from_db()
        assert (delivery.state, delivery.tries, len(receiver.received)) == ("failed", 10, 10)
        assert len(set(receiver.ids())) == 1
        assert [attempt.status for attempt in delivery.attempts.all()] == [500] * 10
        assert delivery.attempts.first().answer == "broken"

    def test_each_attempt_is_signed_with_its_own_time(self, cast, receiver):
        _webhook, secret = make_with_secret(cast, receiver.url)
        receiver.answer = lambda received: Reply(500 if len(receiver.received) == 1 else 204)
        happen(cast)
        tell()
        with later(seconds=10):
            tell()
        first, second = receiver.received
        assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
        for received in (first, second):
            Verifier(secret).verify(received.body, received.headers)

    def test_retry_after_is_honoured(self, cast, receiver):
        webhook = make(cast, receiver.url)
        receiver.answer = lambda received: Reply(429, b"", {"Retry-After": "7200"})
        happen(cast, 2)
        tell()
        webhook.refresh_from_db()
        assert webhook.rests_until - clock.now() > dt.timedelta(minutes=119)
        with later(minutes=100):
            tell()
        assert len(receiver.received) == 1
        with later(minutes=125):
            tell()
        assert len(receiver.received) == 2

    @pytest.mark.parametrize(
        ("wish", "seconds"),
        [
            ("120", 120),
            (format_datetime(dt.datetime(2026, 1, 1, 12, 5, tzinfo=dt.UTC), usegmt=True), 300),
            (format_datetime(dt.datetime(2025, 1, 1, tzinfo=dt.UTC), usegmt=True), 0),
            ("99999999999999999999", 0),
            ("86401", 86400),
            ("soon", 0),
            ("-5", 0),
            ("", 0),
        ],
    )
    def test_what_retry_after_may_say(self, wish, seconds):
        now = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
        assert deliveries._retry_after({"retry-after": wish}, now).total_seconds() == seconds

    def test_gone_for_good_switches_off_at_once_and_is_written_down(self, cast, receiver):
        webhook = make(cast, receiver.url)
        receiver.answer = lambda received: Reply(410)
        happen(cast, 3)
        tell()
        webhook.refresh_from_db()
        assert (webhook.state, webhook.why, len(receiver.received)) == ("disabled", "gone", 1)
        assert Entry.objects.get(verb=Verb.WEBHOOK_DISABLED).data["why"] == "gone"

    def test_days_without_success_switch_off(self, cast, receiver):
        webhook = make(cast, receiver.url)
        receiver.answer = lambda received: Reply(503)
        happen(cast)
        tell()
        for hours in (24, 71, 73):
            happen(cast)
            with later(hours=hours):
                tell()
            webhook.refresh_from_db()
            assert webhook.state == ("active" if hours < 72 else "disabled")
        assert webhook.why == "down"
        sent = len(receiver.received)
        with later(days=10):
            tell()
        assert len(receiver.received) == sent

    def test_one_success_begins_the_count_anew(self, cast, receiver):
        webhook = make(cast, receiver.url)
        receiver.answer = lambda received: Reply(500 if len(receiver.received) < 3 else 204)
        happen(cast)
        tell()
        with later(minutes=1):
            tell()
        with later(days=1):
            tell()
        webhook.refresh_from_db()
        assert (webhook.failures, webhook.failing_since, webhook.rests_until) == (0, None, None)

    def test_a_redirect_is_a_failure(self, cast, receiver):
        make(cast, receiver.url)
        receiver.answer = lambda received: Reply(302, b"", {"Location": "http://127.0.0.1:1/"})
        happen(cast)
        tell()
        assert Attempt.objects.get().status == 302
        assert not Attempt.objects.get().is_success

    def test_nobody_there_is_a_failure_with_a_reason(self, cast, receiver):
        make(cast, "http://127.0.0.1:9/hook")
        happen(cast)
        tell()
        assert "ConnectionRefused" in Attempt.objects.get().error

    def test_an_address_that_turned_private_is_not_reached(self, cast, receiver, settings):
        make(cast, receiver.url)
        settings.WEBHOOK_PRIVATE_NETWORKS = []
        happen(cast)
        tell()
        assert receiver.received == []
        assert Attempt.objects.get().error

    def test_what_it_answers_is_kept_bounded_and_readable(self, cast, receiver):
        make(cast, receiver.url)
        receiver.answer = lambda received: Reply(200, b"\x00\xff" + "고맙습니다".encode() * 1000)
        happen(cast)
        tell()
        answer = Attempt.objects.get().answer
        assert len(answer) == Attempt.EXCERPT
        assert "고맙습니다" in answer
        assert "\x00" not in answer


class TestFairness:
    def test_one_poisonous_event_does_not_hold_up_the_others(self, cast, receiver):
        make(cast, receiver.url)
        bad, *_good = happen(cast, 4)
        poison = bad.at.isoformat().encode()
        receiver.answer = lambda received: Reply(500 if poison in received.body else 204)
        tell()
        with later(seconds=6):
            tell()
        delivered = Delivery.objects.filter(state="delivered").count()
        assert delivered == 3
        assert Delivery.objects.get(entry=bad).state == "waiting"

    def test_one_that_cannot_be_written_steps_aside(self, cast, receiver, monkeypatch):
        make(cast, receiver.url)
        bad, _good = happen(cast, 2)
        real = deliveries.telling.told

        def told(entry: Entry, user: object) -> object:
            if entry == bad:
                raise RuntimeError("broken")
            return real(entry, user)

        monkeypatch.setattr(deliveries.telling, "told", told)
        tell()
        with later(seconds=6):
            tell()
        assert [delivery.state for delivery in Delivery.objects.order_by("entry")] == ["waiting", "delivered"]

    def test_a_webhook_that_is_down_is_asked_seldom_and_the_healthy_first(self, cast, receiver):
        down = make(cast, f"{receiver.url}/down")
        up = make(cast, f"{receiver.url}/up")
        receiver.answer = lambda received: Reply(500 if received.path.endswith("down") else 204)
        happen(cast, 5)
        tell()
        assert sum(each.path.endswith("up") for each in receiver.received) == 5
        assert sum(each.path.endswith("down") for each in receiver.received) == 1
        happen(cast)
        with later(minutes=1):
            seal()
            actions.write_deliveries()
            assert list(Webhook.objects.with_work()) == [up, down]

    def test_its_turn_ends_so_that_others_get_theirs(self, cast, receiver):
        make(cast, f"{receiver.url}/a")
        make(cast, f"{receiver.url}/b")
        happen(cast, deliveries.TURN + 5)
        seal()
        actions.write_deliveries()
        assert actions.deliver() == 2 * deliveries.TURN
        assert actions.deliver() == 10


def test_the_outgoing_client_waits_no_longer_than_the_specification_recommends():
    assert 15 <= outgoing.TOTAL_SECONDS <= 30
