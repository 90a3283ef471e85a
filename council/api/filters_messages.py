"""What the log of messages can be narrowed to."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from council.api.filters import Filters
from council.notifications.announcements import verbs_of
from council.notifications.log import in_state
from council.notifications.models import Channel, Kind, Sending


class MessageFilters(Filters):
    """By state, way, kind, event and reader."""

    state = filters.ChoiceFilter(choices=Sending.State.choices, method="in_state")
    channel = filters.ChoiceFilter(choices=Channel.choices)
    kind = filters.ChoiceFilter(choices=Kind.choices, method="of_kind")
    event = filters.NumberFilter(field_name="entry", min_value=1, max_value=2**63 - 1)
    to = filters.UUIDFilter(field_name="recipient")

    def in_state(self, rows: QuerySet[Any], _name: str, state: str) -> QuerySet[Any]:
        """Those that stand there."""
        return in_state(rows, state)

    def of_kind(self, rows: QuerySet[Any], _name: str, kind: str) -> QuerySet[Any]:
        """Those of one kind."""
        return rows.filter(entry__verb__in=verbs_of(Kind(kind)))
