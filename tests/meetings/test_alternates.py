"""대리참석: someone comes to one meeting in place of a member, and sees that meeting alone."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile

from council.core import clock
from council.core.errors import Refused
from council.documents.models import Attachment, Document, Version
from council.meetings import actions
from council.meetings.models import AgendaItem, Alternate, Invitation, Meeting, Paper
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.opinions.models import Consultation
from council.people.models import Council, Membership, User
from tests.cast import Cast

NEW = {"email": "Deputy@council.example", "name": "대리인", "title": "부장", "mandate": "모든 안건에 대한 발언과 표결"}


def named(cast: Cast, meeting: Meeting, who: User | None = None, **fields: Any) -> Alternate:
    """The supplier, or another member, sends someone."""
    return cast.alternate(meeting, who, **{**NEW, **fields})


def told(verb: str) -> set[User]:
    while notifications.dispatch():
        pass
    return {each.recipient for each in Notification.objects.filter(entry__verb=verb, channel="mail")}


def test_someone_new_gets_an_account_and_both_hear_of_it(cast):
    alternate = named(cast, cast.meeting())
    assert (alternate.user.email, alternate.user.name) == ("deputy@council.example", "대리인")
    assert not alternate.user.has_usable_password()
    assert told("alternate.named") == {alternate.user, cast.supplier}
    assert told("user.invited") == {alternate.user}


def test_a_colleague_with_an_account_comes_with_it(cast):
    former = cast.member("former", "전 동료", cast.supplying, ends_on=cast.today - dt.timedelta(days=1))
    assert named(cast, cast.meeting(), email=former.email, name="").user == former


def test_the_seat_is_then_expected(cast):
    meeting = cast.meeting(capacity=1)
    actions.answer_invitation(cast.invitation(meeting, cast.adopter), answer="attending", by=cast.adopter)
    assert named(cast, meeting).invitation.answer == "waiting"
    online = cast.meeting(mode="online", online_url="https://meet.council.example/1")
    assert named(cast, online, email="other@council.example").invitation.answer == "online"


def test_someone_else_who_has_a_seat_here_does_not_come_for_another_one(cast):
    with pytest.raises(ValidationError) as refusal:
        named(cast, cast.meeting(), email=cast.tp.email)
    assert list(refusal.value.message_dict) == ["email"]


def test_someone_of_another_organisation_does_not_come_for_this_one(cast):
    with pytest.raises(ValidationError):
        named(cast, cast.meeting(), email=cast.observer.email)


def test_nobody_comes_for_two_members_at_once(cast):
    meeting = cast.meeting()
    named(cast, meeting)
    with pytest.raises(ValidationError):
        named(cast, meeting, cast.adopter)


def test_one_alternate_for_a_seat(cast):
    meeting = cast.meeting()
    named(cast, meeting)
    with pytest.raises(Refused):
        named(cast, meeting, email="second@council.example")


@pytest.mark.parametrize("missing", ["email", "name", "mandate"])
def test_what_is_missing_is_said_at_its_field(cast, missing: str):
    with pytest.raises(ValidationError) as refusal:
        named(cast, cast.meeting(), **{missing: ""})
    assert list(refusal.value.message_dict) == [missing]


def test_only_a_seat_is_represented(cast):
    meeting = cast.meeting()
    with pytest.raises(Refused):
        actions.name_alternate(cast.invitation(meeting, cast.observer), by=cast.secretary, **NEW)


def test_the_secretary_names_one_for_a_member_and_nobody_else_does(cast):
    meeting = cast.meeting()
    invitation = cast.invitation(meeting, cast.supplier)
    with pytest.raises(PermissionDenied):
        actions.name_alternate(invitation, by=cast.adopter, **NEW)
    alternate = actions.name_alternate(invitation, by=cast.secretary, **NEW)
    assert told("alternate.named") == {alternate.user, cast.supplier}


def test_an_alternate_sends_no_alternate(cast):
    alternate = named(cast, cast.meeting())
    with pytest.raises(PermissionDenied):
        actions.name_alternate(alternate.invitation, by=alternate.user, **NEW)


def test_until_the_meeting_begins_it_can_be_withdrawn_and_the_place_is_free_again(cast):
    meeting = cast.meeting(capacity=1)
    alternate = named(cast, meeting)
    actions.answer_invitation(cast.invitation(meeting, cast.adopter), answer="attending", by=cast.adopter)
    with clock.at(meeting.starts_at), pytest.raises(Refused):
        actions.withdraw_alternate(alternate, by=cast.supplier)
    person = alternate.user
    actions.withdraw_alternate(alternate, by=cast.supplier)
    assert cast.invitation(meeting, cast.supplier).answer == "none"
    assert cast.invitation(meeting, cast.adopter).answer == "attending"
    assert not Meeting.objects.visible_to(person).exists()
    assert told("alternate.withdrawn") == {person}


def test_an_alternate_who_cannot_come_says_so(cast):
    alternate = named(cast, cast.meeting())
    with pytest.raises(PermissionDenied):
        actions.withdraw_alternate(alternate, by=cast.adopter)
    actions.withdraw_alternate(alternate, by=alternate.user)
    assert told("alternate.withdrawn") == {cast.supplier}


def test_who_sends_someone_does_not_decline_beside_it(cast):
    alternate = named(cast, cast.meeting())
    with pytest.raises(Refused):
        actions.answer_invitation(alternate.invitation, answer="declined", by=cast.supplier)


def test_the_letter_is_read_by_those_it_concerns(cast):
    alternate = named(cast, cast.meeting())
    letter = ContentFile("위임장".encode(), name="위임장.txt")
    actions.hand_in_mandate(alternate, file=letter, by=cast.supplier)
    readers = {who for who in User.objects.all() if Attachment.objects.visible_to(who).exists()}
    assert readers == {alternate.user, cast.supplier, cast.secretary, cast.chair}
    with pytest.raises(PermissionDenied):
        actions.hand_in_mandate(alternate, file=letter, by=cast.adopter)


def test_an_alternate_sees_that_meeting_and_nothing_else_of_the_council(cast):
    cast.consultation()
    meeting, other = cast.planned_meeting(), cast.meeting(title="다른 회의")
    paper = actions.add_paper(meeting.items.get(), attachment=cast.attachment(), by=cast.secretary)
    cast.attachment()
    actions.convene(meeting, by=cast.secretary)
    deputy = named(cast, meeting).user
    assert list(Meeting.objects.visible_to(deputy)) == [meeting]
    assert list(AgendaItem.objects.visible_to(deputy)) == [meeting.items.get()]
    assert list(Paper.objects.visible_to(deputy)) == [paper]
    assert list(Attachment.objects.visible_to(deputy)) == [paper.attachment]
    assert set(Invitation.objects.visible_to(deputy)) == set(meeting.invitations.all())
    for model in (Council, Membership, Document, Version, Consultation):
        assert not model.objects.visible_to(deputy).exists(), model
    assert other not in Meeting.objects.visible_to(deputy)


def test_a_version_on_the_table_is_read_by_the_alternate_as_by_members(cast):
    meeting = cast.meeting()
    published = cast.version()
    in_work = cast.next_version(published)
    for version in (published, in_work):
        actions.add_paper(meeting.items.get(), version=version, by=cast.secretary)
    deputy = named(cast, meeting).user
    assert list(Version.objects.visible_to(deputy)) == [published]
    assert [paper.version for paper in Paper.objects.visible_to(deputy)] == [published]


def test_a_file_on_the_table_of_two_items_is_one_file(cast):
    meeting = cast.planned_meeting()
    file = cast.attachment()
    for item in (meeting.items.get(), cast.item(meeting, title="둘")):
        actions.add_paper(item, attachment=file, by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    for who in (named(cast, meeting).user, cast.supplier, cast.secretary):
        assert Attachment.objects.visible_to(who).get() == file
