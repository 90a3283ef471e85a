"""Mail in a folder: the embedded run has no mail server, and a developer wants to read what was sent."""

from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage as Mail
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.utils.text import get_valid_filename


def mail_folder() -> Path:
    """The folder; only the embedded run has one."""
    if settings.MAIL_FOLDER is None:
        raise ImproperlyConfigured("Mail is sent, not kept: EMAIL_URL is set.")
    return settings.MAIL_FOLDER


class FolderBackend(BaseEmailBackend):
    """Keeps each mail as a file named by its Message-ID, so that the same mail sent twice is one file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails, each whole or not at all."""
        folder = mail_folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            content = message.message()
            path = folder / f"{get_valid_filename(content['Message-ID'].strip('<>'))}.eml"
            part = path.with_suffix(".part")
            part.write_bytes(content.as_bytes())
            part.replace(path)
        return len(email_messages)


def mails(*, to: str = "", limit: int = 100) -> Iterator[Mail]:
    """The newest mails in the folder, optionally those to one address."""
    files = sorted(mail_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    found = 0
    for path in files:
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if to and to.lower() not in str(mail["To"]).lower():
            continue
        yield mail
        found += 1
        if found == limit:
            return
