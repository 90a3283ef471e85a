"""What everybody may read of a council that is open to the public, and what nobody may."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar
from jsonschema import Draft202012Validator

from council.decisions import actions as decisions
from council.meetings import actions as meetings
from council.meetings.models import AgendaItem, Meeting
from council.opinions import actions as opinions
from council.people import actions as people
from tests.api.checking import check, ids, rows
from tests.cast import Cast

PUBLIC = "/api/v1/public"
OPARL = "/api/v1/oparl"
SHAPES = json.loads((Path(__file__).parent.parent / "fixtures" / "oparl-1.1.json").read_text())
ATOM = "{http://www.w3.org/2005/Atom}"
KINDS = ("councils", "meetings", "agenda-items", "decisions", "results")


@pytest.fixture
def opened(cast: Cast) -> Cast:
    """The council, open to the public."""
    people.revise_rules(cast.council, open_to_public=True, by=cast.chair)
    return cast


@pytest.fixture
def anyone(call):
    """A program without an account."""
    return call(None)


def decided(cast: Cast, meeting: Meeting, **fields: Any):
    item = meeting.items.filter(closed=False).first()
    return decisions.record_decision(
        meeting, item=item, title="이행 계획 확정", text="이행 계획을 원안대로 확정한다.", by=cast.secretary, **fields
    )


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_council_is_public_before_it_says_so(cast, anyone, kind):
    cast.meeting()

    assert rows(anyone.get(f"{PUBLIC}-{kind}/")) == []


def test_everybody_reads_an_open_council_its_meetings_agendas_and_decisions(opened, anyone):
    meeting = opened.running()
    decision = decided(opened, meeting)

    assert ids(anyone.get(f"{PUBLIC}-councils/")) == [str(opened.council.pk)]
    [found] = rows(anyone.get(f"{PUBLIC}-meetings/?council={opened.council.pk}"))
    assert found["title"] == meeting.title
    assert [line["title"] for line in found["agenda"]] == [item.title for item in meeting.items.order_by("position")]
    assert ids(anyone.get(f"{PUBLIC}-agenda-items/?meeting={meeting.pk}"))
    assert check(anyone.get(f"{PUBLIC}-decisions/{decision.pk}/"), 200)["text"] == "이행 계획을 원안대로 확정한다."


def test_a_council_that_closes_itself_again_is_gone(opened, anyone):
    meeting = opened.meeting()
    people.revise_rules(opened.council, open_to_public=False, by=opened.chair)

    check(anyone.get(f"{PUBLIC}-meetings/{meeting.pk}/"), 404)
    check(anyone.get(f"{PUBLIC}-councils/{opened.council.pk}/calendar/"), 404)
    assert meeting.title not in anyone.get(f"{OPARL}/meeting/{meeting.pk}/").content.decode()


def test_no_name_of_a_person_no_paper_and_no_way_to_join_is_public(opened, anyone):
    meeting = opened.running()
    Meeting.objects.filter(pk=meeting.pk).update(online_url="https://meet.example/secret", mode="hybrid")
    AgendaItem.objects.filter(meeting=meeting).update(note="내부 설명", presenter="홍길동")
    decided(opened, meeting)

    for address in every_address(opened, meeting):
        text = anyone.get(address).content.decode()
        for kept in (
            "meet.example",
            "내부 설명",
            "홍길동",
            opened.chair.name,
            opened.supplier.name,
            "@council.example",
        ):
            assert kept not in text, (address, kept)


def test_closed_meetings_closed_items_and_what_came_of_them_stay_closed(opened, anyone):
    meeting = opened.running()
    decision = decided(opened, meeting)
    Meeting.objects.filter(pk=meeting.pk).update(closed=True)
    assert [rows(anyone.get(f"{PUBLIC}-{kind}/")) for kind in KINDS[1:]] == [[], [], [], []]

    Meeting.objects.filter(pk=meeting.pk).update(closed=False)
    meeting.items.update(closed=True)
    assert rows(anyone.get(f"{PUBLIC}-meetings/"))[0]["agenda"] == []
    check(anyone.get(f"{PUBLIC}-decisions/{decision.pk}/"), 404)


def test_a_meeting_in_preparation_is_not_announced(opened, anyone):
    opened.planned_meeting()

    assert rows(anyone.get(f"{PUBLIC}-meetings/")) == []


def test_public_answers_may_be_kept_and_read_from_other_sites(opened, anyone):
    answer = anyone.get(f"{PUBLIC}-councils/")

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize("kind", KINDS)
def test_no_list_asks_more_of_the_database_for_more_rows(opened, anyone, kind):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            check(anyone.get(f"{PUBLIC}-{kind}/"), 200)
        return len(queries)

    decided(opened, opened.running())
    few = asked()
    for _number in range(5):
        decided(opened, opened.running())

    assert asked() == few <= 3


def test_nothing_can_be_written_there(opened, anyone):
    check(anyone.post(f"{PUBLIC}-councils/", {}), 405)


def test_a_published_result_of_an_open_council_is_listed_with_its_page(opened, anyone):
    consultation = opened.consultation(opened.version())
    opened.published(consultation)
    opinions.publish_result(consultation, by=opened.secretary)

    [found] = rows(anyone.get(f"{PUBLIC}-results/"))
    assert found["page"].endswith(reverse("web:public_result", args=[consultation.pk]))


def test_the_calendar_has_the_open_meetings(opened, anyone):
    meeting = opened.meeting()

    answer = anyone.get(f"{PUBLIC}-councils/{opened.council.pk}/calendar/")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert (str(event["summary"]), "attendee" in event) == (meeting.title, False)


def test_the_news_are_atom_with_the_newest_first(opened, anyone):
    meeting = opened.running()
    decision = decided(opened, meeting)

    answer = anyone.get(f"{PUBLIC}-councils/{opened.council.pk}/news/")
    feed = ET.fromstring(answer.content)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert [entry.text for entry in feed.iterfind(f"{ATOM}entry/{ATOM}id")] == [decision.pk.urn, meeting.pk.urn]


# --- OParl -----------------------------------------------------------------------------------------------------------


def valid(thing: dict[str, Any]) -> dict[str, Any]:
    """The object, if it has the shape OParl gives its kind."""
    kind = thing["type"].rpartition("/")[2]
    validator = Draft202012Validator(
        {**SHAPES, "$ref": f"#/$defs/{kind}"}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    assert not [error.message for error in validator.iter_errors(thing)]
    return thing


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def test_oparl_is_walked_from_the_system_to_the_resolution(opened, anyone):
    meeting = opened.running()
    decided(opened, meeting)

    system = valid(check(anyone.get(f"{OPARL}/"), 200))
    [body] = check(anyone.get(path_of(system["body"])), 200)["data"]
    [council] = check(anyone.get(path_of(valid(body)["organization"])), 200)["data"]
    [held] = check(anyone.get(path_of(valid(council)["meeting"])), 200)["data"]
    item = next(item for item in valid(held)["agendaItem"] if "result" in item)
    assert item["resolutionText"] == "이행 계획을 원안대로 확정한다."
    for thing in (body, council, held, item, held["location"]):
        assert valid(check(anyone.get(path_of(thing["id"])), 200))["id"] == thing["id"]
    for name in ("person", "paper", "file", "membership"):
        assert check(anyone.get(path_of(body[name])), 200)["data"] == []


def test_oparl_lists_are_narrowed_by_time_and_walked_by_page(opened, anyone, monkeypatch):
    monkeypatch.setattr("council.api.views.oparl.PAGE", 1)
    first, second = opened.meeting(), opened.meeting()
    listing = f"{OPARL}/organization/{opened.council.pk}/meeting/"

    page = check(anyone.get(listing), 200)
    rest = check(anyone.get(path_of(page["links"]["next"])), 200)
    assert [page["data"][0]["name"], rest["data"][0]["name"]] == [first.title, second.title]
    assert "next" not in rest["links"]
    assert check(anyone.get(f"{listing}?modified_since=2999-01-01T00:00:00%2B09:00"), 200)["data"] == []
    check(anyone.get(f"{listing}?modified_since=yesterday"), 400)


def deleted(thing: dict[str, Any], was: dict[str, Any]) -> None:
    """It says that it is gone and since when, keeps what it has to keep, and nothing else."""
    if not thing["type"].endswith("/Body"):  # which must have a name and lists
        assert valid(thing).keys() == {"id", "type", "created", "modified", "deleted"}
    assert valid(thing)["deleted"] is True
    assert [thing[name] for name in ("id", "type", "created")] == [was[name] for name in ("id", "type", "created")]
    assert thing["modified"] >= was["modified"]


@pytest.mark.django_db(transaction=True)
class TestWhatWasPublic:
    def test_a_removed_item_stays_as_deleted_under_its_address_and_in_the_lists(self, opened, anyone):
        meeting = opened.meeting()
        item = opened.item(meeting)
        address = f"{OPARL}/agendaItem/{item.pk}/"
        was = check(anyone.get(address), 200)
        meetings.remove_item(item, by=opened.secretary)

        deleted(check(anyone.get(address), 200), was)
        listing = f"{OPARL}/body/{opened.council.operator_id}/agendaItem/"
        assert [each["id"] for each in check(anyone.get(listing), 200)["data"] if "deleted" in each] == [was["id"]]
        later = f"{listing}?modified_since=2999-01-01T00:00:00%2B09:00"
        assert check(anyone.get(later), 200)["data"] == []
        assert was["id"] not in [
            line["id"] for line in check(anyone.get(f"{OPARL}/meeting/{meeting.pk}/"), 200)["agendaItem"]
        ]

    def test_what_was_never_public_leaves_nothing(self, opened, anyone):
        meeting = opened.meeting()
        inside = opened.item(meeting, visibility="officers")
        planned = opened.planned_meeting()
        keys = [inside.pk, planned.pk]
        meetings.remove_item(inside, by=opened.secretary)
        Meeting.objects.filter(pk=planned.pk).update(title="다른 제목")

        text = anyone.get(f"{OPARL}/body/{opened.council.operator_id}/agendaItem/").content.decode()
        text += anyone.get(f"{OPARL}/body/{opened.council.operator_id}/meeting/").content.decode()
        assert not [key for key in keys if str(key) in text]
        check(anyone.get(f"{OPARL}/agendaItem/{keys[0]}/"), 404)
        check(anyone.get(f"{OPARL}/meeting/{keys[1]}/"), 404)

    def test_a_council_that_closes_itself_again_is_deleted_with_all_it_had(self, opened, anyone):
        meeting = opened.meeting()
        body, council = f"{OPARL}/body/{opened.council.operator_id}", f"{OPARL}/organization/{opened.council.pk}"
        addresses = [f"{body}/", f"{council}/", f"{OPARL}/meeting/{meeting.pk}/", f"{OPARL}/location/{meeting.pk}/"]
        addresses += [f"{OPARL}/agendaItem/{item.pk}/" for item in meeting.items.all()]
        before = {address: check(anyone.get(address), 200) for address in addresses}
        people.revise_rules(opened.council, open_to_public=False, by=opened.chair)

        for address, was in before.items():
            deleted(check(anyone.get(address), 200), was)
        for listing in (f"{OPARL}/body/", f"{body}/organization/", f"{body}/meeting/", f"{body}/agendaItem/"):
            data = check(anyone.get(listing), 200)["data"]
            assert data, listing
            assert all(valid(each)["deleted"] for each in data)
        assert len(check(anyone.get(f"{council}/meeting/"), 200)["data"]) == 1

        people.revise_rules(opened.council, open_to_public=True, by=opened.chair)
        again = check(anyone.get(f"{OPARL}/meeting/{meeting.pk}/"), 200)
        assert "deleted" not in again
        assert again["modified"] >= before[addresses[2]]["modified"]

    def test_a_meeting_that_turns_closed_takes_its_items_with_it(self, opened, anyone):
        meeting = opened.meeting()
        item = meeting.items.first()
        was = check(anyone.get(f"{OPARL}/agendaItem/{item.pk}/"), 200)
        Meeting.objects.filter(pk=meeting.pk).update(closed=True)

        deleted(check(anyone.get(f"{OPARL}/agendaItem/{item.pk}/"), 200), was)
        Meeting.objects.filter(pk=meeting.pk).update(title="비공개 제목")  # nobody learns that it goes on changing
        gone = check(anyone.get(f"{OPARL}/meeting/{meeting.pk}/"), 200)
        assert (gone["deleted"], "name" in gone) == (True, False)

    def test_deleted_ones_stand_between_the_others_page_by_page(self, opened, anyone, monkeypatch):
        monkeypatch.setattr("council.api.views.oparl.PAGE", 1)
        made = [opened.meeting() for _number in range(3)]
        Meeting.objects.filter(pk=made[1].pk).update(closed=True)

        page, found = {"links": {"next": f"http://x{OPARL}/organization/{opened.council.pk}/meeting/"}}, []
        while "next" in page["links"]:
            page = check(anyone.get(path_of(page["links"]["next"])), 200)
            found += [(each["id"], "deleted" in each) for each in page["data"]]
        assert [gone for _id, gone in found] == [False, True, False]
        assert [key.rstrip("/").rpartition("/")[2] for key, _gone in found] == [str(each.pk) for each in made]


def every_address(cast: Cast, meeting: Meeting) -> list[str]:
    """Everything public."""
    council = f"{PUBLIC}-councils/{cast.council.pk}"
    return [
        *(f"{PUBLIC}-{kind}/" for kind in KINDS),
        f"{council}/calendar/",
        f"{council}/news/",
        f"{OPARL}/organization/{cast.council.pk}/meeting/",
        f"{OPARL}/meeting/{meeting.pk}/",
        f"{OPARL}/location/{meeting.pk}/",
    ]


def test_subcommittees_are_organisations_of_their_council(opened, anyone):
    part = people.form_subcommittee(
        opened.council, name="데이터 분과", members=[opened.membership(opened.supplier)], by=opened.secretary
    )

    found = valid(check(anyone.get(f"{OPARL}/organization/{part.pk}/"), 200))
    assert found["subOrganizationOf"].endswith(f"/organization/{opened.council.pk}/")
