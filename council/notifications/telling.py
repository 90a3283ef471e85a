"""The duty to tell (행정절차법 44 (4)): who has been told of the answer to an opinion, when, and by which channel.

Someone has been told once a mail was sent and did not come back, a notice on screen was read, or a telling outside the
product was noted. For anything else that happened, :mod:`council.notifications.told` says who knows.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, Count, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.journal.verbs import Verb
from council.notifications.log import sent_as
from council.notifications.models import Channel, Notification, Sending
from council.notifications.told import READ, SENT
from council.notifications.told import waiting as still_coming
from council.opinions.models import Consultation, Disposition, Opinion, OpinionQuerySet, Told


class State(models.TextChoices):
    """How far telling an author has come."""

    TOLD = "told", _("Told")
    WAITING = "waiting", _("Mail on its way")
    FAILED = "failed", _("Mail failed")
    OTHERWISE = "otherwise", _("To be told otherwise")


BY_MAIL = (Channel.MAIL, Channel.DIGEST)
UNTOLD = (State.WAITING, State.FAILED, State.OTHERWISE)


@dataclass(frozen=True)
class Telling:
    """One answered opinion, and what was done to let its author know.

    Attributes:
        state: See :class:`State`.
        released_at: When its answer was published.
        told_at: When its author was first told; a day where it was outside the product.
        screen: The notice on screen, if one was written.
        mail: The mail, or the digest it stands in, if one was written.
        outside: Tellings outside the product, the newest first.
    """

    opinion: Opinion
    state: State
    released_at: dt.datetime
    told_at: dt.datetime | dt.date | None
    screen: Notification | None
    mail: Sending | None
    outside: Sequence[Told]

    @property
    def days_untold(self) -> int | None:
        """How many days its author has been waiting to hear; none once told."""
        if self.state == State.TOLD:
            return None
        return (clock.today() - clock.seoul_date(self.released_at)).days


@dataclass(frozen=True)
class Figures:
    """How many authors of answered opinions have been told."""

    told: int = 0
    waiting: int = 0
    failed: int = 0
    otherwise: int = 0

    @property
    def answered(self) -> int:
        """All whose opinion has a published answer."""
        return self.told + self.untold

    @property
    def untold(self) -> int:
        """Those who do not know yet."""
        return self.waiting + self.failed + self.otherwise


def answered(consultation: Consultation, *states: State) -> OpinionQuerySet:
    """The answered opinions of a consultation, each with ``telling`` (a :class:`State`) and ``released_at``.

    Args:
        consultation: Which one.
        states: Only those that stand there; all where none is named.
    """
    notices = _notices().filter(entry__target_id=OuterRef("pk"))
    mails = notices.filter(channel__in=BY_MAIL)
    outside = Told.objects.filter(opinion=OuterRef("pk"))
    told = Q(_some(outside)) | Q(_some(mails.filter(SENT))) | Q(_some(notices.filter(READ)))
    waiting = _some(mails.filter(still_coming()))
    failed = _some(mails)
    released = Disposition.objects.filter(point__opinion=OuterRef("pk"), released_at__isnull=False).order_by()
    first = released.values("point__opinion").annotate(first=Min("released_at")).values("first")
    opinions: Any = Opinion.objects.filter(consultation=consultation, state=Opinion.State.PUBLISHED).annotate(
        released_at=Subquery(first),
        telling=Case(
            When(told, then=Value(State.TOLD)),
            When(waiting, then=Value(State.WAITING)),
            When(failed, then=Value(State.FAILED)),
            default=Value(State.OTHERWISE),
        ),
    )
    found: OpinionQuerySet = opinions.filter(telling__in=states) if states else opinions
    return found


def _some(rows: QuerySet[Any]) -> IsNull:
    """Whether there are any, looked up for each opinion; for EXISTS PostgreSQL may go through all there are in the house."""
    return IsNull(Subquery(rows.order_by().values("pk")[:1]), False)  # noqa: FBT003 - Django's


def figures(consultation: Consultation) -> Figures:
    """Count them; one query."""
    opinions: Any = answered(consultation).order_by()
    counted = opinions.values_list("telling").annotate(Count("pk"))
    return Figures(**dict(counted))


def tellings(opinions: Iterable[Opinion]) -> list[Telling]:
    """What was done for each of some opinions from :func:`answered`; two queries however many they are."""
    opinions = list(opinions)
    ids = [opinion.pk for opinion in opinions]
    notices: dict[tuple[UUID, str], Notification] = {}
    for notice in _notices().filter(entry__target_id__in=ids).select_related("entry", "digest").order_by("id"):
        by_mail = notice.channel in BY_MAIL
        notices[notice.entry.target_id, Notification.Channel.MAIL if by_mail else notice.channel] = notice
    outside: defaultdict[UUID, list[Told]] = defaultdict(list)
    for told in Told.objects.filter(opinion__in=ids).order_by("-on", "-id"):
        outside[told.opinion_id].append(told)
    channels = Notification.Channel
    return [
        _telling(each, notices.get((each.pk, channels.SCREEN)), notices.get((each.pk, channels.MAIL)), outside[each.pk])
        for each in opinions
    ]


def _telling(
    opinion: Opinion, screen: Notification | None, mail: Notification | None, outside: Sequence[Told]
) -> Telling:
    annotated: dict[str, Any] = vars(opinion)
    letter = sent_as(mail) if mail else None
    arrived = letter and not letter.bounced_at and letter.sent_at
    moments = [moment for moment in (screen and screen.read_at, arrived) if moment]
    days = [told.on for told in outside]
    first = min(moments, default=None)
    told_at = first if first and (not days or clock.seoul_date(first) <= min(days)) else min(days, default=None)
    return Telling(opinion, State(annotated["telling"]), annotated["released_at"], told_at, screen, letter, outside)


def _notices() -> QuerySet[Notification]:
    """Every notice that tells an author of an answer."""
    return Notification.objects.filter(
        entry__verb=Verb.ANSWER_RELEASED, entry__target_type=ContentType.objects.get_for_model(Opinion)
    )
