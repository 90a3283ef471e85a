"""Attendance, the floor and what is said, as they are read and sent."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from council.api.fields import AllById, ById, Moment
from council.api.serializers.base import Change, Read, Sent
from council.api.serializers.meetings import AgendaItemRefSerializer, AlternateRefSerializer, MeetingRefSerializer
from council.api.serializers.people import MembershipRefSerializer, OrganisationRefSerializer, PersonSerializer
from council.core.models import Sector
from council.meetings.models import AgendaItem, Attendance, FloorRequest, Invitation, Meeting, Statement
from council.people.models import User

# --- Read ------------------------------------------------------------------------------------------------------------


class PlaceSerializer(Read):
    """A place at the table, in short."""

    membership = MembershipRefSerializer()

    class Meta:
        model = Invitation
        fields = ("id", "membership")


class AttendanceSerializer(Read):
    """Who was at a meeting: for a seat, as an observer, or as a guest, who has no invitation."""

    related = (
        "meeting",
        "invitation__membership__user",
        "invitation__membership__organisation",
        "alternate__user",
    )
    meeting = MeetingRefSerializer()
    invitation = PlaceSerializer(allow_null=True)
    alternate = AlternateRefSerializer(allow_null=True)

    class Meta:
        model = Attendance
        fields = (
            "id",
            "meeting",
            "invitation",
            "alternate",
            "name",
            "organisation_name",
            "title",
            "present",
            "mode",
            "how",
            "arrived_at",
            "left_at",
        )


class OnAnItem(Read):
    """What is said, or to be said, on an item as far as the caller may see that."""

    related: ClassVar[tuple[str, ...]] = (
        "meeting",
        "invitation__membership__user",
        "invitation__membership__organisation",
        "organisation",
    )
    meeting = MeetingRefSerializer()
    item = AgendaItemRefSerializer(allow_null=True)
    invitation = PlaceSerializer(allow_null=True)
    organisation = OrganisationRefSerializer(allow_null=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the items the caller may see, in one more statement."""
        return super().rows(user).prefetch_related(Prefetch("item", AgendaItem.objects.visible_to(user)))


class FloorRequestSerializer(OnAnItem):
    """A turn in the speakers' queue, and afterwards when the speech began and ended."""

    related = (*OnAnItem.related, "user")
    user = PersonSerializer()

    class Meta:
        model = FloorRequest
        fields = (
            "id",
            "meeting",
            "item",
            "invitation",
            "user",
            "organisation",
            "sector",
            "kind",
            "state",
            "position",
            "started_at",
            "ended_at",
            "created_at",
            "modified_at",
        )


class StatementSerializer(OnAnItem):
    """The gist of what someone said at a meeting."""

    related = (*OnAnItem.related, "recorded_by")
    recorded_by = PersonSerializer()

    class Meta:
        model = Statement
        fields = (
            "id",
            "meeting",
            "item",
            "invitation",
            "speaker",
            "organisation",
            "sector",
            "text",
            "said_at",
            "recorded_by",
            "created_at",
            "modified_at",
        )


class QuorumSerializer(serializers.Serializer[Any]):
    """Whether enough are there: how many seats count, how many have to be taken, and how many are."""

    seats = serializers.IntegerField()
    needed = serializers.IntegerField()
    present = serializers.IntegerField()
    met = serializers.BooleanField()


class SectorTimeSerializer(serializers.Serializer[Any]):
    """How often and how long a sector has spoken."""

    sector = serializers.ChoiceField(choices=Sector.choices)
    speeches = serializers.IntegerField()
    seconds = serializers.IntegerField()


class SpeakingTimesSerializer(serializers.Serializer[Any]):
    """How long each sector has spoken, the longest first."""

    times = SectorTimeSerializer(many=True)


class StepSerializer(serializers.Serializer[Any]):
    """The last step through the agenda that can still be taken back; without a number there is none."""

    step = serializers.IntegerField(allow_null=True)
    verb = serializers.CharField(allow_blank=True)
    item = serializers.CharField(allow_blank=True, help_text="The item's number and title.")


class DoorCodeSerializer(serializers.Serializer[Any]):
    """The code to show at the door now, and the one to print for the day."""

    code = serializers.CharField()
    code_of_the_day = serializers.CharField()


# --- Sent ------------------------------------------------------------------------------------------------------------


class Item(Sent):
    """For which item."""

    item = ById(AgendaItem, required=False)


class Undoing(Sent):
    """Which step is to be taken back."""

    step = serializers.IntegerField(required=False, help_text="The one that was seen last; refused if it no longer is.")


class Arrival(Sent):
    """How someone takes part."""

    mode = serializers.ChoiceField(choices=Attendance.Mode.choices, required=False)


class DoorCode(Sent):
    """What was read at the door."""

    code = serializers.CharField(max_length=100)


class Noting(Arrival):
    """Whether a seat is taken, and how."""

    present = serializers.BooleanField(default=True)
    alternate = serializers.BooleanField(
        required=False, help_text="Whether the alternate takes it; left out, whoever is named for it does."
    )


class NotingAll(Arrival):
    """Several seats to note at once; without a mode, each as its invitation was answered."""

    invitations = AllById(Invitation)
    present = serializers.BooleanField(default=True)


class Guest(Arrival):
    """Someone who is there without an invitation."""

    name = serializers.CharField(max_length=80)
    organisation_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    title = serializers.CharField(max_length=60, required=False, allow_blank=True)


class Asking(Sent):
    """A wish to speak."""

    kind = serializers.ChoiceField(choices=FloorRequest.Kind.choices, required=False)
    key = serializers.UUIDField(required=False, help_text="Your own, so that sending it twice asks once.")


class FloorOrder(Sent):
    """The queue in its new order."""

    requests = AllById(FloorRequest)


class OwnStatement(Sent):
    """What one said."""

    meeting = ById(Meeting)
    item = ById(AgendaItem, required=False, allow_null=True)
    text = serializers.CharField()
    said_at = Moment(required=False)
    key = serializers.UUIDField(required=False, help_text="Your own, so that sending it twice keeps it once.")


class NewStatement(OwnStatement):
    """What someone said: a seat, or a speaker without one."""

    invitation = ById(Invitation, required=False, allow_null=True)
    speaker = serializers.CharField(max_length=80, required=False, allow_blank=True)


class StatementChange(Change):
    """What to change in a statement."""

    item = ById(AgendaItem, allow_null=True)

    class Meta(Change.Meta):
        model = Statement
        fields = ("item", "text", "said_at")
