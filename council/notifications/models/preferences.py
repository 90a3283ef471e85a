"""What a person wants to hear of, by which way, and when. A row says what differs from the default, nothing else."""

from typing import Any, Self, TypeVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from council.meetings.models import Meeting
from council.opinions.models import Consultation
from council.people.models import Council, User


class Channel(models.TextChoices):
    """The ways in which a person is told."""

    SCREEN = "screen", _("On screen")
    MAIL = "mail", _("E-mail at once")
    DIGEST = "digest", _("E-mail digest")
    PUSH = "push", _("Push message")


class Kind(models.TextChoices):
    """What a notice is about, as people tell such things apart: each has its switches."""

    SUMMONS = "summons", _("Meeting notices")
    TASKS = "tasks", _("What is yours to do")
    ANSWERS = "answers", _("Answers to your opinions")
    MEMBERSHIP = "membership", _("Your membership")
    CONSULTATIONS = "consultations", _("Consultations")
    PERSONAL = "personal", _("What concerns you")
    ROOM = "room", _("In your organisation")
    MEETINGS = "meetings", _("Around meetings")
    LIVE = "live", _("While a meeting runs")
    DECISIONS = "decisions", _("Decisions and actions")
    MINUTES = "minutes", _("Minutes and recordings")
    DOCUMENTS = "documents", _("Documents and results")
    SECRETARIAT = "secretariat", _("What comes in at the secretariat")
    INTEGRATIONS = "integrations", _("Files and connected systems")
    SECURITY = "security", _("Your account and its safety")


DUTIES = (Kind.SUMMONS, Kind.TASKS, Kind.ANSWERS, Kind.MEMBERSHIP, Kind.SECURITY)
"""Kinds nobody can do without: one of the two ways by mail stays on; for the safety of the account, mail at once."""


M = TypeVar("M", bound=models.Model)


class OwnQuerySet(models.QuerySet[M]):
    """What belongs to one person."""

    def visible_to(self, user: User) -> Self:
        """One's own, never anyone else's."""
        return self.filter(user=user.pk)


class Preference(models.Model):
    """One switch a person has set to something else than the default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    on = models.BooleanField(_("on"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("switch")
        verbose_name_plural = _("switches")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="each_switch_is_set_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} × {self.channel} = {self.on}"


class Habits(models.Model):
    """When a person wants to be written to. Whoever has no row is written to at eight every morning."""

    class Rhythm(models.TextChoices):
        NONE = "none", _("No digest")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Once a week")

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    HOUR = 8

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="habits", primary_key=True)
    rhythm = models.CharField(_("digest"), max_length=6, choices=Rhythm.choices, default=Rhythm.DAILY)
    hour = models.PositiveSmallIntegerField(_("hour"), default=HOUR, validators=[MaxValueValidator(23)])
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices, default=Weekday.MONDAY)
    quiet_from = models.TimeField(pgettext_lazy("quiet hours", "from"), null=True, blank=True)
    quiet_until = models.TimeField(pgettext_lazy("quiet hours", "until"), null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("habits")
        verbose_name_plural = _("habits")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_begin_and_end",
                violation_error_message=_("Say when your quiet hours begin and when they end, or leave both empty."),
            ),
            models.CheckConstraint(condition=Q(hour__lt=24), name="a_day_has_24_hours"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="a_week_has_seven_days"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.rhythm}"


class Mute(models.Model):
    """A council, meeting or consultation of which a person does not want to hear, duties excepted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes")
    council = models.ForeignKey(Council, models.CASCADE, null=True, blank=True, related_name="+")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="+")
    consultation = models.ForeignKey(Consultation, models.CASCADE, null=True, blank=True, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("muted")
        verbose_name_plural = _("muted")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "council", "meeting", "consultation"],
                name="each_is_muted_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(council__isnull=False, meeting=None, consultation=None)
                | Q(council=None, meeting__isnull=False, consultation=None)
                | Q(council=None, meeting=None, consultation__isnull=False),
                name="one_thing_is_muted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.thing}"

    @property
    def thing(self) -> Any:
        """What is muted."""
        return getattr(self, self.noun)

    @property
    def noun(self) -> str:
        """Which kind of thing that is."""
        return next(name for name in ("council", "meeting", "consultation") if getattr(self, f"{name}_id"))
