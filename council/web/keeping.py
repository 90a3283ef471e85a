"""Nothing that was typed is lost: a refused form is shown again, filled in, instead of being sent back."""

from collections.abc import Callable
from typing import TypeVar

from council.core.errors import Refused
from council.web.forms import Form
from council.web.submitting import submitted

T = TypeVar("T")


def kept(form: Form, act: Callable[..., T]) -> T | None:
    """Like :func:`submitted`, but a refusal too comes to stand above the form."""
    try:
        return submitted(form, act)
    except Refused as refusal:
        for sentence in [refusal.message, *refusal.problems]:
            form.add_error(None, sentence)
        return None
