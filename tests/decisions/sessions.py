"""Meetings in session and the ballots taken there."""

from typing import Any

from council.core import clock
from council.decisions import actions
from council.decisions.models import Ballot, Voter
from council.meetings.models import Attendance, Meeting
from council.people.models import Council, Membership, Seat, User
from tests.cast import Cast

VOTING = ("chair", "officer", "tp", "supplier", "adopter")


def take_seats(meeting: Meeting, *users: User) -> None:
    """Seat people, as the secretary notes it."""
    for invitation in meeting.invitations.filter(membership__user__in=users):
        Attendance.objects.update_or_create(
            invitation=invitation,
            defaults={
                "council": meeting.council,
                "meeting": meeting,
                "name": invitation.membership.user.name,
                "arrived_at": clock.now(),
                "present": True,
            },
        )


def in_session(cast: Cast, *users: User, **fields: Any) -> Meeting:
    """A meeting in session; everyone with a seat has taken it, or just those named."""
    meeting = cast.meeting(**fields)
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.RUNNING, opened_at=clock.now())
    meeting.refresh_from_db()
    take_seats(meeting, *(users or [getattr(cast, name) for name in VOTING]))
    return meeting


def written_review(cast: Cast, **fields: Any) -> Meeting:
    """A written review, convened."""
    return cast.meeting(kind="written", title="서면심의", **fields)


def rule(council: Council, **rules: Any) -> None:
    """Change a council's rules."""
    Council.objects.filter(pk=council.pk).update(**rules)


def ballot_in(cast: Cast, meeting: Meeting, **fields: Any) -> Ballot:
    """A ballot on the meeting's first item."""
    item = fields.pop("item", meeting.items.first())
    return actions.open_ballot(
        meeting, by=cast.secretary, **{"question": "원안대로 의결할 것인가?", "item": item, **fields}
    )


def line(ballot: Ballot, user: User) -> Voter:
    """Someone's line in the roll."""
    return ballot.roll.get(user=user)


def vote(ballot: Ballot, user: User, choice: str = "for", **fields: Any) -> Voter:
    """Someone's vote."""
    return actions.cast(line(ballot, user), choice=choice, by=user, **fields)


def vote_all(ballot: Ballot, choices: str) -> None:
    """One letter per line of the roll: + for, - against, 0 abstains, . does not vote."""
    words = {"+": "for", "-": "against", "0": "abstain"}
    for voter, letter in zip(ballot.roll.select_related("user").order_by("pk"), choices, strict=True):
        if letter in words:
            actions.cast(voter, choice=words[letter], by=voter.user)


def full_house(cast: Cast, number: int, *, first: int = 1000, **fields: Any) -> Meeting:
    """A meeting in session with as many more members, all of them seated: made at once, because there are many."""
    council, people = cast.council, range(first, first + number)
    users = User.objects.bulk_create(
        User(email=f"m{n}@council.example", name=f"위원 {n}", password="!") for n in people
    )
    seats = Seat.objects.bulk_create(Seat(council=council, sector="adopter", number=n) for n in people)
    Membership.objects.bulk_create(
        Membership(
            council=council,
            seat=seat,
            user=user,
            organisation=cast.adopting,
            sector="adopter",
            starts_on=cast.today,
        )
        for user, seat in zip(users, seats, strict=True)
    )
    meeting = in_session(cast, cast.chair, **fields)
    invitations = meeting.invitations.filter(membership__user__in=users)
    Attendance.objects.bulk_create(
        Attendance(council=council, meeting=meeting, invitation=each, name="위원", arrived_at=clock.now())
        for each in invitations
    )
    return meeting
