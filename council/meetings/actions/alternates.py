"""대리참석: who comes to one meeting in place of a member, with which mandate."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core.errors import Refused
from council.core.models import Visibility
from council.core.permissions import require
from council.core.saving import change, create
from council.documents import actions as documents
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.capacity import FITTING, free_up, settle
from council.meetings.actions.coming import awaited
from council.meetings.bell import touched
from council.meetings.models import Alternate, Invitation, Meeting
from council.people import actions as people
from council.people.models import Membership, User

Answer = Invitation.Answer


@transaction.atomic
def name_alternate(
    invitation: Invitation, *, email: str, mandate: str, by: User, name: str = "", title: str = ""
) -> Alternate:
    """Name who comes in place of a member: one per seat and meeting, until it begins.

    The seat is then expected to come. Someone without an account gets one, and sees this meeting alone.

    Args:
        email: The alternate's address.
        mandate: What they may say and vote for the seat.
        name: Who that is; needed where the address has no account.
        title: Their position in the member's organisation.

    Raises:
        ValidationError: Something is missing, or the person sits for another seat or another organisation.
        Refused: The invitation is for no seat, the meeting has begun, or someone is named already.
    """
    require(by, "meetings.name_alternate", invitation)
    meeting = awaited(invitation.meeting)
    if not invitation.votes:
        raise Refused(_("Only who holds a seat can send someone in their place."))
    if Alternate.objects.filter(invitation=invitation).exists():
        raise Refused(_("Someone comes in place of this member already; withdraw that first."))
    user = _person(invitation, email.strip().lower(), name.strip(), by)
    alternate = create(
        Alternate(
            council_id=invitation.council_id,
            invitation=invitation,
            user=user,
            title=title,
            mandate=mandate,
            named_by=by,
        )
    )
    _expect(invitation, meeting)
    _record(Verb.ALTERNATE_NAMED, alternate, invitation, by, person=user.name)
    touched(meeting)
    return alternate


def _person(invitation: Invitation, email: str, name: str, by: User) -> User:
    """Whoever has the address, if they may come for the seat; or a new account."""
    user = User.objects.filter(email=email).first()
    if user is None:
        validate = {"email": email and _validated(email), "name": name}
        if missing := [field for field, value in validate.items() if not value]:
            raise ValidationError({field: _("Give name and e-mail address of who comes.") for field in missing})
        return people.open_account(email=email, name=name, by=by)
    membership = invitation.membership
    current = Membership.objects.current().filter(user=user)
    if current.filter(council=invitation.council_id, role__in=Membership.SEATED).exists():
        raise ValidationError({"email": _("This person holds a seat here and cannot come for another one.")})
    if current.exists() and not current.filter(organisation=membership.organisation_id).exists():
        raise ValidationError({"email": _("This person speaks for another organisation.")})
    if Alternate.objects.filter(user=user, invitation__meeting=invitation.meeting_id).exists():
        raise ValidationError({"email": _("This person comes in place of another member already.")})
    if not user.is_active:
        raise ValidationError({"email": _("This account is closed.")})
    return user


def _validated(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    return email


def _expect(invitation: Invitation, meeting: Meeting) -> None:
    """Whoever sends someone comes: in the room where there is one, unless they said otherwise before."""
    invitation.refresh_from_db()
    if invitation.answer in (Answer.NONE, Answer.DECLINED):
        settle(invitation, meeting, FITTING[Meeting.Mode(meeting.mode)][0])


@transaction.atomic
def hand_in_mandate(alternate: Alternate, *, file: File[bytes], by: User) -> Alternate:
    """Add the letter of mandate (위임장), until the meeting begins; who runs the council, member and alternate read it."""
    require(by, "meetings.name_alternate", alternate.invitation)
    awaited(alternate.invitation.meeting)
    letter = documents.keep(alternate.invitation.meeting.council, file=file, by=by, visibility=Visibility.OFFICERS)
    change(alternate, letter=letter)
    _record(Verb.MANDATE_HANDED_IN, alternate, alternate.invitation, by)
    return alternate


@transaction.atomic
def withdraw_alternate(alternate: Alternate, *, by: User) -> None:
    """Come oneself after all, or not at all: the member is asked again, and a place in the room is freed.

    Raises:
        Refused: The meeting has begun.
    """
    invitation = alternate.invitation
    require(by, "meetings.withdraw_alternate", invitation)
    meeting = awaited(invitation.meeting)
    person = alternate.user
    if not Alternate.objects.filter(pk=alternate.pk).delete()[0]:
        raise Refused(_("This has been withdrawn already."))
    invitation.refresh_from_db()
    change(invitation, answer=Answer.NONE, answered_at=None)
    _record(Verb.ALTERNATE_WITHDRAWN, invitation, invitation, by, person=person.name, user_id=person.pk)
    free_up(meeting, by=by)
    touched(meeting)


def _record(verb: Verb, target: Any, invitation: Invitation, by: User, **data: Any) -> None:
    meeting, membership = invitation.meeting, invitation.membership
    record(
        verb,
        target,
        by=by,
        organisation_id=membership.organisation_id,
        title=meeting.title,
        member=membership.user.name,
        starts_at=meeting.starts_at,
        place=meeting.place,
        **data,
    )
