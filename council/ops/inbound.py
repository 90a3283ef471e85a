"""The door for mail: a listener for the site's own mail server, by SMTP or LMTP, on loopback.

It takes mail for the product's own signed addresses and no other; a mail it cannot take now is refused for the moment, so
that the mail server keeps it and comes back.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.signing import BadSignature
from django.db import DatabaseError, InterfaceError, connections

from council.notifications import actions

log = logging.getLogger(__name__)

LARGEST = 10 * 1024 * 1024
TAKEN = "250 2.0.0 taken"
NOBODY = "550 5.1.1 no such address here"
LATER = "451 4.3.0 cannot take it now"
BROKEN = "554 5.6.0 cannot be read"


class Handler:
    """Says what the listener answers."""

    def __init__(self, *, each: bool) -> None:
        """Answer once per mail, or, as LMTP has it (RFC 2033 4.2), once for each of its recipients."""
        self.each = each
        self.hands = ThreadPoolExecutor(4, "inbound")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whether there is such an address."""
        if not actions.is_ours(address):
            return NOBODY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Take a mail for each of its recipients."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        loop = asyncio.get_running_loop()
        answers = [await loop.run_in_executor(self.hands, take, content, to) for to in envelope.rcpt_tos]
        if self.each:
            return "\r\n".join(answers)
        return next((answer for answer in answers if answer != TAKEN), TAKEN)


def take(content: bytes, to: str) -> str:
    """Take one mail for one recipient, and say so as a mail server does."""
    try:
        actions.receive(content, to=to)
    except BadSignature:
        return NOBODY
    except (DatabaseError, InterfaceError):
        log.exception("mail to %s could not be taken now", to)
        return LATER
    except Exception:  # a mail that cannot be read would come back for days
        log.exception("mail to %s could not be read", to)
        return BROKEN
    finally:
        connections.close_all()
    return TAKEN


class Listener(Controller):
    """Listens in a thread of its own."""

    def __init__(self, host: str, port: int, *, lmtp: bool) -> None:
        """Prepare to listen; ``start`` and ``stop`` begin and end it."""
        self.lmtp = lmtp
        super().__init__(Handler(each=lmtp), hostname=host, port=port)

    def factory(self) -> SMTP:
        """A conversation."""
        kind = LMTP if self.lmtp else SMTP
        return kind(self.handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="Council")
