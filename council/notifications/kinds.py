"""By which ways each kind of notice comes, unless its reader decides otherwise, and what they cannot decide."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.notifications.models import DUTIES, Channel, Kind

SCREEN, MAIL, DIGEST, PUSH = Channel.SCREEN, Channel.MAIL, Channel.DIGEST, Channel.PUSH
EVERY = (SCREEN, MAIL, DIGEST, PUSH)


@dataclass(frozen=True)
class Ways:
    """How one kind of notice comes.

    What is mailed at once is not in the digest again: where both are on, the digest stands by for the day on which the
    mail is switched off.

    Attributes:
        usual: Switched on by default.
        offered: What there is a switch for.
        locked: On, whatever the reader prefers.
        hint: What the kind is, in a line.
        reason: Why part of it cannot be switched off; empty where all of it can.
    """

    usual: tuple[Channel, ...]
    hint: str | Promise
    offered: tuple[Channel, ...] = EVERY
    locked: tuple[Channel, ...] = ()
    reason: str | Promise = ""


_AT_ONCE = (SCREEN, MAIL, DIGEST, PUSH)
_COLLECTED = (SCREEN, DIGEST)

WAYS: dict[Kind, Ways] = {
    Kind.SUMMONS: Ways(
        _AT_ONCE,
        _("Invitations to meetings, changes, cancellations, who comes in whose place"),
        locked=(SCREEN,),
        reason=_("Members must be given notice of meetings. By e-mail at once or in the digest, you choose."),
    ),
    Kind.TASKS: Ways(
        _AT_ONCE,
        _("Opinions your office answers, actions, minutes to check, reminders of what is still missing"),
        locked=(SCREEN,),
        reason=_("Others wait for it. By e-mail at once or in the digest, you choose."),
    ),
    Kind.ANSWERS: Ways(
        _AT_ONCE,
        _("What became of an opinion you gave"),
        locked=(SCREEN,),
        reason=_(
            "Whoever gives an opinion must be told of the answer. By e-mail at once or in the digest, you choose."
        ),
    ),
    Kind.MEMBERSHIP: Ways(
        _AT_ONCE,
        _("Appointments, and the end of a term"),
        locked=(SCREEN,),
        reason=_("You are told of your own seat. By e-mail at once or in the digest, you choose."),
    ),
    Kind.CONSULTATIONS: Ways(_AT_ONCE, _("Your opinion or your proposals are asked for, or there is more time")),
    Kind.PERSONAL: Ways(_AT_ONCE, _("What was decided on something you said, proposed or asked for")),
    Kind.ROOM: Ways(_COLLECTED, _("What colleagues share, comment on and choose before your organisation speaks")),
    Kind.MEETINGS: Ways(_COLLECTED, _("What happens to items and members before a meeting")),
    Kind.LIVE: Ways((SCREEN, PUSH), _("A meeting begins, a vote is open"), offered=(SCREEN, PUSH)),
    Kind.DECISIONS: Ways(_COLLECTED, _("What was decided, and what became of it")),
    Kind.MINUTES: Ways(_COLLECTED, _("Approved minutes, annexes, recordings")),
    Kind.DOCUMENTS: Ways(_COLLECTED, _("New versions of texts, and published results")),
    Kind.SECRETARIAT: Ways(_COLLECTED, _("Opinions, replies, proposals and reports as they come in")),
    Kind.INTEGRATIONS: Ways(_AT_ONCE, _("Files that could not be made, connections that fail")),
    Kind.SECURITY: Ways(
        (SCREEN, MAIL),
        _("Passwords, access tokens, new devices"),
        offered=(SCREEN, MAIL),
        locked=(SCREEN, MAIL),
        reason=_("You would want to know at once."),
    ),
}


def is_duty(kind: Kind) -> bool:
    """Whether a kind cannot be switched off altogether."""
    return kind in DUTIES
