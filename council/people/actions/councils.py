"""What can happen to people, organisations and councils: one function per verb."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.people.business_number import normalised
from council.people.models import Council, Membership, Organisation, Seat, Subcommittee, User

RULES = (
    "quorum",
    "majority",
    "majority_of",
    "chair_breaks_ties",
    "below_quorum",
    "alternates_vote",
    "challenges_decided_by",
    "notice_days",
    "speech_minutes",
    "correction_days",
    "action_notice_days",
    "action_escalation_days",
    "consultation_days",
    "answer_days",
    "objection_days",
    "term_years",
    "gender_share_percent",
    "open_to_public",
)


@transaction.atomic
def register_organisation(*, by: User, business_number: str | None = None, **fields: Any) -> Organisation:
    """Enter an organisation; its business number may be written with hyphens."""
    require(by, "people.register_organisation")
    number = normalised(business_number or "") or None
    organisation = create(Organisation(business_number=number, **fields))
    record(Verb.ORGANISATION_REGISTERED, organisation, by=by, name=organisation.name)
    return organisation


@transaction.atomic
def invite_user(*, email: str, name: str, by: User, language: str = User.Language.KOREAN) -> User:
    """Make an account and let the person set a password through a link that comes by mail."""
    require(by, "people.invite_user")
    return open_account(email=email, name=name, by=by, language=language)


@transaction.atomic
def open_account(*, email: str, name: str, by: User, language: str = User.Language.KOREAN) -> User:
    """Make an account for another room's verb, which has asked itself whether ``by`` may."""
    user = User(email=email.strip().lower(), name=name, language=language)
    user.set_unusable_password()
    create(user)
    record(Verb.USER_INVITED, user, by=by)
    return user


@transaction.atomic
def request_password_reset(email: str) -> None:
    """Let someone who cannot log in set a new password; whether the address has an account stays untold."""
    for user in User.objects.filter(email=email.strip().lower(), is_active=True, is_system=False):
        record(Verb.PASSWORD_RESET_REQUESTED, user, by=None)


@transaction.atomic
def change_profile(user: User, *, name: str | None = None, language: str | None = None) -> User:
    """Change one's own name or language."""
    changed = change(user, name=name or user.name, language=language or user.language)
    if changed:
        record(Verb.PROFILE_CHANGED, user, by=user, fields=changed)
    return user


@transaction.atomic
def establish_council(*, by: User, **fields: Any) -> Council:
    """Set up a council with its legal basis and rules."""
    require(by, "people.establish_council")
    council = create(Council(**fields))
    record(Verb.COUNCIL_ESTABLISHED, council, by=by, name=council.name)
    return council


@transaction.atomic
def revise_rules(council: Council, *, by: User, **rules: Any) -> Council:
    """Change how the council works, in its :data:`RULES` alone; the chair sets them after hearing the members.

    What runs already keeps the rules under which it began: a ballot its quorum and majority, a meeting its notice.

    Raises:
        ValidationError: A value is not possible.
    """
    require(by, "people.revise_rules", council)
    changed = change(council, **{name: value for name, value in rules.items() if name in RULES})
    if changed:
        record(Verb.RULES_REVISED, council, by=by, name=council.name, rules={name: rules[name] for name in changed})
    return council


@transaction.atomic
def form_subcommittee(
    council: Council, *, name: str, by: User, members: Iterable[Membership] = (), **fields: Any
) -> Subcommittee:
    """Form a subcommittee (분과) of members of the council."""
    require(by, "people.form_subcommittee", council)
    members = list(members)
    if any(member.council_id != council.pk for member in members):
        raise ValidationError({"members": _("Only members of this council can join its subcommittees.")})
    subcommittee = create(Subcommittee(council=council, name=name, **fields))
    subcommittee.members.set(members)
    record(Verb.SUBCOMMITTEE_FORMED, subcommittee, by=by, name=name)
    return subcommittee


@transaction.atomic
def create_seat(council: Council, *, sector: str, by: User, ex_officio: bool = False) -> Seat:
    """Put another seat at the table; seats are numbered in the order they come."""
    require(by, "people.create_seat", council)
    Council.objects.select_for_update().get(pk=council.pk)
    last = council.seats.order_by("-number").values_list("number", flat=True).first() or 0
    seat = create(Seat(council=council, sector=sector, ex_officio=ex_officio, number=last + 1))
    record(Verb.SEAT_CREATED, seat, by=by, number=seat.number, sector=sector)
    return seat


@transaction.atomic
def appoint(
    council: Council,
    *,
    user: User,
    organisation: Organisation,
    role: str,
    by: User,
    seat: Seat | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    title: str = "",
    coordinates: bool = False,
) -> Membership:
    """Appoint someone (위촉) to a seat, or as secretary or observer without one.

    Raises:
        ValidationError: The seat belongs elsewhere, or the term is missing, reversed or longer than the rules allow.
        Refused: Someone else holds the seat during that term.
    """
    require(by, "people.appoint", council)
    starts_on = starts_on or clock.today()
    if user.is_system and (seat or coordinates or role not in Membership.SEATLESS):
        raise ValidationError({"role": _("A system holds no seat; it may observe, or work for the secretary.")})
    if seat is None and role in Membership.SEATED:
        raise ValidationError({"seat": _("A member needs a seat.")})
    if seat is not None:
        _check_seat(council, seat, starts_on, ends_on)
    membership = create(
        Membership(
            council=council,
            seat=seat,
            user=user,
            organisation=organisation,
            sector=seat.sector if seat else organisation.sector,
            role=role,
            title=title,
            coordinates=coordinates,
            starts_on=starts_on,
            ends_on=ends_on,
        )
    )
    record(
        Verb.MEMBER_APPOINTED, membership, by=by, council=council.name, organisation=organisation.name, person=user.name
    )
    return membership


@transaction.atomic
def appoint_new(
    council: Council,
    *,
    by: User,
    user: User | None = None,
    email: str = "",
    name: str = "",
    seat: Seat | None = None,
    sector: str = "",
    **fields: Any,
) -> Membership:
    """Appoint someone with a new account, a new seat, or both, where there is none: all of it, or nothing.

    Args:
        user: Who; without it an account is made for ``email`` and ``name``.
        seat: Which seat; without it a new one is put up for ``sector``, if one is named.
        fields: What :func:`appoint` takes besides.
    """
    require(by, "people.appoint", council)
    if user is None:
        user = invite_user(email=email, name=name, by=by)
    if seat is None and sector:
        seat = create_seat(council, sector=sector, by=by)
    return appoint(council, user=user, seat=seat, by=by, **fields)


def _check_seat(council: Council, seat: Seat, starts_on: dt.date, ends_on: dt.date | None) -> None:
    if seat.council_id != council.pk:
        raise ValidationError({"seat": _("This seat belongs to another council.")})
    if not seat.ex_officio:
        if ends_on is None:
            raise ValidationError({"ends_on": _("An appointed member's term needs an end.")})
        if (ends_on.year - council.term_years, ends_on.month, ends_on.day) >= starts_on.timetuple()[:3]:
            message = _("A term lasts at most %(years)d years in this council.") % {"years": council.term_years}
            raise ValidationError({"ends_on": message})
    Seat.objects.select_for_update().get(pk=seat.pk)
    overlapping = seat.memberships.filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on),
        dismissed_on=None,
        **({"starts_on__lte": ends_on} if ends_on else {}),
    )
    holder = overlapping.select_related("user").first()
    if holder:
        raise Refused(_("%(person)s holds this seat in that time; end that term first.") % {"person": holder.user.name})


@transaction.atomic
def name_coordinator(membership: Membership, *, by: User, coordinates: bool = True) -> Membership:
    """Say that a member gives their organisation's official word (총괄 담당), or no longer does.

    Raises:
        Refused: They may not speak at all, because they only observe or their term is over.
    """
    require(by, "people.name_coordinator", membership)
    silent = membership.role == Membership.Role.OBSERVER or membership.user.is_system
    if silent or not membership.covers(clock.today()):
        raise Refused(_("Only a member whose term runs can speak for an organisation."))
    if change(membership, coordinates=coordinates):
        record(
            Verb.COORDINATOR_NAMED,
            membership,
            by=by,
            person=membership.user.name,
            organisation=membership.organisation.name,
            coordinates=coordinates,
        )
    return membership


@transaction.atomic
def dismiss(membership: Membership, *, reason: str, by: User) -> Membership:
    """End a membership before its term (해촉), with a reason."""
    require(by, "people.dismiss", membership)
    if not reason.strip():
        raise ValidationError({"reason": _("A dismissal needs a reason.")})
    done = Membership.objects.filter(pk=membership.pk, dismissed_on=None).update(
        dismissed_on=clock.today(), dismissal_reason=reason, modified_at=clock.now()
    )
    if not done:
        raise Refused(_("This membership has ended already."))
    membership.refresh_from_db()
    record(Verb.MEMBER_DISMISSED, membership, by=by, council=membership.council.name)
    return membership
