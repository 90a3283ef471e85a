"""Handing mails to the mail server, one after the other over one connection."""

import contextlib
import smtplib
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection

from council.notifications.letters import Letter

GOING_AWAY = 421  # RFC 5321 3.8: the server closes the connection, whatever the mail
TOO_LARGE = 552


class UnreachableError(Exception):
    """The mail server does not answer, or does not let us in; nothing was handed over."""


class BrokenOffError(Exception):
    """The connection ended while a mail was under way: whether it was taken is not known."""


class Post:
    """A connection that is opened when it is needed, and kept."""

    def __init__(self) -> None:
        self._connection: Any = get_connection()

    def hand_over(self, mail: EmailMessage) -> None:
        """Send a mail; it returns once the server has taken it.

        Raises:
            UnreachableError: There is no server.
            BrokenOffError: It is gone; nothing more goes over this connection.
            Exception: Whatever is wrong with this one mail.
        """
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise UnreachableError(said(error)) from error
        try:
            self._send(mail)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            if answer_of(error)[0] == GOING_AWAY:
                raise BrokenOffError(said(error)) from error
            raise  # the connection is still good: smtplib has sent RSET
        except (OSError, smtplib.SMTPException) as error:
            raise BrokenOffError(said(error)) from error

    def _send(self, mail: EmailMessage) -> None:
        server = getattr(self._connection, "connection", None)  # Django's, where mail goes by SMTP
        if isinstance(mail, Letter) and isinstance(server, smtplib.SMTP) and (content := mail.filled_in()):
            server.sendmail(mail.sender, mail.to, content)
        else:
            self._connection.send_messages([mail])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._connection.close()


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
