"""제척·기피·회피: a member keeps out of one item, and loses what belongs to it, for that item only."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core.errors import Refused
from council.documents.models import Attachment
from council.meetings import actions
from council.meetings.models import AgendaItem, Meeting, Paper, Recusal
from council.meetings.quorum import quorum
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.people.models import User
from tests.cast import Cast

PARTY = {"ground": "party", "reason": "계약 상대방입니다."}


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Convened, with two items, each with a paper."""
    meeting = cast.planned_meeting()
    cast.item(meeting, title="계약")
    for item in meeting.items.all():
        actions.add_paper(item, attachment=cast.attachment(name=f"{item.number}.txt"), by=cast.secretary)
    return actions.convene(meeting, by=cast.secretary)


def raised(cast: Cast, meeting: Meeting, who: User, kind: str, *, by: User, **fields: Any) -> Recusal:
    item = meeting.items.get(title="계약")
    words = {**PARTY, **fields}
    return actions.raise_recusal(item, invitation=cast.invitation(meeting, who), kind=kind, by=by, **words)


def abstained(cast: Cast, meeting: Meeting, who: User | None = None) -> Recusal:
    who = who or cast.supplier
    return raised(cast, meeting, who, "abstention", by=who)


def told(verb: str) -> set[User]:
    while notifications.dispatch():
        pass
    return {each.recipient for each in Notification.objects.filter(entry__verb=verb, channel="mail")}


def test_interests_are_declared_ahead(cast, meeting):
    invitation = actions.declare_no_interest(cast.invitation(meeting, cast.supplier), by=cast.supplier)
    assert invitation.interests_declared_at is not None
    with pytest.raises(PermissionDenied):
        actions.declare_no_interest(invitation, by=cast.secretary)


def test_who_abstains_loses_papers_and_the_place_in_the_quorum_for_that_item_only(cast, meeting):
    general, contract = meeting.items.order_by("position")
    before = quorum(meeting).seats
    recusal = abstained(cast, meeting)
    assert recusal.state == "granted"
    assert cast.invitation(meeting, cast.supplier).interests_declared_at is not None
    assert list(AgendaItem.objects.visible_to(cast.supplier)) == [general, contract]
    assert list(AgendaItem.objects.readable_by(cast.supplier)) == [general]
    assert [paper.item for paper in Paper.objects.visible_to(cast.supplier)] == [general]
    assert [file.name for file in Attachment.objects.visible_to(cast.supplier)] == ["1.txt"]
    assert quorum(meeting, contract).seats == before - 1
    assert quorum(meeting, general).seats == quorum(meeting).seats == before


def test_an_officer_who_keeps_out_loses_the_papers_too(cast, meeting):
    abstained(cast, meeting, cast.chair)
    assert [file.name for file in Attachment.objects.visible_to(cast.chair)] == ["1.txt"]


def test_the_alternate_keeps_out_with_the_seat(cast, meeting):
    alternate = actions.name_alternate(
        cast.invitation(meeting, cast.supplier),
        email="d@council.example",
        name="대리인",
        mandate="전부",
        by=cast.supplier,
    )
    recusal = raised(cast, meeting, cast.supplier, "abstention", by=alternate.user)
    assert [paper.item.number for paper in Paper.objects.visible_to(alternate.user)] == ["1"]
    assert [file.name for file in Attachment.objects.visible_to(alternate.user)] == ["1.txt"]
    assert recusal in Recusal.objects.visible_to(alternate.user)


def test_nobody_abstains_for_another_or_challenges_themselves(cast, meeting):
    with pytest.raises(ValidationError):
        raised(cast, meeting, cast.supplier, "abstention", by=cast.adopter)
    with pytest.raises(ValidationError):
        raised(cast, meeting, cast.supplier, "challenge", by=cast.supplier)


def test_chair_or_secretary_establish_an_exclusion_at_once(cast, meeting):
    assert raised(cast, meeting, cast.supplier, "exclusion", by=cast.secretary).state == "granted"


def test_an_exclusion_a_member_points_out_is_decided_by_who_runs_the_council(cast, meeting):
    recusal = raised(cast, meeting, cast.supplier, "exclusion", by=cast.adopter)
    assert recusal.state == "raised"
    assert Paper.objects.visible_to(cast.supplier).count() == 2
    with pytest.raises(PermissionDenied):
        actions.decide_recusal(recusal, granted=True, by=cast.adopter)
    actions.decide_recusal(recusal, granted=True, by=cast.secretary)
    assert Paper.objects.visible_to(cast.supplier).count() == 1
    with pytest.raises(Refused):
        actions.decide_recusal(recusal, granted=False, decision="아닙니다.", by=cast.secretary)


def test_an_exclusion_needs_one_of_the_grounds(cast, meeting):
    with pytest.raises(ValidationError) as refusal:
        raised(cast, meeting, cast.supplier, "exclusion", by=cast.secretary, ground="other")
    assert list(refusal.value.message_dict) == ["ground"]


def test_nobody_decides_about_themselves(cast, meeting):
    recusal = raised(cast, meeting, cast.chair, "exclusion", by=cast.adopter)
    with pytest.raises(PermissionDenied):
        actions.decide_recusal(recusal, granted=False, decision="아닙니다.", by=cast.chair)
    own = raised(cast, meeting, cast.secretary, "exclusion", by=cast.secretary)
    assert own.state == "raised"


def test_a_challenge_is_for_the_ballot_by_default(cast, meeting):
    recusal = raised(cast, meeting, cast.supplier, "challenge", by=cast.adopter, ground="other")
    assert recusal.state == "raised"
    with pytest.raises(Refused):
        actions.decide_recusal(recusal, granted=True, by=cast.chair)
    actions.decide_by_ballot(recusal, granted=True, decision="찬성 4, 반대 1", by=cast.chair)
    recusal.refresh_from_db()
    assert (recusal.state, recusal.decision) == ("granted", "찬성 4, 반대 1")


def test_where_the_rules_say_so_the_chair_decides_and_not_the_secretary(cast, meeting):
    cast.council.challenges_decided_by = "chair"
    cast.council.save()
    recusal = raised(cast, meeting, cast.supplier, "challenge", by=cast.adopter)
    with pytest.raises(PermissionDenied):
        actions.decide_recusal(recusal, granted=True, by=cast.secretary)
    with pytest.raises(ValidationError):
        actions.decide_recusal(recusal, granted=False, by=cast.chair)
    assert actions.decide_recusal(recusal, granted=False, decision="근거 없음", by=cast.chair).state == "denied"
    assert Paper.objects.visible_to(cast.supplier).count() == 2


def test_once_per_member_and_item(cast, meeting):
    recusal = abstained(cast, meeting)
    with pytest.raises(Refused):
        raised(cast, meeting, cast.supplier, "challenge", by=cast.adopter)
    actions.withdraw_recusal(recusal, by=cast.supplier)
    assert raised(cast, meeting, cast.supplier, "challenge", by=cast.adopter).state == "raised"


def test_an_abstention_is_taken_back_before_the_item_is_taken_up(cast, meeting):
    recusal = abstained(cast, meeting)
    with pytest.raises(PermissionDenied):
        actions.withdraw_recusal(recusal, by=cast.secretary)
    actions.withdraw_recusal(recusal, by=cast.supplier)
    assert Paper.objects.visible_to(cast.supplier).count() == 2
    with pytest.raises(Refused):
        actions.withdraw_recusal(recusal, by=cast.supplier)


def test_what_others_have_decided_is_not_taken_back(cast, meeting):
    recusal = raised(cast, meeting, cast.supplier, "exclusion", by=cast.adopter)
    actions.decide_recusal(recusal, granted=True, by=cast.secretary)
    with pytest.raises(Refused):
        actions.withdraw_recusal(recusal, by=cast.adopter)


def test_observers_and_strangers_challenge_nobody(cast, meeting):
    for who in (cast.observer, cast.stranger, cast.expired):
        with pytest.raises(PermissionDenied):
            raised(cast, meeting, cast.supplier, "challenge", by=who)


def test_a_member_of_another_meeting_is_not_meant(cast, meeting):
    other = cast.meeting()
    with pytest.raises(ValidationError):
        actions.raise_recusal(
            meeting.items.first(),
            invitation=cast.invitation(other, cast.supplier),
            kind="challenge",
            by=cast.adopter,
            **PARTY,
        )


def test_an_open_question_is_known_to_who_raised_it_whom_it_concerns_and_who_decides(cast, meeting):
    recusal = raised(cast, meeting, cast.supplier, "challenge", by=cast.adopter)
    knowing = {who for who in User.objects.all() if recusal in Recusal.objects.visible_to(who)}
    assert knowing == {cast.supplier, cast.adopter, cast.secretary, cast.chair}
    assert told("recusal.raised") == {cast.supplier, cast.secretary, cast.chair}
    actions.decide_by_ballot(recusal, granted=True, decision="가결", by=cast.secretary)
    assert told("recusal.decided") == {cast.supplier, cast.adopter}
    assert recusal in Recusal.objects.visible_to(cast.tp)


def test_the_notice_names_the_item_by_number_alone(cast, meeting):
    abstained(cast, meeting)
    while notifications.dispatch():
        pass
    entry = Notification.objects.filter(entry__verb="recusal.raised").first().entry
    assert "계약" not in str(entry.data)
