"""Preferring: what a person sets for themselves. Whatever is not named stays as it is."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.models import Meeting
from council.notifications import fanning
from council.notifications.kinds import WAYS, is_duty
from council.notifications.models import Channel, Habits, Kind, Mute, Preference
from council.notifications.unsubscribing import Leave
from council.opinions.models import Consultation
from council.people.models import Council, User

Switch = tuple[Kind, Channel]

BY_MAIL = (Channel.MAIL, Channel.DIGEST)


def switches(user: User) -> dict[Switch, bool]:
    """Every switch of someone as it stands, set or by default."""
    standing = {(kind, way): way in ways.usual for kind, ways in WAYS.items() for way in ways.offered}
    for kind, channel, on in Preference.objects.filter(user=user.pk).values_list("kind", "channel", "on"):
        if (kind, channel) in standing:
            standing[Kind(kind), Channel(channel)] = on
    return standing


@transaction.atomic
def prefer(*, by: User, choices: Mapping[Switch, bool]) -> list[Switch]:
    """Set some of one's switches; the others stay as they are.

    Returns:
        Those that are different now.

    Raises:
        ValidationError: A switch there is none of, one that is locked, or both ways by mail off for a duty.
    """
    User.objects.select_for_update().get(pk=by.pk)
    standing = switches(by)
    problems: dict[str, list[Any]] = {}
    for (kind, channel), on in choices.items():
        if (kind, channel) not in standing:
            problems.setdefault(kind, []).append(_("There is no such switch."))
        elif not on and channel in WAYS[kind].locked:
            problems.setdefault(kind, []).append(_("This cannot be switched off."))
    changed = [switch for switch, on in choices.items() if switch in standing and standing[switch] != on]
    wanted = standing | dict(choices)
    for kind in {kind for kind, _channel in changed}:
        if is_duty(kind) and not any(wanted.get((kind, channel)) for channel in BY_MAIL):
            problems.setdefault(kind, []).append(_("E-mail at once or the digest must stay on for this."))
    if problems:
        raise ValidationError(problems)
    for kind, channel in changed:
        _set(by, kind, channel, on=wanted[kind, channel])
    if changed:
        record(Verb.NOTIFICATIONS_PREFERRED, by, by=by, switches={f"{k}.{c}": wanted[k, c] for k, c in changed})
    return changed


def _set(user: User, kind: Kind, channel: Channel, *, on: bool) -> None:
    """Keep a row where someone wants something else than the default."""
    if on == (channel in WAYS[kind].usual):
        Preference.objects.filter(user=user, kind=kind, channel=channel).delete()
    else:
        Preference.objects.update_or_create(user=user, kind=kind, channel=channel, defaults={"on": on})


def habits_of(user: User) -> Habits:
    """Someone's habits, as they stand or by default."""
    return Habits.objects.filter(user=user.pk).first() or Habits(user=user)


@transaction.atomic
def change_habits(*, by: User, **sent: Any) -> Habits:
    """Change when one wants to be written to: rhythm, hour, weekday, quiet_from, quiet_until; the rest stays.

    What waits for the next digest waits for the new hour from now on.

    Raises:
        ValidationError: A value is not possible.
    """
    Habits.objects.get_or_create(user=by)
    habits = Habits.objects.select_for_update().get(user=by)
    changed = {name: value for name, value in sent.items() if getattr(habits, name) != value}
    for name, value in changed.items():
        setattr(habits, name, value)
    if habits.quiet_from is not None and habits.quiet_from == habits.quiet_until:
        raise ValidationError({"quiet_until": _("Quiet hours end at another time than they begin.")})
    habits.full_clean()
    if changed:
        habits.save()
        fanning.move_digest(by.pk)
        record(Verb.NOTIFICATIONS_PREFERRED, by, by=by, habits=sorted(changed))
    return habits


@transaction.atomic
def mute(thing: Council | Meeting | Consultation, *, by: User) -> Mute:
    """Hear no more of a council, meeting or consultation, duties excepted."""
    of: dict[str, Any] = {type(thing)._meta.model_name or "": thing}
    made, _created = Mute.objects.get_or_create(user=by, **of)
    return made


@transaction.atomic
def unmute(thing: Council | Meeting | Consultation, *, by: User) -> None:
    """Hear again of a council, meeting or consultation."""
    Mute.objects.filter(user=by, **{type(thing)._meta.model_name or "": thing}).delete()


@transaction.atomic
def leave(what: Leave) -> bool:
    """Switch off what the bearer of a token may: the mails of a kind, at once and in the digest, or the digest.

    Done again, it changes nothing.

    Returns:
        Whether there is anyone it concerns.
    """
    return _turn(what, on=False)


@transaction.atomic
def come_back(what: Leave) -> bool:
    """Switch on again what :func:`leave` switched off, as it is by default."""
    return _turn(what, on=True)


def _turn(what: Leave, *, on: bool) -> bool:
    user = User.objects.filter(pk=what.user).first()
    if user is None:
        return False
    if what.kind:
        ways = WAYS[what.kind]
        prefer(by=user, choices={(what.kind, way): on and way in ways.usual for way in BY_MAIL if way in ways.offered})
    else:
        change_habits(by=user, rhythm=Habits.Rhythm.DAILY if on else Habits.Rhythm.NONE)
    return True


def has_left(what: Leave) -> bool:
    """Whether what a token is for is switched off."""
    user = User(pk=what.user)
    if what.kind is None:
        return habits_of(user).rhythm == Habits.Rhythm.NONE
    standing = switches(user)
    return not any(standing.get((what.kind, way)) for way in BY_MAIL)


def waiting_for_digest(user: User) -> int:
    """How many notices wait for someone's next digest."""
    return user.notifications.filter(channel=Channel.DIGEST, digest=None, created_at__lte=clock.now()).count()
