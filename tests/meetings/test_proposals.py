"""안건 제안: proposed before a deadline, accepted, merged, declined, withdrawn; and who hears."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.meetings import actions
from council.meetings.models import Meeting, Proposal
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.people import actions as people


@pytest.fixture
def meeting(cast) -> Meeting:
    """In preparation, asking for proposals for five days."""
    return cast.planned_meeting(proposals_until=clock.now() + dt.timedelta(days=5))


def propose(cast, meeting: Meeting, *, by=None, **words) -> Proposal:
    by = by or cast.supplier
    words = {"title": "데이터 표준", "note": "표준이 없어 연계가 어렵습니다.", **words}
    return actions.propose_item(meeting, membership=cast.membership(by), by=by, **words)


def told(user, verb: str) -> int:
    while notifications.dispatch():
        pass
    return Notification.objects.filter(recipient=user, entry__verb=verb, channel="screen").count()


def test_who_sits_on_the_council_hears_that_items_can_be_proposed_and_sees_the_meeting(cast, meeting):
    assert told(cast.supplier, "meeting.proposals_invited") == 1
    assert told(cast.stranger, "meeting.proposals_invited") == 0
    assert meeting in Meeting.objects.visible_to(cast.supplier)


def test_a_deadline_set_later_is_told_once_and_again_when_it_moves(cast):
    meeting = cast.planned_meeting()
    assert told(cast.supplier, "meeting.proposals_invited") == 0
    until = clock.now() + dt.timedelta(days=3)
    actions.revise_meeting(meeting, proposals_until=until, by=cast.secretary)
    actions.revise_meeting(meeting, proposals_until=until, place="대회의실", by=cast.secretary)
    assert told(cast.supplier, "meeting.proposals_invited") == 1
    actions.revise_meeting(meeting, proposals_until=until + dt.timedelta(days=1), by=cast.secretary)
    assert told(cast.supplier, "meeting.proposals_invited") == 2


def test_proposals_end_before_the_meeting_begins(cast, meeting):
    with pytest.raises(ValidationError):
        actions.revise_meeting(meeting, proposals_until=meeting.starts_at, by=cast.secretary)


def test_a_subcommittee_is_asked_alone(cast):
    subcommittee = people.form_subcommittee(
        cast.council, name="데이터 분과", members=[cast.membership(cast.supplier)], by=cast.secretary
    )
    until = clock.now() + dt.timedelta(days=5)
    meeting = cast.planned_meeting(kind="subcommittee", subcommittee=subcommittee, proposals_until=until)
    assert told(cast.supplier, "meeting.proposals_invited") == 1
    assert told(cast.adopter, "meeting.proposals_invited") == 0
    propose(cast, meeting)
    with pytest.raises(PermissionDenied):
        propose(cast, meeting, by=cast.adopter)


def test_a_member_proposes_for_their_organisation_and_the_secretary_hears(cast, meeting):
    proposal = propose(cast, meeting)
    assert (proposal.organisation, proposal.sector, proposal.state) == (cast.supplying, "supplier", "open")
    assert told(cast.secretary, "proposal.made") == 1


@pytest.mark.parametrize("who", ["observer", "stranger", "expired"])
def test_who_has_no_voice_proposes_nothing(cast, meeting, who):
    with pytest.raises(PermissionDenied):
        actions.propose_item(
            meeting, membership=cast.membership(cast.supplier), title="x", note="y", by=getattr(cast, who)
        )


def test_nobody_proposes_through_anothers_seat(cast, meeting):
    with pytest.raises(ValidationError):
        actions.propose_item(meeting, membership=cast.membership(cast.adopter), title="x", note="y", by=cast.supplier)


def test_after_the_deadline_nothing_is_proposed(cast, meeting):
    with clock.at(meeting.proposals_until + dt.timedelta(seconds=1)), pytest.raises(Refused):
        propose(cast, meeting)


def test_a_meeting_that_asks_for_nothing_takes_nothing(cast):
    with pytest.raises(Refused):
        propose(cast, cast.planned_meeting())


def test_members_see_the_proposals_of_their_own_organisation(cast, meeting):
    proposal, colleague = propose(cast, meeting), cast.colleague()
    seen = {
        who.name
        for who in (cast.supplier, colleague, cast.adopter, cast.secretary, cast.chair, cast.stranger)
        if Proposal.objects.visible_to(who).filter(pk=proposal.pk).exists()
    }
    assert seen == {cast.supplier.name, colleague.name, cast.secretary.name, cast.chair.name}


def test_an_accepted_proposal_is_an_item_and_its_proposer_presents_it(cast, meeting):
    proposal = propose(cast, meeting, kind="decision", minutes_planned=25)
    upper = meeting.items.get()
    item = actions.accept_proposal(proposal, parent=upper, by=cast.secretary)
    proposal.refresh_from_db()
    assert (item.title, item.note, item.kind, item.minutes_planned, item.number) == (
        "데이터 표준",
        "표준이 없어 연계가 어렵습니다.",
        "decision",
        25,
        "1-1",
    )
    assert item.presenter == "공급 대표 (누리솔루션)"
    assert (proposal.state, proposal.item, proposal.decided_at is not None) == ("accepted", item, True)
    assert told(cast.supplier, "proposal.accepted") == 1


def test_what_is_decided_is_not_decided_again(cast, meeting):
    proposal = propose(cast, meeting)
    actions.accept_proposal(proposal, by=cast.secretary)
    items = meeting.items.count()
    for again in (
        lambda: actions.accept_proposal(proposal, by=cast.secretary),
        lambda: actions.decline_proposal(proposal, reason="늦음", by=cast.secretary),
        lambda: actions.withdraw_proposal(proposal, by=cast.supplier),
    ):
        with pytest.raises(Refused):
            again()
    assert meeting.items.count() == items


def test_a_proposal_is_merged_into_an_item_there_is(cast, meeting):
    proposal, item = propose(cast, meeting), meeting.items.get()
    assert actions.merge_proposals([proposal], into=item, by=cast.secretary) == item
    proposal.refresh_from_db()
    assert (proposal.state, proposal.item, meeting.items.count()) == ("merged", item, 1)
    assert told(cast.supplier, "proposal.merged") == 1


def test_several_proposals_become_one_item_with_what_all_of_them_say(cast, meeting):
    proposals = [propose(cast, meeting), propose(cast, meeting, by=cast.adopter, title="연계", note="막혀 있습니다.")]
    item = actions.merge_proposals(proposals, title="데이터 표준과 연계", by=cast.secretary)
    assert item.title == "데이터 표준과 연계"
    assert "표준이 없어" in item.note
    assert "막혀 있습니다." in item.note
    assert {each.state for each in meeting.proposals.all()} == {"merged"}
    assert told(cast.adopter, "proposal.merged") == 1


def test_merging_needs_two_proposals_and_a_title_or_an_item_of_the_same_meeting(cast, meeting):
    proposals = [propose(cast, meeting), propose(cast, meeting, by=cast.adopter)]
    foreign = cast.planned_meeting().items.get()
    for wrong in (
        {"proposals": [], "title": "x"},
        {"proposals": proposals[:1], "title": "x"},
        {"proposals": proposals, "title": " "},
        {"proposals": proposals, "into": foreign},
    ):
        with pytest.raises(ValidationError):
            actions.merge_proposals(by=cast.secretary, **wrong)
    actions.withdraw_proposal(proposals[0], by=cast.supplier)
    with pytest.raises(Refused):
        actions.merge_proposals(proposals, title="x", by=cast.secretary)
    assert meeting.items.count() == 1


def test_a_proposal_is_declined_with_a_reason_its_proposer_reads(cast, meeting):
    proposal = propose(cast, meeting)
    with pytest.raises(ValidationError):
        actions.decline_proposal(proposal, reason=" ", by=cast.secretary)
    declined = actions.decline_proposal(proposal, reason="분과에서 먼저 다룹니다.", by=cast.secretary)
    assert (declined.state, declined.reason) == ("declined", "분과에서 먼저 다룹니다.")
    assert told(cast.supplier, "proposal.declined") == 1


def test_the_proposer_withdraws_and_nobody_else_does(cast, meeting):
    proposal, colleague = propose(cast, meeting), cast.colleague()
    for someone in (colleague, cast.secretary, cast.adopter):
        with pytest.raises(PermissionDenied):
            actions.withdraw_proposal(proposal, by=someone)
    assert actions.withdraw_proposal(proposal, by=cast.supplier).state == "withdrawn"


def test_members_decide_nothing(cast, meeting):
    proposal = propose(cast, meeting)
    for verb in (
        lambda: actions.accept_proposal(proposal, by=cast.supplier),
        lambda: actions.merge_proposals([proposal], into=meeting.items.get(), by=cast.supplier),
        lambda: actions.decline_proposal(proposal, reason="x", by=cast.supplier),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_a_proposal_waits_again_when_its_item_leaves_the_agenda(cast, meeting):
    proposal = propose(cast, meeting)
    actions.remove_item(actions.accept_proposal(proposal, by=cast.secretary), by=cast.secretary)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.item, proposal.decided_at) == ("open", None, None)
