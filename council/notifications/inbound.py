"""Reading the mails that come in: what a mail is, in the words of the standards that say so.

Delivery reports are RFC 3464, complaints RFC 5965, answers to invitations RFC 5546 and 6047, automatic replies RFC 3834.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from hashlib import sha256

from icalendar import Calendar

_ADDRESS = re.compile(r"[a-z]+\+[a-z0-9]+\.[a-z2-7]+@[a-z0-9.-]+", re.IGNORECASE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_GOES_AGAIN = ("5.2.2", "5.2.3", "5.3.", "5.7.")
"""Refused for good, and not for the address: a full mailbox, a mail too large or unwanted, a policy (RFC 3463)."""
_TEXT = "text/calendar"


@dataclass(frozen=True)
class Bounce:
    """A delivery report about one mail.

    Attributes:
        action: ``failed``, ``delayed``, ``delivered``, ``relayed`` or ``expanded``.
        status: RFC 3463; empty where the report has none.
        reason: What the other server said.
    """

    action: str
    status: str
    reason: str

    @property
    def is_final(self) -> bool:
        """Whether the mail was not delivered, and will not be."""
        return self.action == "failed"

    @property
    def blames_address(self) -> bool:
        """Whether the address itself does not work."""
        return self.is_final and self.status.startswith("5.") and not self.status.startswith(_GOES_AGAIN)


@dataclass(frozen=True)
class Complaint:
    """Someone pressed "spam"; ``addresses`` of ours stand in what they complain of."""

    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """An answer a calendar program gave."""

    uid: str
    attendee: str
    answer: str


@dataclass(frozen=True)
class Automatic:
    """A machine answered: out of office and the like."""


Meaning = Bounce | Complaint | Reply | Automatic | None


def read(content: bytes) -> EmailMessage:
    """A mail from its bytes; whatever is wrong with them is no reason to stop."""
    return message_from_bytes(content, policy=policy.default)


def name_of(mail: EmailMessage, content: bytes) -> str:
    """By what a mail is known again: its Message-ID, or its bytes where it has none."""
    given = _header(mail, "Message-ID").strip()
    return given[:255] or f"sha256:{sha256(content).hexdigest()}"


def meaning_of(mail: EmailMessage) -> Meaning:
    """What a mail says, as far as machines are concerned; None for anything a person may have written."""
    parts = list(mail.walk())
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status" and (report := _report(part)):
            return report
        if kind == "message/feedback-report":
            return _complaint(part, mail)
        if kind == _TEXT and (reply := _reply(part)):
            return reply
    return Automatic() if _is_automatic(mail) else None


def _report(part: Message) -> Bounce | None:
    payload = part.get_payload()
    blocks = [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
    for block in blocks:
        action = _header(block, "Action").strip().lower()
        if action:
            found = _STATUS.search(_header(block, "Status"))
            said = _header(block, "Diagnostic-Code").partition(";")[2].strip()
            status = found[0] if found else ""
            return Bounce(action, status, " ".join(f"{status} {said}".split())[:300])
    return None


def _complaint(part: Message, mail: EmailMessage) -> Complaint | None:
    """A report of anything but "not spam"; whose mail it was stands in the report or in the headers that came along."""
    text = _text(part)
    if re.search(r"^Feedback-Type:\s*not-spam", text, re.IGNORECASE | re.MULTILINE):
        return None
    enclosed = "\n".join(
        _text(each)
        for each in mail.walk()
        if each.get_content_type() in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}
    )
    return Complaint(tuple(dict.fromkeys(_ADDRESS.findall(text + "\n" + enclosed))))


def _text(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n".join(each.as_string() for each in payload if isinstance(each, Message))
    decoded = part.get_payload(decode=True)
    return decoded.decode(errors="replace") if isinstance(decoded, bytes) else ""


def _reply(part: Message) -> Reply | None:
    content = part.get_payload(decode=True)
    try:
        calendar = Calendar.from_ical(content if isinstance(content, bytes) else b"")
        if str(calendar.get("METHOD", "")).upper() != "REPLY":
            return None
        [event] = calendar.walk("VEVENT")
        attendees = event["ATTENDEE"]
        attendee = attendees[0] if isinstance(attendees, list) else attendees
        answer = str(attendee.params["PARTSTAT"]).upper()
    except (ValueError, KeyError, IndexError):
        return None
    address = str(attendee).strip()
    return Reply(str(event.get("UID", "")), address.partition(":")[2].strip().lower() or address.lower(), answer)


def _is_automatic(mail: EmailMessage) -> bool:
    submitted = _header(mail, "Auto-Submitted").strip().lower()
    if submitted and submitted != "no":
        return True
    if _header(mail, "Precedence").strip().lower() in {"auto_reply", "bulk", "junk", "list"}:
        return True
    return any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))


def _header(part: Message, name: str) -> str:
    """A header's text; one that cannot be read is as good as none."""
    try:
        return str(part.get(name, ""))
    except (ValueError, IndexError, TypeError):
        return ""
