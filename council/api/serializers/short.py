"""Consultations, opinions and points, in short, wherever something else names them."""

from council.api.serializers.base import Read
from council.opinions.models import Consultation, Opinion, Point


class ConsultationRefSerializer(Read):
    """A consultation, in short."""

    class Meta:
        model = Consultation
        fields = ("id", "title")


class OpinionRefSerializer(Read):
    """An opinion, in short."""

    class Meta:
        model = Opinion
        fields: tuple[str, ...] = ("id", "number", "kind")


class PointRefSerializer(Read):
    """A point, in short, with the opinion it is one of."""

    opinion = OpinionRefSerializer()

    class Meta:
        model = Point
        fields = ("id", "number", "opinion")
