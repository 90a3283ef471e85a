"""Rung after every commit that wrote to the journal. Whoever listens may miss it: the entry itself is the message."""

from django.dispatch import Signal

committed = Signal()
