"""The log of messages: what was sent to whom and what became of it, and who may look at how much of it.

Everyone sees their own; who runs a council sees those about what happened there, except what an organisation says to
itself; operators see all. What a message said is shown only to who may see the thing it is about.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from council.core import clock
from council.journal.verbs import Verb
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.inviting import Invited, invited
from council.notifications.mails import context_of, written
from council.notifications.messages import Notice, notices
from council.notifications.models import Channel, Kind, Notification, Sending
from council.notifications.models.mailboxes import run_by
from council.people.models import User

State = Sending.State
OWN_AFFAIRS = (Kind.ROOM, Kind.SECURITY)
"""What is nobody's business but the reader's, whoever runs the council."""
_PRIVATE = [verb for verb, announcement in ANNOUNCEMENTS.items() if announcement.kind in OWN_AFFAIRS]
_HIDDEN = "…"


@dataclass(frozen=True)
class Preview:
    """A mail as it reads, with what only its reader may use left out."""

    subject: str
    text: str
    html: str


def messages_for(user: User) -> QuerySet[Notification]:
    """Every message somebody may see in the log, the newest first."""
    rows = Notification.objects.select_related("entry__target_type", "recipient__mailbox", "digest").order_by("-id")
    if user.is_staff:
        return rows
    theirs = Q(entry__council_id__in=run_by(user)) & ~Q(entry__verb__in=_PRIVATE)
    return rows.filter(Q(recipient=user.pk) | theirs)


def in_state(rows: QuerySet[Notification], state: str) -> QuerySet[Notification]:
    """Those of the messages by mail or push that stand there; what is in a digest stands where the digest does."""
    own = Q(channel__in=[Channel.MAIL, Channel.PUSH])
    return rows.filter(own & _standing(state, "") | Q(channel=Channel.DIGEST) & _of_digest(state))


def _standing(state: str, of: str) -> Q:
    def where(**conditions: object) -> Q:
        return Q(**{f"{of}{name}": value for name, value in conditions.items()})

    back = where(complained_at=None) & where(bounced_at=None)
    unfinished = back & where(sent_at=None) & where(failed_at=None)
    return {
        State.COMPLAINED: where(complained_at__isnull=False),
        State.BOUNCED: where(complained_at=None) & where(bounced_at__isnull=False),
        State.SENT: back & where(sent_at__isnull=False),
        State.FAILED: back & where(sent_at=None) & where(failed_at__isnull=False),
        State.HELD: unfinished & where(retry_at__gt=clock.now()),
        State.WAITING: unfinished & (where(retry_at=None) | where(retry_at__lte=clock.now())),
    }[State(state)]


def _of_digest(state: str) -> Q:
    collected = Q(digest=None)
    if state == State.HELD:
        return collected & Q(retry_at__gt=clock.now()) | ~collected & _standing(state, "digest__")
    if state == State.WAITING:
        return collected & ~Q(retry_at__gt=clock.now()) | ~collected & _standing(state, "digest__")
    return ~collected & _standing(state, "digest__")


def sent_as(row: Notification) -> Sending:
    """What carries a message: itself, or the digest it went with."""
    return row.digest if row.channel == Channel.DIGEST and row.digest else row


@dataclass(frozen=True)
class Line:
    """A message in the log: the row, what it says as far as the one who looks may know, and what carried it."""

    row: Notification
    notice: Notice | None
    carrier: Sending

    @property
    def subject(self) -> str:
        """What it says; empty for who may not see what it is about."""
        return self.notice.sentence if self.notice else ""

    @property
    def title(self) -> str:
        """What it is called in the log."""
        return self.subject or _("(about something you may not see)")

    @property
    def kind(self) -> Kind:
        """What it is about."""
        return ANNOUNCEMENTS[Verb(self.row.entry.verb)].kind

    @property
    def is_delivered(self) -> bool:
        """Whether it is on screen: that takes no sending."""
        return self.row.channel == Channel.SCREEN

    @property
    def trouble(self) -> str:
        """Why it was not sent, or came back, in words."""
        carrier = self.carrier
        return carrier.bounce or (carrier.get_why_display() if carrier.why else "") or carrier.error


def lines(user: User, rows: list[Notification]) -> list[Line]:
    """A page of the log in words, with one query per kind of thing."""
    told = notices(user, rows)
    return [
        Line(row, notice if _may_read(user, row, notice) else None, sent_as(row))
        for row, notice in zip(rows, told, strict=True)
    ]


def _may_read(user: User, row: Notification, notice: Notice) -> bool:
    return row.recipient_id == user.pk or bool(notice.path)


def preview(user: User, line: Line) -> Preview | None:
    """A mail as it reads to its reader; None where ``user`` may not know what it says, or it was no mail of its own.

    Links by which one acts without logging in are left out: they are the reader's alone.
    """
    row = line.row
    if line.notice is None or row.channel != Channel.MAIL:
        return None
    reader = row.recipient
    announcement = ANNOUNCEMENTS[Verb(row.entry.verb)]
    with translation.override(reader.language):
        secret = announcement.template == "set_password"
        coming = invited(reader, row.entry) if announcement.invites else None
        if coming and coming.answer_at:
            coming = Invited(coming.user, coming.invitation, f"{settings.SITE_URL}/{_HIDDEN}")
        path = f"/{_HIDDEN}" if secret else (line.notice.path or "/")
        mail = written(
            announcement.template, context_of(row.entry, announcement, reader, path=path, coming=coming), to=reader
        )
    [html] = [content for content, mimetype in mail.alternatives if mimetype == "text/html"]
    return Preview(str(mail.subject), str(mail.body), str(html))
