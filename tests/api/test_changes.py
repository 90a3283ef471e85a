"""The change feed: what is told whom, in which order, at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council.decisions import actions as decisions
from council.journal import actions as journal
from council.journal.events import EVENTS, undescribed
from council.journal.feed import Place
from council.journal.models import Change
from council.meetings import actions as meetings
from council.opinions import actions as opinions
from council.people import actions as people
from tests.api.checking import check, errors
from tests.api.mirrors import newest, program, told
from tests.cast import Cast
from tests.decisions import outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def about(changes, thing):
    return [(change["event"], change["gone"]) for change in changes if change["id"] == str(thing.pk)]


def test_every_verb_is_in_the_catalogue_or_kept_inside():
    assert undescribed() == []
    assert all(event.description.endswith(".") and event.name == event.verb for event in EVENTS.values())


def test_it_tells_what_happened_to_what_and_where_that_is_read(cast: Cast):
    consultation = cast.consultation()
    client = program(cast.adopter)
    start = newest(client)
    opinion = cast.submitted(consultation)
    [change] = [one for one in told(client, start) if one["event"] == "opinion.submitted"]
    assert {name: change[name] for name in ("noun", "id", "council", "organisation", "gone")} == {
        "noun": "opinions",
        "id": str(opinion.pk),
        "council": str(cast.council.pk),
        "organisation": str(cast.supplying.pk),
        "gone": False,
    }
    assert check(client.get(change["url"]), 200)["id"] == str(opinion.pk)
    assert [one for one in told(client, change["cursor"]) if one["event"] == "opinion.submitted"] == []


def test_a_stranger_is_told_nothing(cast: Cast):
    cast.published(cast.consultation())
    cast.meeting()
    assert [one["noun"] for one in told(program(cast.stranger))] == []


def test_of_a_draft_its_author_alone_is_told(cast: Cast):
    consultation = cast.consultation()
    members = [cast.adopter, cast.secretary, cast.officer, cast.colleague()]
    start = newest(program(cast.supplier))
    draft = cast.drafted(consultation)
    assert about(told(program(cast.supplier), start), draft) == [("opinion.drafted", False)]
    opinions.edit(draft, reason="다른 이유", by=cast.supplier, revision=draft.revision)
    pk = draft.pk
    opinions.withdraw(draft, by=cast.supplier)
    draft.pk = pk
    assert ("thing.gone", True) in about(told(program(cast.supplier), start), draft)
    for member in members:
        assert about(told(program(member), start), draft) == []
        assert str(pk) not in str(check(program(member).get("/api/v1/tombstones/"), 200))
    assert str(pk) in str(check(program(cast.supplier).get("/api/v1/tombstones/"), 200))


def test_who_saw_it_is_told_that_it_is_hidden_and_nobody_else(cast: Cast):
    consultation = cast.consultation()
    opinion = cast.submitted(consultation)
    secret = cast.submitted(consultation, by=cast.tp, audience="confidential")
    readers = {name: program(getattr(cast, name)) for name in ("adopter", "secretary", "supplier", "stranger")}
    start = newest(readers["adopter"])
    opinions.hide(opinion, reason="규칙 위반", by=cast.secretary)
    opinions.hide(secret, reason="규칙 위반", by=cast.secretary)
    lines = {name: told(reader, start) for name, reader in readers.items()}
    assert about(lines["adopter"], opinion) == [("thing.gone", True)]
    assert about(lines["secretary"], opinion) == about(lines["supplier"], opinion) == [("opinion.hidden", False)]
    assert about(lines["stranger"], opinion) == []
    assert about(lines["adopter"], secret) == about(lines["supplier"], secret) == []


def test_with_an_opinion_its_points_and_answers_go(cast: Cast):
    opinion = cast.published(cast.consultation())
    client = program(cast.adopter)
    start = newest(client)
    opinions.hide(opinion, reason="규칙 위반", by=cast.secretary)
    gone = {(one["noun"], one["id"]) for one in told(client, start) if one["gone"]}
    point = opinion.points.get()
    assert {
        ("opinions", str(opinion.pk)),
        ("points", str(point.pk)),
        ("dispositions", str(point.disposition.pk)),
    } <= gone


def test_that_an_answer_is_prepared_is_told_those_who_prepare_it(cast: Cast):
    opinion = cast.triaged(cast.consultation())
    start = newest(program(cast.officer))
    cast.answer(opinion)
    assert told(program(cast.adopter), start) == told(program(cast.supplier), start) == []
    events = {(one["event"], one["noun"]) for one in told(program(cast.officer), start)}
    assert {("opinion.answered", "opinions"), ("changed", "points"), ("changed", "dispositions")} <= events


@pytest.mark.parametrize("secret", [True, False])
def test_nothing_tells_when_somebody_voted(cast: Cast, secret: bool):
    ballot = outcomes.ballot(cast, secret=secret)
    readers = [program(getattr(cast, name)) for name in ("supplier", "adopter", "chair", "secretary")]
    start = newest(readers[0])
    before = ballot.modified_at
    for voter in ballot.roll.filter(has_voted=False)[:2]:
        decisions.cast(voter, choice="for", by=voter.user)
    assert [told(reader, start) for reader in readers] == [[], [], [], []]
    ballot.refresh_from_db()
    assert Change.objects.filter(noun="ballots", at__gt=before).count() == 0


def test_a_meeting_brings_its_agenda_when_it_is_convened(cast: Cast):
    meeting = cast.planned_meeting()
    item = meeting.items.get()
    client = program(cast.supplier)
    start = newest(client)
    assert about(told(client), item) == []
    meetings.convene(meeting, by=cast.secretary)
    assert about(told(client, start), item) == [("changed", False)]
    assert about(told(client, start), meeting) == [("meeting.convened", False)]


def test_what_is_deleted_leaves_a_tombstone(cast: Cast):
    meeting = cast.meeting()
    item = cast.item(meeting)
    client = program(cast.supplier)
    start = newest(client)
    pk = item.pk
    meetings.remove_item(item, by=cast.secretary)
    item.pk = pk
    assert about(told(client, start), item) == [("thing.gone", True)]
    [stone] = [one for one in check(client.get("/api/v1/tombstones/"), 200)["results"] if one["id"] == str(pk)]
    assert (stone["noun"], stone["council"]) == ("agenda-items", str(cast.council.pk))
    later = check(client.get("/api/v1/tombstones/", {"modified_since": "2100-01-01T00:00:00Z"}), 200)
    assert later["results"] == []


def test_another_standing_asks_for_a_full_listing(cast: Cast):
    def standing():
        return check(program(cast.supplier).get("/api/v1/changes/"), 200)["standing"]

    before = standing()
    cast.submitted(cast.consultation())
    assert standing() == before
    people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.secretary)
    assert standing() != before


def test_it_can_be_narrowed_down(cast: Cast):
    cast.submitted(cast.consultation())
    client = program(cast.adopter)
    assert {one["noun"] for one in told(client, noun="opinions")} == {"opinions"}
    assert {one["council"] for one in told(client, council=str(cast.council.pk))} == {str(cast.council.pk)}


@pytest.mark.parametrize(
    "asked", [{"after": "x"}, {"after": "MS4yLjM"}, {"limit": 0}, {"limit": 201}, {"noun": "users"}, {"afer": ""}]
)
def test_what_is_no_question_is_refused(cast: Cast, asked):
    assert errors(program(cast.adopter).get("/api/v1/changes/", asked)) == list(asked)


def test_a_cursor_is_what_the_feed_gave_out():
    place = Place(12, 1, 345)
    assert Place.of(place.cursor) == place
    assert Place.of("") == Place()


def test_a_page_costs_the_same_for_one_change_and_for_thirty(cast: Cast):
    consultation = cast.consultation()
    client = program(cast.adopter)

    def questions(number: int) -> int:
        start = newest(client)
        for each in range(number):
            cast.submitted(consultation, reason=f"이유 {each}")
        journal.seal()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = check(client.get("/api/v1/changes/", {"after": start, "limit": 200}), 200)
        assert len([one for one in page["changes"] if one["event"] == "opinion.submitted"]) == number
        return len(queries)

    assert questions(30) == questions(1) <= 16
