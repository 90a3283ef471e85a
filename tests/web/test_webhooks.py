"""The pages of webhooks: made, looked at, changed, paused, sent again."""

import datetime as dt

import pytest

from council.core import clock
from council.integrations import actions
from council.integrations.models import Delivery, Webhook
from council.journal.actions import record
from council.journal.verbs import Verb
from council.people import actions as people
from tests.integrations.conftest import receiver  # noqa: F401 - a fixture
from tests.integrations.hooks import PUBLIC, make, tell
from tests.integrations.receiver import Receiver, Reply

pytestmark = pytest.mark.django_db

LIST = "/webhooks/"


def answers(cast, **fields: object) -> dict[str, object]:
    return {"name": "업무 시스템", "url": PUBLIC, "councils": [cast.council.pk], "reach": "all", "events": "", **fields}


def test_the_secret_is_shown_once_and_never_again(cast, browse):
    browser = browse(cast.supplier)
    page = browser.post("/webhooks/add/", answers(cast))
    webhook = Webhook.objects.get()
    secret = page.context["secret"]
    assert webhook.secrets() == [secret]
    assert secret in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    for address in (LIST, webhook.get_absolute_url()):
        assert secret not in browser.get(address).content.decode()
    assert secret not in str(dict(browser.session))


def test_only_some_events(cast, browse):
    browser = browse(cast.supplier)
    browser.post("/webhooks/add/", answers(cast, reach="some", events="opinion.*\r\nmeeting.convened\r\n"))
    assert Webhook.objects.get().events == ["opinion.*", "meeting.convened"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"reach": "some", "events": "opinion.unknown"}, "events"),
        ({"reach": "some", "events": ""}, "events"),
        ({"councils": []}, "councils"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(cast, browse, settings, wrong, field):
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    page = browse(cast.supplier).post("/webhooks/add/", answers(cast, **wrong))
    assert list(page.context["form"].errors) == [field]
    assert not Webhook.objects.exists()


def test_who_sits_nowhere_finds_no_council_to_choose(cast, browse):
    page = browse(cast.stranger).post("/webhooks/add/", answers(cast))
    assert list(page.context["form"].errors) == ["councils"]
    assert "account" not in page.context["form"].fields


def test_one_in_the_name_of_a_system(cast, browse):
    account = people.make_service_account(
        cast.council, name="연계", purpose="장부", organisation=cast.office, responsible=cast.officer, by=cast.secretary
    )
    browse(cast.secretary).post("/webhooks/add/", answers(cast, account=account.pk))
    webhook = Webhook.objects.get()
    assert webhook.user == account.user
    assert "연계" in browse(cast.officer).get(LIST).content.decode()
    assert browse(cast.supplier).get(webhook.get_absolute_url()).status_code == 404


def test_other_people_find_nothing(cast, browse):
    webhook = make(cast)
    delivery = Delivery.objects.create(webhook=webhook, event="meeting.convened")
    for person in (cast.secretary, cast.operator, cast.stranger):
        browser = browse(person)
        assert webhook.name not in browser.get(LIST).content.decode()
        for address in (
            webhook.get_absolute_url(),
            f"{webhook.get_absolute_url()}revise/",
            delivery.get_absolute_url(),
        ):
            assert browser.get(address).status_code == 404
        for verb in ("pause", "resume", "remove", "secret", "secret/end", "test", "replay-failed", "replay-since"):
            assert browser.post(f"{webhook.get_absolute_url()}{verb}/").status_code == 404
        assert browser.post(f"{delivery.get_absolute_url()}replay/").status_code == 404
    webhook.refresh_from_db()
    assert webhook.state == "active"


def test_changing_pausing_resuming_removing(cast, browse):
    webhook = make(cast)
    browser, address = browse(cast.supplier), webhook.get_absolute_url()
    assert browser.get(f"{address}revise/").status_code == 200
    browser.post(f"{address}revise/", answers(cast, name="새 이름", url="https://new.example.com/"))
    webhook.refresh_from_db()
    assert (webhook.name, webhook.url) == ("새 이름", "https://new.example.com/")
    browser.post(f"{address}pause/")
    webhook.refresh_from_db()
    assert webhook.state == "paused"
    browser.post(f"{address}resume/", {"catch_up": "no"})
    webhook.refresh_from_db()
    assert webhook.state == "active"
    assert browser.post(f"{address}remove/").headers["Location"] == LIST
    assert not Webhook.objects.exists()


def test_a_new_secret_is_shown_once(cast, browse):
    webhook = make(cast)
    browser, address = browse(cast.supplier), webhook.get_absolute_url()
    page = browser.post(f"{address}secret/")
    webhook.refresh_from_db()
    assert webhook.secrets()[0] in page.content.decode()
    assert webhook.has_two_secrets
    browser.post(f"{address}secret/end/")
    webhook.refresh_from_db()
    assert len(webhook.secrets()) == 1
    assert page.context["secret"] not in browser.get(address).content.decode()


def test_deliveries_with_their_attempts_and_sending_again(cast, browse, receiver: Receiver):  # noqa: F811 - the fixture
    webhook = make(cast, receiver.url, events=["council.rules_revised"])
    receiver.answer = lambda received: Reply(500, b"<b>not now</b>") if len(receiver.received) == 1 else Reply()
    record(Verb.RULES_REVISED, cast.council, by=cast.operator)
    tell()
    browser, address = browse(cast.supplier), webhook.get_absolute_url()
    listed = browser.get(address).content.decode()
    assert "council.rules_revised" in listed
    assert "500" in listed
    delivery = Delivery.objects.get()
    shown = browser.get(delivery.get_absolute_url()).content.decode()
    assert "&lt;b&gt;not now&lt;/b&gt;" in shown
    with clock.at(clock.now() + dt.timedelta(seconds=10)):
        tell()
    assert list(browser.get(f"{address}?state=waiting").context["deliveries"].rows) == []
    assert list(browser.get(f"{address}?state=delivered").context["deliveries"].rows) == [delivery]
    browser.post(f"{delivery.get_absolute_url()}replay/")
    tell()
    Delivery.objects.update(state="failed")
    browser.post(f"{address}replay-failed/")
    tell()
    since = (clock.now() - dt.timedelta(hours=1)).astimezone(clock.SEOUL)
    browser.post(f"{address}replay-since/", {"since": since.strftime("%Y-%m-%dT%H:%M")})
    tell()
    assert len(receiver.received) == 5
    assert len(set(receiver.ids())) == 1
    wrong = browser.post(f"{address}replay-since/", {"since": "2001-01-01T00:00"})
    assert list(wrong.context["since_form"].errors) == ["since"]


def test_a_test_leads_to_its_delivery(cast, browse, receiver: Receiver):  # noqa: F811 - the fixture
    webhook = make(cast, receiver.url)
    answer = browse(cast.supplier).post(f"{webhook.get_absolute_url()}test/")
    assert answer.headers["Location"] == Delivery.objects.get().get_absolute_url()


def test_one_that_was_switched_off_says_why(cast, browse, receiver: Receiver):  # noqa: F811 - the fixture
    webhook = make(cast, receiver.url)
    receiver.answer = lambda received: Reply(410)
    record(Verb.RULES_REVISED, cast.council, by=cast.operator)
    tell()
    assert "410" in browse(cast.supplier).get(webhook.get_absolute_url()).content.decode()


def test_queries_do_not_grow_with_what_is_listed(cast, browse, receiver, django_assert_max_num_queries):  # noqa: F811 - the fixture
    webhook = make(cast, receiver.url)
    make(cast, receiver.url)
    for _ in range(20):
        record(Verb.RULES_REVISED, cast.council, by=cast.operator)
    tell()
    browser = browse(cast.supplier)
    for address in (LIST, webhook.get_absolute_url()):
        with django_assert_max_num_queries(14):
            browser.get(address)
    assert actions.write_deliveries() == 0
