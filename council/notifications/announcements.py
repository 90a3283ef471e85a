"""Verb → who hears of it, how, and in which words. A verb that is not here is told to nobody.

The words are filled from the entry's ``data``. Who hears is asked when the entry is dispatched; whether they may still
see the thing is asked again when a mail is sent and when a notice is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.exchange.models import Export, Import
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications.models import Notification
from council.opinions.models import Consultation, Objection, Opinion, Redaction, Remark, Reply
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
    """Who speaks in the council for the office that was asked to answer."""
    return _holding(Q(council=entry.council_id, organisation=entry.data["office_id"]))


def answering(entry: Entry) -> QuerySet[User]:
    """Who speaks in the council for the office whose answer was objected to."""
    responsible = Objection.objects.filter(pk=entry.target_id).values("disposition__office")
    return _holding(Q(council=entry.council_id, organisation__in=responsible))


def author(entry: Entry) -> QuerySet[User]:
    """Who gave the opinion."""
    return User.objects.filter(opinions=entry.target_id)


def objector(entry: Entry) -> QuerySet[User]:
    """Who replied to an answer."""
    return User.objects.filter(pk__in=Objection.objects.filter(pk=entry.target_id).values("raised_by"))


def owing(entry: Entry) -> QuerySet[User]:
    """Who speaks for an organisation that still owes a reply, asked at the moment of telling: its coordinators, or all."""
    consultation = Consultation.objects.get(pk=entry.target_id)
    replied = Reply.objects.filter(consultation=consultation).values("organisation")
    owing = consultation.asked().exclude(pk__in=replied)
    seats = Membership.objects.current().speaking().filter(council=entry.council_id)
    coordinated = seats.filter(coordinates=True).values("organisation")
    asked = Q(organisation__in=owing) & (Q(coordinates=True) | ~Q(organisation__in=coordinated))
    return User.objects.filter(pk__in=seats.filter(asked).values("user"))


def coordinators(entry: Entry) -> QuerySet[User]:
    """Who gives the word of the organisation in which a draft was shared."""
    return _holding(Q(council=entry.council_id, organisation=entry.organisation_id, coordinates=True))


def discussing(entry: Entry) -> QuerySet[User]:
    """Who wrote a shared draft, or commented on it."""
    opinion = Opinion.objects.filter(pk=entry.target_id)
    remarks = Remark.objects.filter(opinion=entry.target_id)
    return User.objects.filter(Q(pk__in=opinion.values("author")) | Q(pk__in=remarks.values("by")))


def other_side(entry: Entry) -> QuerySet[User]:
    """Who approves a redacted form: the secretaries, or the people of the organisation whose opinion it stands for."""
    by_officers = Redaction.objects.filter(pk=entry.target_id, by_officers=True).exists()
    own = _holding(Q(council=entry.council_id, organisation=entry.organisation_id))
    return own if by_officers else secretaries(entry)


def importer(entry: Entry) -> QuerySet[User]:
    """Who uploaded a file of opinions, and the council's secretaries."""
    own = Import.objects.filter(pk=entry.target_id).values("by")
    return User.objects.filter(Q(pk__in=own) | Q(pk__in=secretaries(entry).values("pk")))


def whose_export(entry: Entry) -> QuerySet[User]:
    """Who asked for a file."""
    return User.objects.filter(pk__in=Export.objects.filter(pk=entry.target_id).values("by"))


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
    Verb.PHASE_EXTENDED: Announcement(
        members,
        _("More time to give an opinion: %(title)s"),
        _("you sit on this council"),
        _("Give an opinion"),
    ),
    Verb.CONSULTATION_REMINDED: Announcement(
        owing,
        _("Your organisation's reply is still missing: %(title)s"),
        _("your organisation was asked and has not replied; that it has no opinion is a reply too"),
        _("Give an opinion"),
        tells_actor=True,
    ),
    Verb.OPINION_SHARED: Announcement(
        coordinators,
        _("A colleague has shared an opinion with your organisation: %(title)s"),
        _("you coordinate your organisation's opinions"),
    ),
    Verb.OPINION_REMARKED: Announcement(
        discussing,
        _("A colleague has commented on an opinion: %(title)s"),
        _("you wrote it, or commented on it before"),
        channels=(SCREEN,),
    ),
    Verb.OPINION_CHOSEN: Announcement(
        author,
        _("Your opinion goes into your organisation's official set: %(title)s"),
        _("you wrote it"),
        channels=(SCREEN,),
    ),
    Verb.OPINION_KEPT_INSIDE: Announcement(
        author,
        _("Your opinion stays inside your organisation: %(title)s"),
        _("you wrote it"),
        channels=(SCREEN,),
    ),
    Verb.SET_SUBMITTED: Announcement(
        secretaries,
        _("%(organisation)s has given its opinions: %(title)s"),
        _("you are the secretary"),
        channels=(SCREEN,),
    ),
    Verb.NO_OPINION_REPLIED: Announcement(
        secretaries,
        _("%(organisation)s has no opinion: %(title)s"),
        _("you are the secretary"),
        channels=(SCREEN,),
    ),
    Verb.OPINION_RECORDED: Announcement(
        author,
        _("What you said was written down as opinion %(number)s: %(title)s"),
        _("the secretary wrote down what you said at the meeting; please confirm or correct it"),
        _("Confirm or correct it"),
    ),
    Verb.OPINION_ENTERED: Announcement(
        author,
        _("Your opinion was entered as number %(number)s: %(title)s"),
        _("the secretary entered what you sent on paper, by mail or in a file"),
    ),
    Verb.OPINION_REPORTED: Announcement(
        secretaries,
        _("Opinion %(number)s was reported: %(title)s"),
        _("you are the secretary"),
        channels=(SCREEN,),
    ),
    Verb.OPINION_HIDDEN: Announcement(
        author,
        _("Your opinion %(number)s was hidden from the council: %(title)s. Reason: %(reason)s"),
        _("you gave this opinion; it is still counted and answered"),
    ),
    Verb.OPINION_RESTORED: Announcement(
        author,
        _("Your opinion %(number)s is shown again: %(title)s"),
        _("you gave this opinion"),
    ),
    Verb.REDACTION_PREPARED: Announcement(
        other_side,
        _("The public form of opinion %(number)s waits for your approval: %(title)s"),
        _("a confidential opinion is read by others only in a form both sides agree to"),
        _("Read and approve it"),
    ),
    Verb.OPINIONS_ASSIGNED: Announcement(
        office,
        _("%(number)s opinions wait for your answer: %(title)s"),
        _("your office owes the answers"),
        _("Prepare the answers"),
    ),
    Verb.OBJECTION_RAISED: Announcement(
        answering,
        _("The author of opinion %(number)s replied to your answer: %(title)s"),
        _("your office gave this answer"),
        _("Confirm or revise it"),
    ),
    Verb.OBJECTION_DECIDED: Announcement(
        objector,
        _("Your reply to the answer to opinion %(number)s was decided on: %(title)s"),
        _("you replied to this answer"),
        _("Read the decision"),
        tells_actor=True,
    ),
    Verb.IMPORT_FINISHED: Announcement(
        importer,
        _("%(number)s opinions were entered from the file %(name)s: %(title)s"),
        _("you uploaded this file, or are the secretary"),
        channels=(SCREEN,),
        tells_actor=True,
    ),
    Verb.EXPORT_FAILED: Announcement(
        whose_export,
        _("A file you asked for could not be made: %(name)s"),
        _("you asked for it"),
        channels=(SCREEN,),
        tells_actor=True,
    ),
}
