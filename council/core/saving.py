"""Checked writes: whatever a model or the database refuses is said field by field, and nothing is left half written."""

from collections.abc import Container
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused

M = TypeVar("M", bound=models.Model)


def create(instance: M) -> M:
    """Check a new row against its fields and constraints, and insert it.

    Raises:
        ValidationError: With the fields that are wrong and why.
    """
    _save(instance, force_insert=True)
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
        stamp = {"modified_at": clock.now()} if hasattr(instance, "modified_at") else {}
        for name, value in stamp.items():
            setattr(instance, name, value)
        _save(instance, changed, update_fields=[*changed, *stamp])
    return changed


def _save(instance: models.Model, changed: Container[str] | None = None, **how: Any) -> None:
    """Save what its fields allow, and work out what is wrong only once they or the database have refused it.

    The constraints are the database's in any case; asking for each of them beforehand takes a statement each, and
    someone else may still be faster.
    """
    try:
        instance.clean_fields(exclude=_sure_relations(instance, changed))
        instance.clean()
        with transaction.atomic():
            instance.save(**how)
    except (ValidationError, IntegrityError):
        instance.full_clean()
        raise


def _sure_relations(instance: models.Model, changed: Container[str] | None) -> set[str]:
    """The relations that need not be looked up: to rows that were read, or that stand in the database like this."""
    relations = {field for field in instance._meta.concrete_fields if isinstance(field, models.ForeignKey)}
    read = {
        field.name
        for field in relations
        if not field.get_limit_choices_to()
        and (to := field.get_cached_value(instance, default=None))
        and not to._state.adding
    }
    return read | {field.name for field in relations if changed is not None and field.name not in changed}
