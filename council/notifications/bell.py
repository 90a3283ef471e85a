"""Rung after every commit that changed how many notices someone has unread. Whoever listens may miss it."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

told = Signal()


def ring() -> None:
    """Ring once the transaction is committed; for whom, is asked by whoever listens."""
    transaction.on_commit(partial(told.send_robust, sender=Signal))
