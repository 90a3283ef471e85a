"""Fetching papers to be bound into a PDF: looked into first, because they come from anywhere."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from council.documents.models import Attachment
from council.exchange.tables import BoundPages

_LOOKING = Path(__file__).parent / "writing" / "looking.py"
_LONGEST = 90  # seconds
MOST_BYTES = 64 * 1024**2
MOST_PAGES = 1000


class Binder:
    """Fetches the PDFs among the papers of one document.

    Args:
        folder: Where they lie until the document is written.
        progress: Called when one has been looked into.
    """

    def __init__(self, folder: Path, *, progress: Callable[[], None] = lambda: None) -> None:
        self.folder = folder
        self.pages = 0
        self._progress = progress
        self._known: dict[str, BoundPages | None] = {}

    def begin(self) -> None:
        """Count the pages of another document."""
        self.pages = 0

    def bound(self, attachment: Attachment) -> BoundPages | None:
        """A paper to bind in; nothing where it is no PDF, too large, locked, broken, a form, or there are too many."""
        found = self._look(attachment)
        if found is None or self.pages + len(found.wide) > MOST_PAGES:
            return None
        self.pages += len(found.wide)
        return found

    def _look(self, attachment: Attachment) -> BoundPages | None:
        key = attachment.sha256
        if key not in self._known:
            self._known[key] = self._fetch(attachment) if _is_pdf(attachment) else None
            self._progress()
        return self._known[key]

    def _fetch(self, attachment: Attachment) -> BoundPages | None:
        path = self.folder / f"{attachment.sha256}.pdf"
        try:
            with attachment.file.open("rb") as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        except FileNotFoundError:
            return None
        command = [sys.executable, "-I", str(_LOOKING), str(path)]
        try:
            looked = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)  # noqa: S603 - our own
        except subprocess.TimeoutExpired:
            return None
        wide = json.loads(looked.stdout) if looked.returncode == 0 and looked.stdout else None
        return BoundPages(path, attachment.name, wide) if wide else None


def _is_pdf(attachment: Attachment) -> bool:
    named = attachment.media_type == "application/pdf" or attachment.name.lower().endswith(".pdf")
    return named and attachment.size <= MOST_BYTES
