"""What happens to a posted form: checked here, judged by one action, and shown again with what was objected to."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from council.core.errors import Refused
from council.web.forms.base import Form

F = TypeVar("F", bound=Form)
T = TypeVar("T")


def filled(form: type[F], request: HttpRequest, **kwargs: Any) -> F:
    """The form as it was posted, with its files; or, before that, as it is to be filled in.

    Args:
        form: Which form.
        request: Where its answers come from.
        kwargs: What the form takes besides, e.g. ``initial``.
    """
    return form(request.POST, request.FILES, **kwargs) if request.method == "POST" else form(**kwargs)


def submitted(form: Form, act: Callable[..., T]) -> T | None:
    """Let an action have the answers of a posted form, by their names.

    Nothing that was typed is lost: what the action refuses comes to stand above the form, what it finds wrong beside the
    field.

    Args:
        form: Filled in, or not yet.
        act: Called with the cleaned answers, usually ``partial(actions.verb, thing, by=request.user)``.

    Returns:
        What the action returned; ``None`` when the form is to be shown (again), with every objection beside its field.
    """
    if not form.is_valid():
        return None
    try:
        return act(**form.cleaned_data)
    except ValidationError as error:
        form.accept_problems(error)
    except Refused as refusal:
        for sentence in [refusal.message, *refusal.problems]:
            form.add_error(None, sentence)
    return None


def seen_revision(request: HttpRequest, name: str = "revision") -> int | None:
    """The revision on which someone worked, as the form carried it along."""
    seen = request.POST.get(name, "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None
