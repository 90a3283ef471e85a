"""The log of messages: what was sent to whom and what became of it, and who may look at how much of it.

Everyone sees their own; who runs a council sees those about what happened there, except what an organisation says to
itself; operators see all. What a message said is shown only to who may see the thing it is about.
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from council.core import clock
from council.journal.verbs import Verb
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.inviting import Invited, invited
from council.notifications.mails import context_of, written
from council.notifications.messages import Notice, may_go_to, notice_of, notices
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
    run = list(run_by(user).values_list("council", flat=True))
    if not run:  # most people: theirs are found by an index, where beside another condition all would be looked through
        return rows.filter(recipient=user.pk)
    return rows.filter(Q(recipient=user.pk) | Q(entry__council_id__in=run) & ~Q(entry__verb__in=_PRIVATE))


def in_state(rows: QuerySet[Notification], state: str) -> QuerySet[Notification]:
    """Those of the messages by mail or push that stand there; what is in a digest stands where the digest does.

    Most are sent, and a page of them is found at once; the others are few, and are found by an index for each way.
    """
    ways = _ways(state)
    if state == State.SENT:
        return rows.filter(reduce(or_, ways))
    first, *others = [Notification.objects.filter(way).order_by().values("pk") for way in ways]
    return rows.filter(pk__in=first.union(*others, all=True))


def _ways(state: str) -> list[Q]:
    """How messages come to stand there: by mail, by push, with a digest, or waiting to be put into one."""
    alone = [Q(channel=channel) & _standing(state, "") for channel in (Channel.MAIL, Channel.PUSH)]
    collected, later = Q(channel=Channel.DIGEST, digest=None), Q(retry_at__gt=clock.now())
    waiting = {State.HELD: [collected & later], State.WAITING: [collected & ~later]}
    in_digest = Q(channel=Channel.DIGEST, digest__isnull=False) & _standing(state, "digest__")
    return [*alone, in_digest, *waiting.get(State(state), [])]


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
    """A page of the log in words, without where it leads, with one query for all that is not the reader's own."""
    others = [row.entry for row in rows if row.recipient_id != user.pk]
    open_to_them = may_go_to(user, others)
    return [Line(row, notice_of(row) if _is_known(user, row, open_to_them) else None, sent_as(row)) for row in rows]


def _is_known(user: User, row: Notification, open_to_them: set[tuple[int, Any]]) -> bool:
    return row.recipient_id == user.pk or (row.entry.target_type_id, row.entry.target_id) in open_to_them


def line(user: User, row: Notification) -> Line:
    """One message of the log, with where it leads."""
    [notice] = notices(user, [row])
    return Line(row, notice if row.recipient_id == user.pk or notice.path else None, sent_as(row))


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
