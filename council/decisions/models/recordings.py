"""Recordings of meetings, and what is heard in them."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core.models import Resource
from council.documents.access import opens
from council.documents.models import Attachment
from council.meetings.models import AgendaItem, Meeting
from council.people.models import Council, User, sits


class RecordingQuerySet(models.QuerySet["Recording"]):
    """Recordings by who may see them."""

    def visible_to(self, user: User) -> "RecordingQuerySet":
        """Those of one's councils for who runs them; for those entitled once they are released to them."""
        entitled = Q(released=True, meeting__in=Meeting.objects.entitled_to(user))
        return self.filter(sits(user, officer=True) | entitled)

    def playable_by(self, user: User) -> "RecordingQuerySet":
        """Those one may hear and see from end to end: nothing that was dealt with meanwhile is closed to one.

        A file cannot be heard in part, so of the others one has the transcript of what is open to one.
        """
        closed = _heard_in().exclude(pk__in=AgendaItem.objects.open_to(user))
        return self.visible_to(user).exclude(Exists(closed))


def _heard_in() -> models.QuerySet[AgendaItem]:
    """The items dealt with while the recording being looked at ran; without an end it ran to the end of the meeting."""
    begun = AgendaItem.objects.filter(
        meeting=OuterRef("meeting"), opened_at__lte=Coalesce(OuterRef("ended_at"), F("opened_at"))
    )
    return begun.filter(Q(ended_at=None) | Q(ended_at__gt=OuterRef("started_at")))


class Recording(Resource):
    """녹음·녹화 of a meeting, as a file or an address elsewhere, whose offsets lead to the agenda items."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="recordings", verbose_name=_("meeting"))
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    url = models.URLField(_("address"), blank=True)
    started_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    released = models.BooleanField(_("open to those invited"), default=False)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(attachment__isnull=False, url="") | (Q(attachment=None) & ~Q(url="")),
                name="a_recording_is_a_file_or_an_address",
                violation_error_message=_("A recording is either a file or an address."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")),
                name="a_recording_ends_after_it_begins",
                violation_error_message=_("A recording ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.attachment or self.url)

    def get_absolute_url(self) -> str:
        """Where the meeting's recordings stand."""
        return reverse("web:recordings", args=[self.meeting_id])


class TranscriptLineQuerySet(models.QuerySet["TranscriptLine"]):
    """Lines of transcripts by who may see the recording."""

    def visible_to(self, user: User) -> "TranscriptLineQuerySet":
        """Those of the recordings one may see, on items that are open to one."""
        on_open_items = Q(item=None) | Q(item__in=AgendaItem.objects.open_to(user))
        return self.filter(on_open_items, recording__in=Recording.objects.visible_to(user))


class TranscriptLine(models.Model):
    """녹취: what is heard from an offset on, in milliseconds from the beginning of the recording."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="lines", verbose_name=_("recording"))
    begins_ms = models.PositiveIntegerField(_("from"))
    ends_ms = models.PositiveIntegerField(_("until"))
    speaker = models.CharField(_("speaker"), max_length=80, blank=True)
    text = models.TextField(_("text"))
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("agenda item")
    )

    objects = TranscriptLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a transcript")
        verbose_name_plural = _("transcript")
        ordering = ["recording", "begins_ms", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_ms__gte=models.F("begins_ms")), name="a_line_ends_after_it_begins")
        ]


@opens
def released_recordings(user: User) -> Q:
    """The files of recordings released to someone, where nothing in them is closed to them."""
    return Q(pk__in=Recording.objects.playable_by(user).filter(released=True).values("attachment"))
