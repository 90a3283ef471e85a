"""Rung in the transaction in which the back office changes somebody's address; who knows of the old one sets that right."""

from django.dispatch import Signal

address_changed = Signal()
