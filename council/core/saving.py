"""Checked writes: what a model promises is asked before the database has to refuse it."""

from typing import Any, TypeVar

from django.db import models

from council.core import clock

M = TypeVar("M", bound=models.Model)


def create(instance: M) -> M:
    """Check a new row against its fields and constraints, and insert it.

    Raises:
        ValidationError: With the fields that are wrong and why.
    """
    instance.full_clean()
    instance.save(force_insert=True)
    return instance


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
