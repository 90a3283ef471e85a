"""The floor: who wants to speak, who speaks, and what was said."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource, Sector
from council.meetings.models.agenda import AgendaItem
from council.meetings.models.coming import Invitation
from council.meetings.models.meetings import Meeting
from council.people.models import Council, Organisation, User


def heard_by(user: User) -> Q:
    """What was said, or is to be said, at meetings someone may see: at closed ones if entitled, on items open to them."""
    visible, entitled = Meeting.objects.visible_to(user), Meeting.objects.entitled_to(user)
    about = Q(item=None) | Q(item__in=AgendaItem.objects.open_to(user))
    return about & Q(meeting__in=visible) & (Q(meeting__closed=False) | Q(meeting__in=entitled))


class FloorRequestQuerySet(models.QuerySet["FloorRequest"]):
    """The speakers' queue."""

    def visible_to(self, user: User) -> "FloorRequestQuerySet":
        """That of the meetings one follows."""
        return self.filter(heard_by(user))

    def waiting(self) -> "FloorRequestQuerySet":
        """Who waits, in the order in which they will speak: points of order first, then as the chair has it."""
        return self.filter(state=FloorRequest.State.WAITING).order_by("-kind", "position", "id")

    def times(self) -> list[dict[str, Any]]:
        """How often and how long each sector has spoken: ``sector``, ``speeches``, ``spoken`` as a timedelta."""
        ended = self.filter(state=FloorRequest.State.DONE).order_by()
        spoken = models.Sum(models.F("ended_at") - models.F("started_at"))
        return list(ended.values("sector").annotate(speeches=models.Count("pk"), spoken=spoken).order_by("-spoken"))


class FloorRequest(Resource):
    """발언 신청: a turn in the speakers' queue, and afterwards how long the speech took."""

    class Kind(models.TextChoices):
        ORDER = "point_of_order", _("Point of order")
        SPEECH = "a_speech", _("Speech")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SPEAKING = "speaking", _("Has the floor")
        DONE = "done", _("Has spoken")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="floor", verbose_name=_("meeting"))
    item = models.ForeignKey(AgendaItem, models.CASCADE, null=True, blank=True, related_name="floor")
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="floor", verbose_name=_("for the seat of"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("speaker"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices, default=Kind.SPEECH)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    position = models.IntegerField(_("place"), default=0)
    key = models.UUIDField(null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("began"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = FloorRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to speak")
        verbose_name_plural = _("requests to speak")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["meeting", "state"], name="floor_meeting_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "invitation"],
                condition=Q(state__in=["waiting", "speaking"]),
                name="a_seat_waits_once_to_speak",
                violation_error_message=_("This seat waits to speak already."),
            ),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(state="speaking"),
                name="one_speaker_at_a_time",
                violation_error_message=_("Someone else has the floor."),
            ),
            models.UniqueConstraint(fields=["user", "key"], name="a_request_to_speak_is_taken_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """The meeting's live view."""
        return reverse("web:live", args=[self.meeting_id])


class StatementQuerySet(models.QuerySet["Statement"]):
    """What was said."""

    def visible_to(self, user: User) -> "StatementQuerySet":
        """That of the meetings one follows."""
        return self.filter(heard_by(user))


class Statement(Resource):
    """발언 요지: the gist of what someone said at a meeting, noted by the secretary or written by the speaker."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="statements", verbose_name=_("meeting"))
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="statements")
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, null=True, blank=True, related_name="statements", verbose_name=_("for the seat of")
    )
    speaker = models.CharField(_("speaker"), max_length=80)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices, blank=True)
    text = models.TextField(_("gist"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    said_at = models.DateTimeField(_("said"), default=clock.now)
    key = models.UUIDField(null=True, blank=True, editable=False)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["said_at", "id"]
        indexes = [models.Index(fields=["meeting", "said_at"], name="statement_meeting_time")]
        constraints = [models.UniqueConstraint(fields=["recorded_by", "key"], name="a_statement_is_taken_once")]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        """The meeting it was made at."""
        return reverse("web:meeting", args=[self.meeting_id])
