"""Ballots: opened with a roll that no longer changes, voted in once by each, counted and kept with how."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import create
from council.decisions import urn
from council.decisions.models import Ballot, Voter
from council.decisions.results import Votes, compute, in_words
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.common import lock
from council.meetings.actions.recusals import decide_by_ballot
from council.meetings.bell import touched
from council.meetings.closing import before_closing
from council.meetings.models import AgendaItem, Invitation, Meeting, Recusal
from council.meetings.models.coming import InvitationQuerySet
from council.meetings.quorum import Quorum, present_for, seats_for
from council.people.models import BelowQuorum, Membership, Share, User

FEWEST_FOR_A_SECRET = 3
CHOICES = Voter.Choice


@transaction.atomic
def open_ballot(
    meeting: Meeting,
    *,
    question: str,
    by: User,
    item: AgendaItem | None = None,
    text: str = "",
    secret: bool = False,
    majority: str | None = None,
    base: str | None = None,
    recusal: Recusal | None = None,
) -> Ballot:
    """표결 개시: put a question to the vote of those whose seats are taken now; in a written review, of all seats.

    The roll is frozen here: who comes or goes later changes neither who votes nor how many count. Members recused from
    the item, and the one challenged, are not on it.

    Args:
        majority: How many have to agree, where not as the council's rules say.
        base: Of whom, where not as the council's rules say; a written review always counts the forms returned.
        recusal: The challenge (기피) the ballot is about, which its result decides.

    Raises:
        Refused: The meeting is not in session, there is no quorum, or another ballot is open.
    """
    require(by, "decisions.open_ballot", meeting)
    written = meeting.kind == Meeting.Kind.WRITTEN
    meeting = _locked(meeting, written=written)
    _check_matter(meeting, item, recusal)
    if secret and written:
        raise Refused(_("A written review has no secret ballot: the forms are returned by name."))
    if meeting.ballots.open().filter(**({"item": item} if written else {})).exists():
        raise Refused(_("Another ballot is open; close it first."))
    seats = _without(seats_for(meeting, item), recusal).count()
    voting = _voting(meeting, item, recusal, written=written)
    _check_quorum(meeting, seats, len(voting), written=written)
    if secret and len(voting) < FEWEST_FOR_A_SECRET:
        raise Refused(_("Fewer than three may vote; their votes would not stay secret."))
    council = meeting.council
    ballot = Ballot(
        council=council,
        meeting=meeting,
        item=item,
        recusal=recusal,
        question=question.strip(),
        text=text.strip(),
        secret=secret,
        quorum=council.quorum,
        majority=majority or council.majority,
        base=Ballot.Base.RETURNED if written else base or council.majority_of,
        seats=seats,
        entitled=len(voting),
        opened_at=clock.now(),
        computation={
            "quorum_required": written or council.below_quorum != BelowQuorum.NOTHING,
            "chair_breaks_ties": council.chair_breaks_ties,
        },
    )
    if secret:
        ballot.urn = urn.seal(ballot.pk, dict.fromkeys(CHOICES.values, 0))
    create(ballot)
    Voter.objects.bulk_create(_line(ballot, invitation, written=written) for invitation in voting)
    verb = Verb.FORMS_ASKED_FOR if written else Verb.BALLOT_OPENED
    words: dict[str, Any] = {"title": ballot.question, "meeting": meeting.title, "meeting_id": meeting.pk}
    record(verb, ballot, by=by, secret=secret, **words)
    touched(meeting)
    return ballot


def _locked(meeting: Meeting, *, written: bool) -> Meeting:
    if not written:
        return lock(meeting, [Meeting.State.RUNNING], _("Votes are taken while the meeting is in session."))
    states = [Meeting.State.CONVENED, Meeting.State.RUNNING]
    meeting = lock(meeting, states, _("Votes are taken once the written review is convened, and until it ends."))
    if meeting.ends_at <= clock.now():
        raise Refused(_("The time to return forms is over."))
    return meeting


def _check_matter(meeting: Meeting, item: AgendaItem | None, recusal: Recusal | None) -> None:
    if item is not None and item.meeting_id != meeting.pk:
        raise ValidationError({"item": _("This agenda item belongs to another meeting.")})
    if recusal is None:
        return
    if item is None or recusal.item_id != item.pk:
        raise ValidationError({"recusal": _("This challenge belongs to another agenda item.")})
    if recusal.kind != Recusal.Kind.CHALLENGE or recusal.state != Recusal.State.RAISED:
        raise Refused(_("There is nothing to be decided about this recusal."))


def _without(invitations: InvitationQuerySet, recusal: Recusal | None) -> InvitationQuerySet:
    return invitations.exclude(pk=recusal.invitation_id) if recusal else invitations


def _voting(meeting: Meeting, item: AgendaItem | None, recusal: Recusal | None, *, written: bool) -> list[Invitation]:
    entitled = seats_for(meeting, item) if written else present_for(meeting, item)
    return list(_without(entitled, recusal).select_related("membership", "alternate", "attendance__alternate"))


def _check_quorum(meeting: Meeting, seats: int, present: int, *, written: bool) -> None:
    if not present:
        raise Refused(_("There is nobody to vote."))
    quorum = Quorum(seats=seats, needed=Share(meeting.council.quorum).needed(seats), present=present)
    if not written and not quorum.met and meeting.council.below_quorum != BelowQuorum.NOTHING:
        raise Refused(
            _("There is no quorum: %(present)d of %(seats)d seats are taken, %(needed)d are needed.")
            % {"present": quorum.present, "seats": quorum.seats, "needed": quorum.needed}
        )


def _line(ballot: Ballot, invitation: Invitation, *, written: bool) -> Voter:
    """Who votes for a seat: its alternate where one came (or, in a written review, was named), else the member."""
    if written:
        alternate = getattr(invitation, "alternate", None) if ballot.council.alternates_vote else None
    else:
        alternate = invitation.attendance.alternate
    membership = invitation.membership
    return Voter(
        ballot=ballot,
        membership=membership,
        invitation=invitation,
        user_id=alternate.user_id if alternate else membership.user_id,
        organisation_id=membership.organisation_id,
        sector=membership.sector,
        by_alternate=alternate is not None,
    )


@transaction.atomic
def cast(voter: Voter, *, choice: str, by: User, statement: str = "", key: UUID | None = None) -> Voter:
    """투표: vote once for a seat.

    Args:
        statement: Why, to stand beside a named vote; a secret one has none.
        key: Made by whoever sends; the same vote sent again with it gets the same answer and counts once.

    Raises:
        Refused: This seat has voted already, or the ballot is not open.
    """
    require(by, "decisions.cast", voter)
    return _vote(voter, choice, by=by, statement=statement, key=key)


@transaction.atomic
def cast_on_paper(voter: Voter, *, choice: str, by: User, statement: str = "") -> Voter:
    """Enter the vote of a form (서면심의서) that came back on paper.

    Raises:
        Refused: The ballot is secret, or not open, or this seat has voted already.
    """
    require(by, "decisions.cast_on_paper", voter.ballot)
    if voter.ballot.secret:
        raise Refused(_("In a secret ballot everyone votes themselves."))
    return _vote(voter, choice, by=by, statement=statement, on_paper=True)


def _vote(
    voter: Voter, choice: str, *, by: User, statement: str, key: UUID | None = None, on_paper: bool = False
) -> Voter:
    """Count one vote under the ballot's lock, so that closing sees all of them and the urn none twice."""
    if choice not in CHOICES.values:
        raise ValidationError({"choice": _("Choose for, against or abstain.")})
    ballot = Ballot.objects.select_for_update(of=("self",), no_key=True).get(pk=voter.ballot_id)
    if ballot.secret and statement.strip():
        raise ValidationError({"statement": _("A secret vote has no statement.")})
    if key and Voter.objects.filter(pk=voter.pk, has_voted=True, key=key).exists():
        return Voter.objects.get(pk=voter.pk)
    if why_not := why_not_vote(ballot):
        raise Refused(why_not)
    shown = {} if ballot.secret else {"choice": choice, "statement": statement.strip(), "on_paper": on_paper}
    if not Voter.objects.filter(pk=voter.pk, has_voted=False).update(has_voted=True, key=key, **shown):
        raise Refused(_("This seat has voted already."))
    if ballot.secret:
        sums = _sums(ballot)
        sums[choice] += 1
        Ballot.objects.filter(pk=ballot.pk).update(urn=urn.seal(ballot.pk, sums))
    else:
        record(
            Verb.VOTE_CAST,
            ballot,
            by=by,
            organisation_id=voter.organisation_id,
            membership=voter.membership_id,
            choice=choice,
            on_paper=on_paper,
        )
    touched(ballot.meeting_id)
    return Voter.objects.get(pk=voter.pk)


def why_not_vote(ballot: Ballot) -> str | Promise:
    """Why no vote is taken in a ballot now; empty while votes are."""
    if ballot.state != Ballot.State.OPEN:
        return _("This ballot is no longer open.")
    if ballot.base == Ballot.Base.RETURNED and ballot.meeting.ends_at <= clock.now():
        return _("The time to return forms is over.")
    return ""


def _sums(ballot: Ballot) -> dict[str, int]:
    try:
        return urn.unseal(ballot.pk, bytes(ballot.urn))
    except urn.InvalidToken as problem:
        raise Refused(_("The urn cannot be opened; call this ballot off and vote again.")) from problem


@transaction.atomic
def close_ballot(ballot: Ballot, *, by: User) -> Ballot:
    """개표: end the vote, count, and keep the result with how it came about. A challenge is decided by it.

    Raises:
        Refused: The ballot is not open; or so few voted in secret that the result would tell who chose what.
    """
    require(by, "decisions.close_ballot", ballot)
    ballot = _close(ballot, by=by)
    if ballot.recusal:
        with translation.override(settings.LANGUAGE_CODE):
            words = " ".join(in_words(ballot.computation))
        decide_by_ballot(ballot.recusal, granted=bool(ballot.adopted), decision=words, by=by)
    return ballot


def _close(ballot: Ballot, *, by: User | None) -> Ballot:
    ballot = Ballot.objects.select_for_update(of=("self",), no_key=True).get(pk=ballot.pk)
    if ballot.state != Ballot.State.OPEN:
        raise Refused(_("This ballot is no longer open."))
    votes = _counted(ballot)
    computation = compute(ballot, votes)
    ballot.state, ballot.closed_at, ballot.urn = Ballot.State.CLOSED, clock.now(), b""
    ballot.votes_for, ballot.votes_against, ballot.abstentions = votes.in_favour, votes.against, votes.abstentions
    ballot.computation, ballot.adopted = computation, computation["adopted"]
    ballot.modified_at = clock.now()
    ballot.save()
    words: dict[str, Any] = {"title": ballot.question, "adopted": ballot.adopted, "meeting_id": ballot.meeting_id}
    record(Verb.BALLOT_CLOSED, ballot, by=by, **words)
    touched(ballot.meeting_id)
    return ballot


def _counted(ballot: Ballot) -> Votes:
    """The sums: of a named ballot from its roll, of a secret one from the urn."""
    if ballot.secret:
        voted = ballot.roll.filter(has_voted=True).count()
        if 0 < voted < FEWEST_FOR_A_SECRET:
            raise Refused(_("Fewer than three have voted; the result would tell who chose what."))
        sums = _sums(ballot)
        return Votes(sums[CHOICES.FOR], sums[CHOICES.AGAINST], sums[CHOICES.ABSTAIN])
    cast = list(ballot.roll.filter(has_voted=True).values_list("choice", "membership__role", "by_alternate"))
    choices = [choice for choice, _role, _by_alternate in cast]
    chair = next((c for c, role, stands_in in cast if role == Membership.Role.CHAIR and not stands_in), "")
    return Votes(
        choices.count(CHOICES.FOR), choices.count(CHOICES.AGAINST), choices.count(CHOICES.ABSTAIN), chair=chair
    )


@transaction.atomic
def cancel_ballot(ballot: Ballot, *, reason: str, by: User) -> Ballot:
    """Call an open ballot off, with a reason; what was cast in secret is forgotten."""
    require(by, "decisions.cancel_ballot", ballot)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the ballot is called off.")})
    if not Ballot.objects.filter(pk=ballot.pk, state=Ballot.State.OPEN).update(
        state=Ballot.State.CANCELLED,
        urn=b"",
        cancelled_reason=reason.strip(),
        closed_at=clock.now(),
        modified_at=clock.now(),
    ):
        raise Refused(_("This ballot is no longer open."))
    ballot.refresh_from_db()
    words: dict[str, Any] = {"title": ballot.question, "reason": reason.strip(), "meeting_id": ballot.meeting_id}
    record(Verb.BALLOT_CANCELLED, ballot, by=by, **words)
    touched(ballot.meeting_id)
    return ballot


@before_closing
def open_ballots(meeting: Meeting) -> list[str | Promise]:
    """The ballots that stand in the way of closing a meeting."""
    return [
        _("The ballot “%(question)s” is still open.") % {"question": ballot.question}
        for ballot in Ballot.objects.open().filter(meeting=meeting)
    ]


def close_due_ballots() -> int:
    """Close the ballots of written reviews whose time is over. Set off by the clock; safe to run twice at once.

    Those on a challenge are left to whoever decides by closing them.

    Returns:
        How many were closed.
    """
    due = Ballot.objects.open().filter(base=Ballot.Base.RETURNED, meeting__ends_at__lte=clock.now(), recusal=None)
    return sum(_close_one_due(ballot) for ballot in due)


def _close_one_due(ballot: Ballot) -> bool:
    with transaction.atomic():
        try:
            _close(ballot, by=None)
        except Refused:
            return False
    return True
