"""Letters: mails that say the same to many people. They are written and built once, and filled in for each reader.

A form is a mail with a word in place of everything that is a reader's own; nobody knows that word, so nobody can write it.
"""

import secrets
from email.utils import formatdate, parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import escape

from council.people.models import User

KEPT = 32
"""So many forms are kept: one for each event, language and kind of header."""
READER = f"<이름 {secrets.token_hex(8)}>"
"""Stands for the reader's name: it is escaped where a name is, and makes any text one that is sent as UTF-8."""
OWN = {name: f"{name}.{secrets.token_hex(8)}" for name in ("To", "Date", "Message-ID", "List-Unsubscribe")}
"""Header fields that are a reader's own, and what stands for them."""
LONGEST_LINE = 500
"""Bytes; with a name of 80 letters in it, escaped, a line still has less than 998 (RFC 5322 2.1.1)."""


class Letter(EmailMultiAlternatives):
    """A mail that differs from those to others in its reader's name and in the header fields :data:`OWN` alone."""

    def __init__(self, template: str, context: dict[str, Any], *, to: User) -> None:
        """Write it, in the language in force.

        Args:
            template: The name of its two forms below ``email/``.
            context: What they are filled with, all of it hashable; ``sentence`` is the subject.
            to: The reader.
        """
        self._name = " ".join(to.name.split())
        self._text, self._html = words(template, **context | {"name": READER})
        super().__init__(
            subject=" ".join(context["sentence"].split()), body=self._text.replace(READER, self._name), to=[to.email]
        )
        self.attach_alternative(self._html.replace(escape(READER), escape(self._name)), "text/html")

    @property
    def sender(self) -> str:
        """Its sender, for the envelope."""
        return parseaddr(self.from_email)[1]

    def filled_in(self) -> bytes | None:
        """What goes over the wire; None where it takes more than filling in: for long lines, or an address not in ASCII."""
        own = {name: value for name, value in self.extra_headers.items() if name in OWN}
        own |= {"To": self.to[0], "Date": formatdate(localtime=settings.EMAIL_USE_LOCALTIME)}
        if not all(value.isascii() and value.isprintable() for value in (*own.values(), self.sender)):
            return None
        headers = {"From": self.from_email} | self.extra_headers | {name: OWN[name] for name in own}
        filled = form(self._text, self._html, str(self.subject), **headers)
        for name, value in own.items():
            filled = filled.replace(OWN[name].encode(), value.encode())
        filled = filled.replace(escape(READER).encode(), escape(self._name).encode())
        return filled.replace(READER.encode(), self._name.encode()) or None


@lru_cache(KEPT)
def words(template: str, **context: Any) -> tuple[str, str]:
    """What a template's forms say, as text and as HTML; ``language`` in the context is the one in force."""
    text, html = (render_to_string(f"email/{template}.{kind}", context) for kind in ("txt", "html"))
    return text, html.lstrip()


@lru_cache(KEPT)
def form(text: str, html: str, subject: str, **headers: str) -> bytes:
    """A mail as Django builds it; empty where a line may become so long that Django would encode it in another way."""
    if any(len(line.encode()) > LONGEST_LINE for line in (*text.splitlines(), *html.splitlines())):
        return b""
    mail = EmailMultiAlternatives(subject, text, headers=headers)
    mail.attach_alternative(html, "text/html")
    built: bytes = mail.message().as_bytes(linesep="\r\n")
    return built
