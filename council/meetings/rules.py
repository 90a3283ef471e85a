"""Who may do what with meetings: those who run the council prepare and convene, each member answers for themselves."""

from council.core import clock
from council.core.permissions import allow, predicate
from council.meetings.models import (
    AgendaItem,
    Alternate,
    Attendance,
    Invitation,
    Meeting,
    Proposal,
    Recusal,
    Referral,
    Statement,
)
from council.meetings.places import place_of, places
from council.people.models import Membership, User
from council.people.rules import is_own, runs_council, seats_in


@predicate
def is_invited(user: User, invitation: Invitation) -> bool:
    """Whether an invitation is one's own and the membership still runs."""
    return invitation.membership.user_id == user.pk and invitation.membership.covers(clock.today())


@predicate
def comes_to(user: User, meeting: Meeting) -> bool:
    """Whether someone has a place at a meeting, their own or as an alternate."""
    return bool(places(user, meeting))


@predicate
def speaks_at(user: User, meeting: Meeting) -> bool:
    """Whether someone has a place at a meeting from which one may speak."""
    return any(place.speaks for place in places(user, meeting))


@predicate
def is_there(user: User, attendance: Attendance) -> bool:
    """Whether an attendance is one's own."""
    place = place_of(attendance)
    return place is not None and place.person.pk == user.pk


@predicate
def wrote_statement(user: User, statement: Statement) -> bool:
    """Whether someone wrote a statement down."""
    return statement.recorded_by_id == user.pk


@predicate
def speaks_in_body(user: User, meeting: Meeting) -> bool:
    """Whether someone sits on the body that meets, the council or a subcommittee, and may speak there."""
    return meeting.entitled().speaking().filter(user=user.pk).exists()


@predicate
def proposed_it(user: User, proposal: Proposal) -> bool:
    """Whether a proposal is one's own and the membership it was made under still runs."""
    return proposal.proposed_by_id == user.pk and proposal.membership.covers(clock.today())


@predicate
def runs_receiver(user: User, referral: Referral) -> bool:
    """Whether someone runs the council to which an item was forwarded."""
    return any(seat.role in Membership.OFFICERS for seat in seats_in(user, referral.to_council_id))


for verb in ("plan_meeting", "revise_meeting", "convene_meeting", "cancel_meeting", "close_meeting", "edit_agenda"):
    allow(f"meetings.{verb}", runs_council)
allow("meetings.answer_invitation", is_invited | runs_council)


@predicate
def is_alternate(user: User, invitation: Invitation) -> bool:
    """Whether someone comes in place of the member who is invited."""
    return Alternate.objects.filter(invitation=invitation.pk, user=user.pk).exists()


def speaks_for(user: User, invitation: Invitation) -> bool:
    """Whether someone is the member who is invited, or comes in their place."""
    return bool(is_invited(user, invitation) or is_alternate(user, invitation))


@predicate
def takes_part(user: User, item: AgendaItem) -> bool:
    """Whether someone is invited to the item's meeting for a seat, or comes in place of who is."""
    seats = Membership.objects.current().filter(role__in=Membership.SEATED, user=user.pk)
    invited = Invitation.objects.filter(meeting=item.meeting_id, membership__in=seats)
    alternates = Alternate.objects.filter(invitation__meeting=item.meeting_id, user=user.pk)
    return invited.exists() or alternates.exists()


@predicate
def is_someone_else(user: User, thing: Invitation | Recusal) -> bool:
    """Whether it is not oneself who is to keep out."""
    return thing.membership.user_id != user.pk


@predicate
def raised_it(user: User, recusal: Recusal) -> bool:
    """Whether one raised a recusal oneself."""
    return recusal.raised_by_id == user.pk


@predicate
def chairs_council(user: User, recusal: Recusal) -> bool:
    """Whether one is chair or vice-chair."""
    leads = (Membership.Role.CHAIR, Membership.Role.VICE_CHAIR)
    return any(membership.role in leads for membership in seats_in(user, recusal.council_id))


allow("meetings.name_alternate", is_invited | runs_council)
allow("meetings.withdraw_alternate", is_invited | is_alternate | runs_council)
allow("meetings.declare_interests", is_invited | is_alternate)
allow("meetings.raise_recusal", takes_part | runs_council)
allow("meetings.establish_exclusion", runs_council & is_someone_else)
allow("meetings.decide_recusal", runs_council & is_someone_else)
allow("meetings.decide_challenge", chairs_council & is_someone_else)
allow("meetings.withdraw_recusal", raised_it)
for verb in ("run_meeting", "note_attendance", "chair_floor", "record_statement"):
    allow(f"meetings.{verb}", runs_council)
allow("meetings.check_in", comes_to)
allow("meetings.check_out", is_there | runs_council)
for verb in ("ask_for_floor", "write_statement"):
    allow(f"meetings.{verb}", speaks_at)
for verb in ("withdraw_request", "end_speech"):
    allow(f"meetings.{verb}", is_own | runs_council)
allow("meetings.revise_statement", wrote_statement | runs_council)
allow("meetings.propose_item", speaks_in_body)
allow("meetings.withdraw_proposal", proposed_it)
allow("meetings.receive_referral", runs_receiver)
allow("meetings.revoke_feed", is_own)
