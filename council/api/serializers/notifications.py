"""Notices, as they are read."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from council.api.serializers.base import Sent
from council.journal.verbs import Verb
from council.notifications.messages import Notice
from council.notifications.models import Kind


class SubjectSerializer(serializers.Serializer[Any]):
    """The thing a notice is about, by its kind and id."""

    kind = serializers.CharField(source="target_type.model")
    id = serializers.UUIDField(source="target_id")


class NoticeSerializer(serializers.Serializer[Notice]):
    """What happened, why one is told, and where it leads; ``url`` and ``about`` are null where one may not go."""

    id = serializers.IntegerField(source="notification.pk")
    verb = serializers.ChoiceField([verb.value for verb in Verb], source="notification.entry.verb")
    at = serializers.DateTimeField(source="notification.entry.at")
    kind = serializers.ChoiceField(Kind.choices)
    unread = serializers.BooleanField(source="notification.is_unread")
    read_at = serializers.DateTimeField(source="notification.read_at", allow_null=True)
    sentence = serializers.CharField()
    because = serializers.CharField()
    action = serializers.CharField()
    url = serializers.SerializerMethodField()
    about = serializers.SerializerMethodField()

    def get_url(self, notice: Notice) -> str | None:
        """The page it leads to."""
        return f"{settings.SITE_URL}{notice.path}" if notice.path else None

    @extend_schema_field(SubjectSerializer(allow_null=True))
    def get_about(self, notice: Notice) -> dict[str, Any] | None:
        """The thing itself, whose representation the API gives."""
        return SubjectSerializer(notice.notification.entry).data if notice.path else None


class WhichKind(Sent):
    """Which of one's notices."""

    kind = serializers.ChoiceField(Kind.choices, required=False, help_text="All of them when left out.")


class ReadAllSerializer(serializers.Serializer[Any]):
    """How many notices were unread."""

    read = serializers.IntegerField()
