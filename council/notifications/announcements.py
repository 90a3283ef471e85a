"""Verb → who hears of it, how, and in which words. A verb that is not here is told to nobody.

The words are filled from the entry's ``data``. Who hears is asked when the entry is dispatched; whether they may still
see the thing is asked again when a mail is sent and when a notice is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications.models import Notification
from council.opinions.models import Opinion
from council.people.models import Membership, User

SCREEN = Notification.Channel.SCREEN
MAIL = Notification.Channel.MAIL
OPEN = _("See it")


@dataclass(frozen=True)
class Announcement:
    """How one verb is told.

    Attributes:
        hears: Gives the people to tell, from the entry.
        sentence: What happened, in words that ``data`` completes; also the subject of the mail.
        because: Why the reader gets this.
        action: What the link does.
        channels: On screen, by mail, or both.
        template: The mail's template below ``email/``.
        tells_actor: Whether who did it hears of it too.
    """

    hears: Callable[[Entry], QuerySet[User]]
    sentence: str | Promise
    because: str | Promise
    action: str | Promise = OPEN
    channels: tuple[Notification.Channel, ...] = (SCREEN, MAIL)
    template: str = "notice"
    tells_actor: bool = False

    def recipients(self, entry: Entry) -> QuerySet[User]:
        """Everyone to tell who has an account that may log in."""
        people = self.hears(entry).filter(is_active=True).distinct()
        return people if self.tells_actor else people.exclude(entries=entry)


def _holding(memberships: Q) -> QuerySet[User]:
    return User.objects.filter(pk__in=Membership.objects.current().filter(memberships).values("user"))


def subject_of(entry: Entry) -> QuerySet[User]:
    """The person an account's own entry is about."""
    return User.objects.filter(pk=entry.target_id)


def appointee(entry: Entry) -> QuerySet[User]:
    """Who was appointed or dismissed."""
    return User.objects.filter(memberships=entry.target_id)


def owner_of_token(entry: Entry) -> QuerySet[User]:
    """Whose token it is."""
    return User.objects.filter(tokens=entry.target_id)


def members(entry: Entry) -> QuerySet[User]:
    """Everyone who sits on the council today."""
    return _holding(Q(council=entry.council_id))


def secretaries(entry: Entry) -> QuerySet[User]:
    """The council's secretaries."""
    return _holding(Q(council=entry.council_id, role=Membership.Role.SECRETARY))


def invited(entry: Entry) -> QuerySet[User]:
    """Who was invited to a meeting; nobody before it was convened."""
    return _holding(Q(invitations__meeting=entry.target_id))


def office(entry: Entry) -> QuerySet[User]:
    """Who speaks in the council for the office that owes the answer."""
    responsible = Opinion.objects.filter(pk=entry.target_id).values("office")
    return _holding(Q(council=entry.council_id, organisation__in=responsible))


def author(entry: Entry) -> QuerySet[User]:
    """Who gave the opinion."""
    return User.objects.filter(opinions=entry.target_id)


ANNOUNCEMENTS: dict[Verb, Announcement] = {
    Verb.USER_INVITED: Announcement(
        subject_of,
        _("Your account is ready; set a password"),
        _("someone who runs a council made an account for you"),
        channels=(MAIL,),
        template="set_password",
        tells_actor=True,
    ),
    Verb.PASSWORD_RESET_REQUESTED: Announcement(
        subject_of,
        _("Set a new password"),
        _("a new password was asked for with your address; if it was not you, nothing has changed"),
        channels=(MAIL,),
        template="set_password",
        tells_actor=True,
    ),
    Verb.TOKEN_CREATED: Announcement(
        owner_of_token,
        _("An access token “%(name)s” was made for your account"),
        _("a token lets another system act in your name; revoke it if you did not make it"),
        tells_actor=True,
    ),
    Verb.MEMBER_APPOINTED: Announcement(
        appointee,
        _("You have been appointed to “%(council)s” for %(organisation)s"),
        _("you hold this seat"),
    ),
    Verb.MEMBER_DISMISSED: Announcement(
        appointee,
        _("Your membership in “%(council)s” has ended"),
        _("you held a seat there"),
        channels=(MAIL,),
        template="plain",
    ),
    Verb.VERSION_PUBLISHED: Announcement(
        members,
        _("Version %(number)s of “%(title)s” has been published"),
        _("you sit on this council"),
        channels=(SCREEN,),
    ),
    Verb.MEETING_CONVENED: Announcement(
        invited,
        _("You are invited: %(title)s"),
        _("you sit on this council; please say whether you come"),
        _("Answer the invitation"),
    ),
    Verb.MEETING_REVISED: Announcement(
        invited,
        _("A meeting has changed: %(title)s"),
        _("you are invited to it"),
    ),
    Verb.MEETING_CANCELLED: Announcement(
        invited,
        _("A meeting has been cancelled: %(title)s"),
        _("you were invited to it"),
    ),
    Verb.CONSULTATION_OPENED: Announcement(
        members,
        _("Your opinion is asked for: %(title)s"),
        _("you sit on this council"),
        _("Give an opinion"),
    ),
    Verb.OPINION_SUBMITTED: Announcement(
        secretaries,
        _("Opinion %(number)s has come in: %(title)s"),
        _("you are the secretary"),
        channels=(SCREEN,),
    ),
    Verb.OPINION_WITHDRAWN: Announcement(
        secretaries,
        _("Opinion %(number)s has been withdrawn: %(title)s"),
        _("you are the secretary"),
        channels=(SCREEN,),
    ),
    Verb.OPINION_TRIAGED: Announcement(
        office,
        _("Opinion %(number)s waits for your answer: %(title)s"),
        _("your office owes the answer"),
        _("Prepare the answer"),
    ),
    Verb.ANSWER_RELEASED: Announcement(
        author,
        _("Your opinion has been answered: %(title)s"),
        _("you gave this opinion"),
        _("Read the answer"),
        tells_actor=True,
    ),
    Verb.ANSWERS_RELEASED: Announcement(
        members,
        _("The results are published: %(title)s"),
        _("you sit on this council"),
        _("See what was changed"),
        channels=(SCREEN,),
    ),
}
