"""What unites and what divides."""

from django_filters import rest_framework as filters

from council.api.filters import Filters
from council.api.serializers import findings as shapes
from council.api.views.base import Readable
from council.people.scopes import Area


class FindingFilters(Filters):
    """By consultation."""

    consultation = filters.UUIDFilter(field_name="consultation")


class Findings(Readable):
    """What unites and what divides, batch by batch, the newest first."""

    area = Area.OPINIONS
    reads = shapes.FindingSerializer
    filterset_class = FindingFilters
