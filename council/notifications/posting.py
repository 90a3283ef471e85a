"""Handing mails to the mail server: one connection for many, worked by a thread of its own.

While the server thinks about one mail the next is being written, and while it is noted that one was taken the server is told
for whom the next is. A mail itself goes only when the one before is noted: never more than one can be sent twice.
"""

import contextlib
import secrets
import smtplib
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection

GOING_AWAY = 421  # RFC 5321 3.8: the server closes the connection, whatever the mail
TOO_LARGE = 552


class UnreachableError(Exception):
    """The mail server does not answer, or does not let us in; nothing was handed over."""


class BrokenOffError(Exception):
    """The connection ended while a mail was under way: whether it was taken is not known."""


class CalledOffError(Exception):
    """The mail before it was lost, or could not be noted; nothing was handed over."""


class Post:
    """A connection that is opened when it is needed, and kept; once it is lost nothing more goes over it."""

    def __init__(self) -> None:
        self._connection: Any = get_connection()
        self._hands = ThreadPoolExecutor(1, "post")
        self._turn: Future[None] | None = None
        self._lost = False

    def hand_over(self, mail: EmailMessage, *, after: Future[None] | None = None) -> Future[None]:
        """Send a mail.

        Args:
            after: What has to be done before the mail itself may go; cancelled, it stays here.

        Returns:
            What ends without a result once the server has taken it; else with :class:`UnreachableError`,
            :class:`BrokenOffError`, :class:`CalledOffError`, or whatever is wrong with this one mail.
        """
        return self._hands.submit(self._send, mail, after)

    def _send(self, mail: EmailMessage, after: Future[None] | None) -> None:
        if self._lost:
            raise CalledOffError
        self._turn = after
        try:
            opened = self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            self._lose()
            raise UnreachableError(said(error)) from error
        server = getattr(self._connection, "connection", None)
        if not isinstance(server, smtplib.SMTP):
            self._await_turn()
        elif opened:
            server.data = partial(self._in_turn, server.data)  # type: ignore[method-assign]  # of this one
        try:
            self._connection.send_messages([mail])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            if answer_of(error)[0] == GOING_AWAY:
                self._lose()
                raise BrokenOffError(said(error)) from error
            raise  # the connection is still good: smtplib has sent RSET
        except (OSError, smtplib.SMTPException) as error:
            self._lose()
            raise BrokenOffError(said(error)) from error

    def _in_turn(self, data: Callable[[Any], Any], message: Any) -> Any:
        """What comes between the recipients of a mail and the mail itself (DATA, RFC 5321 4.1.1.4)."""
        self._await_turn()
        return data(message)

    def _await_turn(self) -> None:
        try:
            if self._turn:
                self._turn.result()
        except CancelledError:
            self._lose()
            raise CalledOffError from None

    def _lose(self) -> None:
        self._lost = True
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._hands.shutdown()
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._connection.close()


def build(mail: EmailMessage) -> None:
    """Put a mail into the bytes that go over the wire, now, while the server is busy with another one."""
    message = mail.message()
    for part in message.walk():
        if part.is_multipart():  # else one is looked for that stands nowhere in the mail: a quarter of the work
            part.set_boundary(secrets.token_hex(16))
    as_bytes: Callable[..., bytes] = message.as_bytes
    lines = as_bytes(linesep="\r\n")

    def built(unixfrom: bool = False, linesep: str = "\n") -> bytes:  # noqa: FBT001, FBT002 - Django's own arguments
        return lines if linesep == "\r\n" else as_bytes(unixfrom, linesep)

    message.as_bytes = built
    mail.message = lambda *_, **__: message  # type: ignore[method-assign]  # of this one


def answer_of(error: Exception) -> tuple[int, str]:
    """The code and the words with which a server refused a mail to one person; 0 where it said nothing."""
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return 0, ""
    return code, text.decode(errors="replace") if isinstance(text, bytes) else str(text)


def is_final(error: Exception) -> bool:
    """Whether the server will never take this mail (5xx, RFC 5321 4.2.1); what it has against the sender may pass."""
    code, _text = answer_of(error)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return code == TOO_LARGE
    return code >= 500 or isinstance(error, smtplib.SMTPNotSupportedError)


def said(error: Exception) -> str:
    """An error as the log of messages shows it."""
    code, text = answer_of(error)
    return f"{code} {text}" if code else f"{type(error).__name__}: {error}"
