"""Checked writes: what a model promises is asked before the database has to refuse it."""

from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused

M = TypeVar("M", bound=models.Model)


def create(instance: M) -> M:
    """Check a new row against its fields and constraints, and insert it.

    Raises:
        ValidationError: With the fields that are wrong and why.
    """
    instance.full_clean()
    instance.save(force_insert=True)
    return instance


def check_revision(current: int, seen: int | None) -> None:
    """Stop a change made on an older revision than the current one, instead of overwriting what came between.

    Args:
        current: The row's revision.
        seen: The one the change was made on; ``None`` where the caller does not say.

    Raises:
        Refused: Someone else was faster.
    """
    if seen is not None and seen != current:
        raise Refused(_("Someone changed this since you opened it. Look at the newer text before you save yours."))


def change(instance: M, **values: Any) -> list[str]:
    """Set fields of a row, check it, and save just those that differ.

    Returns:
        The names of the fields that changed, in the order given; empty when nothing did and nothing was written.

    Raises:
        ValidationError: With the fields that are wrong and why.
    """
    changed = [name for name, value in values.items() if getattr(instance, name) != value]
    for name in changed:
        setattr(instance, name, values[name])
    if changed:
        instance.full_clean()
        stamp = {"modified_at": clock.now()} if hasattr(instance, "modified_at") else {}
        for name, value in stamp.items():
            setattr(instance, name, value)
        instance.save(update_fields=[*changed, *stamp])
    return changed
