"""Who was asked and who has replied. Figures count everything given, whoever may read it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from council.core.models import Sector
from council.opinions.models import Consultation, ConsultationQuerySet, Reply
from council.people.models import Membership, Organisation, Region

NOT_ASKED = (Membership.Role.OBSERVER, Membership.Role.SECRETARY)
OWNER = "version__document__owner"


@dataclass(frozen=True)
class Answering:
    """An organisation that was asked: what it replied, if anything, and how many opinions it gave."""

    organisation: Organisation
    sector: str
    reply: Reply | None
    opinions: int

    @property
    def sector_label(self) -> str:
        """Its sector in words."""
        return str(Sector(self.sector).label)


@dataclass(frozen=True)
class Share:
    """How many of a sector's or a region's organisations have replied; ``key`` is empty where it has no region."""

    key: str
    label: str
    asked: int
    replied: int
    without_opinion: int

    @property
    def percent(self) -> int:
        """How many of a hundred have replied; there is no share without someone asked."""
        return round(100 * self.replied / self.asked)


@dataclass(frozen=True)
class Turnout:
    """How many of those who were asked have replied.

    Attributes:
        opinions: What they, and anyone else, gave.
        others: Organisations that replied without having been asked, on paper for example.
        organisations: Those that were asked, by name; for those who run the council only.
    """

    asked: int
    replied: int
    without_opinion: int
    opinions: int
    others: int
    sectors: Sequence[Share]
    regions: Sequence[Share]
    organisations: Sequence[Answering]

    @property
    def owing(self) -> int:
        """How many still owe a reply."""
        return self.asked - self.replied


def turnout(consultation: Consultation) -> Turnout:
    """Count the replies to a consultation by sector, region and organisation; four queries however many there are."""
    asked = list(consultation.asked().select_related("region").order_by("name"))
    replies = {each.organisation_id: each for each in consultation.replies.select_related("by")}
    given = consultation.opinions.given().order_by().values_list("organisation").annotate(Count("pk"))
    opinions = dict(given)
    sectors = _sectors(consultation)
    rows = [
        Answering(each, sectors.get(each.pk, each.sector), replies.get(each.pk), opinions.get(each.pk, 0))
        for each in asked
    ]
    replied = [row.reply for row in rows if row.reply]
    return Turnout(
        asked=len(rows),
        replied=len(replied),
        without_opinion=sum(reply.kind == Reply.Kind.NONE for reply in replied),
        opinions=sum(opinions.values()),
        others=len(replies) - len(replied),
        sectors=_shares(rows, _by_sector),
        regions=_shares(rows, _by_region),
        organisations=rows,
    )


def with_figures(consultations: ConsultationQuerySet) -> ConsultationQuerySet:
    """The same consultations with ``figure_asked`` and ``figure_replied``, counted in the same query."""
    seated = Membership.objects.current().exclude(role__in=NOT_ASKED).filter(council=OuterRef("council"))
    replies = Reply.objects.filter(consultation=OuterRef("pk")).exclude(_writes())
    replies = replies.filter(Exists(seated.filter(organisation=OuterRef("organisation"))))
    return consultations.annotate(
        figure_asked=_count(seated.exclude(_writes()), "council", Count("organisation", distinct=True)),
        figure_replied=_count(replies, "consultation", Count("pk")),
    )


def with_standing(consultations: ConsultationQuerySet, organisation: UUID) -> ConsultationQuerySet:
    """The same consultations with ``standing_asked``, and what an organisation replied and when, if it did."""
    seated = Membership.objects.current().exclude(role__in=NOT_ASKED).filter(council=OuterRef("council"))
    replies = Reply.objects.filter(consultation=OuterRef("pk"), organisation=organisation)
    return consultations.annotate(
        standing_asked=Exists(seated.filter(organisation=organisation).exclude(_writes())),
        standing_kind=Subquery(replies.values("kind")[:1]),
        standing_at=Subquery(replies.values("at")[:1]),
    )


def _writes() -> Q:
    """Whether a row's organisation wrote the outer consultation's text or answers it; they are not asked."""
    office = OuterRef("office")
    writers = office, Coalesce(OuterRef("office__parent"), office), Coalesce(OuterRef(OWNER), office)
    paths = "organisation", "organisation__parent"
    return reduce(or_, [Q(**{path: writer}) for path in paths for writer in writers])


def _count(rows: Any, outer: str, number: Count) -> Coalesce:
    counted = rows.order_by().values(outer).annotate(figure=number).values("figure")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _sectors(consultation: Consultation) -> dict[UUID, str]:
    """For which sector each organisation sits; the one of its first seat where there are several."""
    seats = Membership.objects.current().filter(council=consultation.council_id).exclude(role__in=NOT_ASKED)
    return dict(seats.order_by("-seat__number", "-id").values_list("organisation", "sector"))


def _by_sector(row: Answering) -> tuple[int, str, str]:
    return Sector.values.index(row.sector), row.sector, row.sector_label


def _by_region(row: Answering) -> tuple[int, str, str]:
    region: Region | None = row.organisation.region
    return (region.position, region.pk, str(region)) if region else (1000, "", _("No region"))


def _shares(rows: Sequence[Answering], key: Callable[[Answering], tuple[int, str, str]]) -> list[Share]:
    asked, replied, without = Counter[Any](), Counter[Any](), Counter[Any]()
    for row in rows:
        place = key(row)
        asked[place] += 1
        replied[place] += row.reply is not None
        without[place] += row.reply is not None and row.reply.kind == Reply.Kind.NONE
    return [Share(place[1], place[2], asked[place], replied[place], without[place]) for place in sorted(asked)]
