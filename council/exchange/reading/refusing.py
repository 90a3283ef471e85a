"""Saying no to a file as a whole."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from council.exchange.reading.grids import MAX_ROWS


def refused(sentence: str) -> ValidationError:
    """The error for a file that cannot be read; the sentence says what is wrong and how to mend it."""
    return ValidationError({"file": [sentence]})


def too_many_rows() -> ValidationError:
    """The error for more opinions than are read at once."""
    return refused(
        _("The file has more than %(limit)s rows. Divide it into several files.") % {"limit": f"{MAX_ROWS:,}"}
    )


def locked() -> ValidationError:
    """The error for a file that only its password opens."""
    return refused(_("The file is protected by a password. Save it without one and upload that."))
