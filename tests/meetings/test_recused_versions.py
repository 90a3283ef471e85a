"""A version on the table of an item someone keeps out of: no paper of theirs at any door, and still what was published."""

from pathlib import Path

import pytest
from django.urls import reverse

from council.core import clock
from council.documents.models import Version
from council.exchange import dossier, papers
from council.exchange.binding import Binder
from council.exchange.proceedings import OfMeeting
from council.meetings import actions
from council.meetings.models import AgendaItem, Meeting
from tests.cast import TEXT, Cast

NOTE = "계약 조건은 다음과 같습니다."


@pytest.fixture
def version(cast: Cast) -> Version:
    return cast.version()


@pytest.fixture
def item(cast: Cast, version: Version) -> AgendaItem:
    """With the published version and a file on its table; the supplier keeps out of it."""
    meeting = cast.planned_meeting()
    item = cast.item(meeting, title="계약", note=NOTE)
    actions.add_paper(item, version=version, by=cast.secretary)
    actions.add_paper(item, attachment=cast.attachment(name="계약서.txt"), by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    cast.recusal(meeting)
    return item


def held_open(cast: Cast, item: AgendaItem) -> Meeting:
    with clock.at(item.meeting.starts_at):
        actions.open_meeting(item.meeting, by=cast.secretary)
        actions.take_up(item, by=cast.secretary)
    return item.meeting


def test_on_the_pages_it_is_no_paper_of_theirs(cast: Cast, browse, item: AgendaItem, version: Version):
    for user, shown in ((cast.adopter, True), (cast.supplier, False)):
        page = browse(user).get(item.meeting.get_absolute_url()).content.decode()
        assert [each in page for each in (version.get_absolute_url(), "계약서.txt", NOTE)] == [shown] * 3
    own = reverse("web:live_own", args=[held_open(cast, item).pk])
    for user, shown in ((cast.adopter, True), (cast.supplier, False)):
        assert (version.get_absolute_url() in browse(user).get(own).content.decode()) is shown


def test_over_the_api_it_is_no_paper_of_theirs(cast: Cast, call, item: AgendaItem, version: Version):
    address = f"/api/v1/agenda-items/{item.pk}/"
    assert len(call(cast.adopter).get(address).json()["papers"]) == 2
    told = call(cast.supplier).get(address).json()
    assert (told["papers"], bool(told["withheld"]), NOTE in str(told)) == ([], True, False)


def test_in_files_it_is_no_paper_of_theirs(cast: Cast, item: AgendaItem):
    for user, number in ((cast.adopter, 2), (cast.supplier, 0)):
        assert papers.shown(item.meeting, user).count() == number
        lists = dict(dossier.data(OfMeeting(item.meeting, user, Binder(Path("unused")))))
        assert len(list(lists["papers"])) == number
        assert (NOTE in str(list(lists["agenda"]))) is bool(number)


def test_what_was_published_to_the_council_stays_readable_where_it_was(
    cast: Cast, browse, call, item: AgendaItem, version: Version
):
    assert TEXT in browse(cast.supplier).get(version.get_absolute_url()).content.decode()
    assert call(cast.supplier).get(f"/api/v1/versions/{version.pk}/").status_code == 200
    assert Version.objects.visible_to(cast.supplier).get() == version


def test_what_is_still_in_work_was_never_theirs(cast: Cast, item: AgendaItem, version: Version):
    following = cast.next_version(version)
    assert following not in Version.objects.visible_to(cast.supplier)


def test_an_alternate_loses_it_with_the_seat(cast: Cast, version: Version):
    meeting = cast.planned_meeting()
    actions.add_paper(cast.item(meeting, title="계약"), version=version, by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    alternate = cast.alternate(meeting, cast.supplier).user
    assert Version.objects.visible_to(alternate).exists()
    cast.recusal(meeting)
    assert not Version.objects.visible_to(alternate).exists()
