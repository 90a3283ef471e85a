"""Webhooks over the API: each verb by who may, by who may not, and with wrong input."""

import datetime as dt

import pytest
from standardwebhooks import Webhook as Verifier

from council.core import clock
from council.integrations import actions
from council.integrations.models import Delivery, Webhook
from council.journal.actions import record
from council.journal.verbs import Verb
from council.people import actions as people
from tests.api.checking import INVALID, NOT_FOUND, REFUSED, check, errors, ids, rows
from tests.integrations.conftest import receiver  # noqa: F401 - a fixture
from tests.integrations.hooks import PUBLIC, tell
from tests.integrations.receiver import Receiver, Reply

pytestmark = pytest.mark.django_db

LIST, DELIVERIES = "/api/v1/webhooks/", "/api/v1/webhook-deliveries/"


def sent(cast, url: str = PUBLIC, **fields: object) -> dict[str, object]:
    return {"name": "업무 시스템", "url": url, "councils": [str(cast.council.pk)], **fields}


def happen(cast) -> None:
    record(Verb.RULES_REVISED, cast.council, by=cast.operator)


def test_one_is_made_read_changed_and_removed(cast, call):
    supplier, other = call(cast.supplier), call(cast.secretary)
    made = check(supplier.post(LIST, sent(cast, events=["opinion.*", "meeting.convened"])), 201)
    assert made["secret"].startswith("whsec_")
    assert (made["state"], made["events"], made["owner"]["id"]) == (
        "active",
        ["opinion.*", "meeting.convened"],
        str(cast.supplier.pk),
    )
    address = f"{LIST}{made['id']}/"
    read = check(supplier.get(address), 200)
    assert "secret" not in read
    assert ids(supplier.get(LIST)) == [made["id"]]
    assert ids(other.get(LIST)) == []
    for answer in (other.get(address), other.patch(address, {"name": "x"}), other.delete(address)):
        check(answer, NOT_FOUND)
    changed = check(supplier.patch(address, {"url": "https://other.example.com/", "events": ["*"]}), 200)
    assert (changed["url"], changed["events"], changed["name"]) == ("https://other.example.com/", ["*"], "업무 시스템")
    check(supplier.delete(address), 204)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://example.com/"}, "url"),
        ({"url": "https://169.254.169.254/latest/"}, "url"),
        ({"url": ""}, "url"),
        ({"events": []}, "events"),
        ({"events": ["opinion.unknown"]}, "events"),
        ({"events": "*"}, "events"),
        ({"councils": []}, "councils"),
        ({"councils": ["00000000-0000-7000-8000-000000000000"]}, "councils"),
        ({"name": ""}, "name"),
        ({"secret": "whsec_"}, "secret"),
    ],
)
def test_wrong_input_is_named(cast, call, settings, wrong, field):
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    assert errors(call(cast.supplier).post(LIST, sent(cast, **wrong))) == [field]


def test_who_sits_nowhere_is_told_of_nothing(cast, call):
    assert errors(call(cast.stranger).post(LIST, sent(cast))) == ["councils"]


def test_one_for_a_system(cast, call):
    account = people.make_service_account(
        cast.council, name="연계", purpose="장부", organisation=cast.office, responsible=cast.officer, by=cast.secretary
    )
    made = check(call(cast.secretary).post(LIST, sent(cast, account=str(account.pk))), 201)
    assert made["owner"]["id"] == str(account.user.pk)
    assert ids(call(cast.officer).get(LIST)) == [made["id"]]
    assert errors(call(cast.supplier).post(LIST, sent(cast, account=str(account.pk)))) == ["account"]


def test_pausing_and_resuming(cast, call):
    supplier = call(cast.supplier)
    address = f"{LIST}{check(supplier.post(LIST, sent(cast)), 201)['id']}/"
    check(supplier.post(f"{address}resume/"), REFUSED)
    assert check(supplier.post(f"{address}pause/"), 200)["state"] == "paused"
    check(supplier.post(f"{address}pause/"), REFUSED)
    check(supplier.post(f"{address}resume/", {"catch_up": "perhaps"}), INVALID)
    assert check(supplier.post(f"{address}resume/", {"catch_up": False}), 200)["state"] == "active"


def test_changing_the_secret(cast, call):
    supplier = call(cast.supplier)
    made = check(supplier.post(LIST, sent(cast)), 201)
    address = f"{LIST}{made['id']}/"
    check(supplier.post(f"{address}end-old-secret/"), REFUSED)
    rotated = check(supplier.post(f"{address}rotate-secret/"), 200)
    assert rotated["secret"] != made["secret"]
    assert rotated["overlap_until"]
    assert check(supplier.post(f"{address}end-old-secret/"), 200)["overlap_until"] is None


def test_deliveries_are_read_and_replayed(cast, call, receiver: Receiver):  # noqa: F811 - the fixture
    supplier = call(cast.supplier)
    made = check(supplier.post(LIST, sent(cast, receiver.url, events=["council.rules_revised"])), 201)
    receiver.answer = lambda received: Reply(500, b"not now") if len(receiver.received) == 1 else Reply()
    happen(cast)
    tell()
    [waiting] = rows(supplier.get(f"{DELIVERIES}?state=waiting&webhook={made['id']}"))
    [attempt] = waiting["attempts"]
    assert (waiting["event"], attempt["status"], attempt["answer"]) == ("council.rules_revised", 500, "not now")
    address = f"{DELIVERIES}{waiting['id']}/"
    check(call(cast.adopter).get(address), NOT_FOUND)
    check(call(cast.adopter).post(f"{address}replay/"), NOT_FOUND)
    check(supplier.post(f"{address}replay/"), REFUSED)
    with clock.at(clock.now() + dt.timedelta(seconds=10)):
        tell()
    delivered = check(supplier.get(address), 200)
    assert (delivered["state"], len(delivered["attempts"])) == ("delivered", 2)
    assert check(supplier.post(f"{address}replay/"), 200)["state"] == "waiting"
    tell()
    assert set(receiver.ids()) == {delivered["message"]}
    Verifier(made["secret"]).verify(receiver.received[-1].body, receiver.received[-1].headers)

    hook = f"{LIST}{made['id']}/"
    Delivery.objects.update(state="failed")
    assert check(supplier.post(f"{hook}replay-failed/"), 200) == {"replayed": 1}
    tell()
    since = (clock.now() - dt.timedelta(hours=1)).isoformat()
    assert check(supplier.post(f"{hook}replay-since/", {"since": since}), 200) == {"replayed": 1}
    assert errors(supplier.post(f"{hook}replay-since/", {"since": "2001-01-01T00:00:00Z"})) == ["since"]
    assert errors(supplier.post(f"{hook}replay-since/", {})) == ["since"]


def test_a_test_event(cast, call, receiver: Receiver):  # noqa: F811 - the fixture
    supplier = call(cast.supplier)
    made = check(supplier.post(LIST, sent(cast, receiver.url)), 201)
    test = check(supplier.post(f"{LIST}{made['id']}/test/"), 201)
    assert (test["event"], test["state"]) == ("webhook.test", "waiting")
    check(supplier.post(f"{LIST}{made['id']}/test/"), REFUSED)
    tell()
    assert check(supplier.get(f"{DELIVERIES}{test['id']}/"), 200)["state"] == "delivered"


def test_lists_narrow_down(cast, call):
    supplier = call(cast.supplier)
    made = check(supplier.post(LIST, sent(cast)), 201)
    assert ids(supplier.get(f"{LIST}?state=active&owner={cast.supplier.pk}")) == [made["id"]]
    assert ids(supplier.get(f"{LIST}?state=disabled")) == []
    assert errors(supplier.get(f"{LIST}?url=x")) == ["url"]


def test_reading_deliveries_costs_the_same_however_many_there_are(cast, call, receiver, django_assert_max_num_queries):  # noqa: F811 - the fixture
    supplier = call(cast.supplier)
    check(supplier.post(LIST, sent(cast, receiver.url)), 201)
    actions.make_webhook(url=receiver.url, name="둘째", councils=[cast.council], by=cast.supplier)
    for _ in range(5):
        happen(cast)
    tell()
    with django_assert_max_num_queries(12):
        assert len(ids(supplier.get(DELIVERIES))) == 10
    with django_assert_max_num_queries(12):
        assert len(ids(supplier.get(LIST))) == 2
