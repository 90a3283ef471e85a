"""Alternates and recusals, as they are read and sent."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from council.api.fields import ById, Upload
from council.api.serializers.base import Read, Sent
from council.api.serializers.documents import AttachmentRefSerializer
from council.api.serializers.meetings import AgendaItemRefSerializer, MeetingRefSerializer
from council.api.serializers.people import MembershipRefSerializer, PersonSerializer
from council.documents.models import Attachment
from council.meetings.models import AgendaItem, Alternate, Invitation, Recusal
from council.people.models import Membership, User


class InvitationRefSerializer(Read):
    """An invitation, in short."""

    meeting = MeetingRefSerializer()
    membership = MembershipRefSerializer()

    class Meta:
        model = Invitation
        fields = ("id", "meeting", "membership")


class AlternateSerializer(Read):
    """Who comes to one meeting in place of a member, with which mandate; the letter is for those it concerns."""

    related = (
        "invitation__meeting",
        "invitation__membership__user",
        "invitation__membership__organisation",
        "user",
        "named_by",
    )
    invitation = InvitationRefSerializer()
    user = PersonSerializer()
    named_by = PersonSerializer()
    letter = AttachmentRefSerializer(allow_null=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the letter, as far as the caller may see it."""
        return super().rows(user).prefetch_related(Prefetch("letter", Attachment.objects.visible_to(user)))

    class Meta:
        model = Alternate
        fields = ("id", "invitation", "user", "title", "mandate", "letter", "named_by", "created_at", "modified_at")


class RecusalSerializer(Read):
    """That a member keeps out of one item, or should."""

    related = (
        "item__meeting",
        "membership__user",
        "membership__organisation",
        "raised_by",
        "decided_by",
    )
    meeting = MeetingRefSerializer(source="item.meeting")
    item = AgendaItemRefSerializer()
    membership = MembershipRefSerializer()
    raised_by = PersonSerializer()
    decided_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Recusal
        fields = (
            "id",
            "meeting",
            "item",
            "membership",
            "kind",
            "ground",
            "reason",
            "state",
            "raised_by",
            "decided_by",
            "decided_at",
            "decision",
            "created_at",
            "modified_at",
        )


class NewAlternate(Sent):
    """Who comes in place of a member."""

    invitation = ById(Invitation)
    email = serializers.EmailField()
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=80, help_text="Needed where the address has no account."
    )
    title = serializers.CharField(required=False, allow_blank=True, max_length=60)
    mandate = serializers.CharField(max_length=2000, help_text="What they may say and vote for the seat.")


class Letter(Sent):
    """The letter of mandate."""

    file = Upload(max_length=200)


class Newcomer(Sent):
    """Whom to invite."""

    membership = ById(Membership)


class NewRecusal(Sent):
    """Who should keep out of which item, and why."""

    item = ById(AgendaItem)
    invitation = ById(Invitation, help_text="The member's invitation to the item's meeting.")
    kind = serializers.ChoiceField(Recusal.Kind.choices)
    ground = serializers.ChoiceField(Recusal.Ground.choices)
    reason = serializers.CharField(max_length=2000)


class RecusalDecision(Sent):
    """How it is decided."""

    granted = serializers.BooleanField()
    decision = serializers.CharField(
        required=False, allow_blank=True, max_length=2000, help_text="Needed where it is denied."
    )
