"""What vanished from an account's sight is told it, and nobody else."""

import json
from typing import Any

import pytest

from council.integrations import actions
from council.integrations.mirroring import ALL, NOUN_OF
from council.integrations.models import Delivery, Webhook
from council.journal.actions import seal
from council.journal.events import EVENTS, GONE
from council.journal.feed import CHANGES, Place
from council.journal.models import Change, Entry
from council.meetings import actions as meetings
from council.opinions import actions as opinions
from council.people import actions as people
from tests.cast import Cast
from tests.integrations.hooks import later, make, tell
from tests.integrations.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)  # what changed in one transaction is one change


def gone(receiver: Receiver, path: str = "") -> list[dict[str, Any]]:
    """What was told to be gone, to the address that ends so."""
    bodies = [json.loads(each.body) for each in receiver.received if each.path.endswith(path)]
    return [body["data"] for body in bodies if body["type"] == GONE]


def heard(cast: Cast, receiver: Receiver, *names: str) -> dict[str, Webhook]:
    """A webhook for each of some people, at an address of their own."""
    return {name: make(cast, f"{receiver.url}/{name}", by=getattr(cast, name)) for name in names}


def hide(opinion: Any, cast: Cast) -> None:
    opinions.hide(opinion, reason="규칙 위반", by=cast.secretary)


def test_who_saw_it_is_told_that_it_is_gone_and_nobody_else(cast, receiver):
    consultation = cast.consultation()
    opinion = cast.submitted(consultation)
    secret = cast.submitted(consultation, by=cast.tp, audience="confidential")
    heard(cast, receiver, "adopter", "secretary", "supplier")
    hide(opinion, cast)
    hide(secret, cast)
    tell()
    [line] = [each for each in gone(receiver, "adopter") if each["noun"] == "opinions"]
    assert (line["id"], line["url"], line["gone"]) == (str(opinion.pk), None, True)
    place = Place.of(line["cursor"])
    assert place.kind == CHANGES
    assert Change.objects.get(pk=place.id).thing_id == opinion.pk
    assert gone(receiver, "secretary") == gone(receiver, "supplier") == []
    assert str(secret.pk) not in str([each.body for each in receiver.received if each.path.endswith("adopter")])


def test_of_a_deleted_draft_its_author_alone_is_told(cast, receiver):
    draft = cast.drafted(cast.consultation())
    heard(cast, receiver, "adopter", "secretary", "supplier")
    pk = str(draft.pk)
    opinions.withdraw(draft, by=cast.supplier)
    tell()
    assert [each["id"] for each in gone(receiver, "supplier")] == [pk]
    assert not [each for each in receiver.received if not each.path.endswith("supplier") and pk in str(each.body)]


def test_what_is_deleted_is_told_once_however_often_it_is_asked(cast, receiver):
    item = cast.item(cast.meeting())
    make(cast, receiver.url)
    pk = str(item.pk)
    meetings.revise_item(item, title="다른 안건", by=cast.secretary)
    meetings.remove_item(item, by=cast.secretary)
    tell()
    tell()
    assert [each["id"] for each in gone(receiver) if each["noun"] == "agenda-items"] == [pk]


def test_what_is_back_when_it_would_be_sent_is_not_told(cast, receiver):
    opinion = cast.submitted(cast.consultation())
    webhook = make(cast, receiver.url, by=cast.adopter)
    hide(opinion, cast)
    seal()
    actions.write_deliveries()
    assert webhook.deliveries.filter(event=GONE).exists()
    opinions.restore(opinion, reason="다시 보니 괜찮습니다.", by=cast.secretary)
    while actions.deliver():
        pass
    assert gone(receiver) == []
    assert not webhook.deliveries.filter(event=GONE).exists()


def test_whoever_has_left_is_told_nothing_any_more(cast, receiver):
    opinion = cast.submitted(cast.consultation())
    make(cast, receiver.url, by=cast.adopter)
    hide(opinion, cast)
    seal()
    actions.write_deliveries()
    people.dismiss(cast.membership(cast.adopter), reason="사임", by=cast.secretary)
    while actions.deliver():
        pass
    assert gone(receiver) == []


def test_only_who_asked_for_it_is_told(cast, receiver):
    opinion = cast.submitted(cast.consultation())
    make(cast, f"{receiver.url}/some", by=cast.adopter, events=["opinion.*"])
    make(cast, f"{receiver.url}/that", by=cast.adopter, events=[GONE])
    hide(opinion, cast)
    tell()
    assert gone(receiver, "some") == []
    assert str(opinion.pk) in [each["id"] for each in gone(receiver, "that")]


def test_other_councils_are_not_told_of(cast, receiver):
    other = people.establish_council(by=cast.operator, name="다른 협의체", operator=cast.ministry)
    opinion = cast.submitted(cast.consultation())
    webhook = make(cast, receiver.url, by=cast.adopter)
    webhook.councils.set([other])
    hide(opinion, cast)
    tell()
    assert gone(receiver) == []


def test_it_comes_in_the_order_of_the_feed(cast, receiver):
    consultation = cast.consultation()
    first, second = cast.submitted(consultation), cast.submitted(consultation, by=cast.tp)
    make(cast, receiver.url, by=cast.adopter)
    for opinion in (first, second):
        hide(opinion, cast)
        seal()
    cast.submitted(consultation, by=cast.officer)
    tell()
    places = [Place.of(json.loads(each.body)["data"]["cursor"]) for each in receiver.received]
    assert places == sorted(places)
    told = [each["id"] for each in gone(receiver) if each["noun"] == "opinions"]
    assert told == [str(first.pk), str(second.pk)]


def test_it_is_sent_again_since_a_moment(cast, receiver):
    opinion = cast.submitted(cast.consultation())
    webhook = make(cast, receiver.url, by=cast.adopter, events=[GONE])
    began = webhook.created_at
    hide(opinion, cast)
    tell()
    once = len(receiver.received)
    Delivery.objects.filter(change__noun="opinions").delete()  # as if it had been added to its events only now
    with later(minutes=1):
        actions.replay_since(webhook, since=began, by=cast.adopter)
        tell()
    assert len(receiver.received) == 2 * once
    assert len(set(receiver.ids())) == once + 1


def test_an_event_says_the_noun_of_what_it_is_about(cast):
    """Where both doors look a thing up by its kind, the catalogue must not say otherwise."""
    from_catalogue = {event.noun for event in EVENTS.values()} - {"*"}
    assert from_catalogue <= ALL.keys()
    cast.published(cast.consultation())
    cast.meeting()
    for entry in Entry.objects.select_related("target_type"):
        noun = NOUN_OF.get(entry.target_type.model_class())
        assert entry.verb not in EVENTS or EVENTS[entry.verb].noun == noun, entry.verb
