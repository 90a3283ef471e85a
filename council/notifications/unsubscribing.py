"""Leaving a kind of mail by one click, without logging in (RFC 8058): the address in the mail is the permission."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from council.notifications.kinds import WAYS, is_duty
from council.notifications.models import Channel, Kind
from council.people.models import User

_SALT = "council.unsubscribe"


@dataclass(frozen=True)
class Leave:
    """What a token lets its bearer switch off, and on again: the mails of one kind, or the digest."""

    user: UUID
    kind: Kind | None

    @property
    def what(self) -> str:
        """The kind, in words; empty for the digest."""
        return str(self.kind.label) if self.kind else ""


def may_leave(kind: Kind) -> bool:
    """Whether mails of a kind can be left."""
    return not is_duty(kind) and Channel.MAIL in WAYS[kind].offered


def token_for(user: User, kind: Kind | None = None) -> str:
    """A token for the mails of a kind, or for the digest; it does not run out, as mails do not."""
    return signing.dumps([str(user.pk), kind.value if kind else ""], salt=_SALT)


def leave_of(token: str) -> Leave | None:
    """What a token is for; None for one we did not make."""
    try:
        user, kind = signing.loads(token, salt=_SALT)
        return Leave(UUID(user), Kind(kind) if kind else None)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def address(user: User, kind: Kind | None = None) -> str:
    """Where a kind of mail, or the digest, is left."""
    return f"{settings.SITE_URL}{reverse('web:unsubscribe', args=[token_for(user, kind)])}"


def headers(user: User, kind: Kind | None = None) -> dict[str, str]:
    """The header fields with which a mail can be left (RFC 2369, RFC 8058) and filed (RFC 2919); of a duty, only the last.

    Args:
        user: The reader.
        kind: What the mail is about; none for a digest.
    """
    host = settings.SITE_URL.partition("://")[2].partition("/")[0].partition(":")[0]
    filed = {"List-Id": f"<{kind or 'digest'}.notices.{host}>"}
    if kind is not None and not may_leave(kind):
        return filed
    return filed | {
        "List-Unsubscribe": f"<{address(user, kind)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
