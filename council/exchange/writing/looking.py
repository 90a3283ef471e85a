"""Looking into PDFs in a process of its own, run by :mod:`council.exchange.binding`: they come from anywhere."""

import json
import resource
import sys

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 60


def wide(path: str) -> list[bool] | None:
    """For each page whether it is wider than high as it is shown; nothing where it cannot be bound in.

    A locked or broken file cannot, nor one with fields to fill in: what was filled in would be missing.
    """
    try:
        reader = PdfReader(path)
        if (reader.is_encrypted and not reader.decrypt("")) or reader.get_fields():
            return None
        found = []
        for page in reader.pages:
            page.get_contents()
            turned = page.rotation % 180 != 0
            across, up = float(page.cropbox.width), float(page.cropbox.height)
            if across <= 0 or up <= 0:
                return None
            found.append((across > up) is not turned)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        return None
    return found or None


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    print(json.dumps(wide(sys.argv[1])))  # noqa: T201 - its answer
