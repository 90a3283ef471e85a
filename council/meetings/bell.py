"""Rung after every commit that changed what people see of a meeting while it runs. Whoever listens may miss it."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

if TYPE_CHECKING:
    from council.meetings.models import Meeting

changed = Signal()


def touched(meeting: "Meeting | UUID") -> None:
    """Ring for a meeting once the transaction is committed; listeners get its id as ``meeting``."""
    pk = meeting if isinstance(meeting, UUID) else meeting.pk
    transaction.on_commit(partial(changed.send_robust, sender=Signal, meeting=pk))
