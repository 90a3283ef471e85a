"""Keeping order: what stands beside an opinion, and the lists of those who run the council."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from council.documents.comparison import Span, compare
from council.opinions.models import Campaign, Consultation, Opinion, OpinionQuerySet, Redaction, Report
from council.people.models import Membership, User


@dataclass(frozen=True)
class Sides:
    """From which sides someone looks at an opinion: those who run the council, and its own organisation.

    Read from one's memberships, so that a page asks nothing more for it; the actions ask the rules themselves.
    """

    runs: bool
    speaks: bool
    colleague: bool


def sides(opinion: Opinion, memberships: Sequence[Membership]) -> Sides:
    """Say from which sides someone looks at an opinion.

    Args:
        opinion: One they may see.
        memberships: Their current ones.
    """
    here = [each for each in memberships if each.council_id == opinion.council_id]
    speaking = [each for each in here if each.role != Membership.Role.OBSERVER]
    return Sides(
        runs=any(each.role in Membership.OFFICERS for each in here),
        speaks=bool(speaking),
        colleague=any(each.organisation_id == opinion.organisation_id for each in speaking),
    )


@dataclass(frozen=True)
class Order:
    """What someone may see and do about the order of one opinion.

    Attributes:
        reports: The open ones: all for those who run the council, one's own for others.
        redaction: The public form of a confidential opinion, as far as there is one.
        visible: How many opinions of its campaign the reader may see.
    """

    sides: Sides
    is_given: bool
    may_report: bool
    reports: Sequence[Report]
    redacts: bool
    redaction: Redaction | None
    may_approve: bool
    campaign: Campaign | None


def order_of(opinion: Opinion, user: User, memberships: Sequence[Membership]) -> Order:
    """Gather what stands beside an opinion; one query for the reports, one more where it is confidential or alike."""
    by = sides(opinion, memberships)
    given = opinion.state not in Opinion.NOT_GIVEN
    reports = list(Report.objects.visible_to(user).open().filter(opinion=opinion).select_related("by").order_by("id"))
    confidential = given and opinion.audience == Opinion.Audience.CONFIDENTIAL
    redacts = confidential and (by.runs or by.colleague)
    redactions = Redaction.objects.visible_to(user).filter(opinion=opinion)
    redaction = redactions.select_related("prepared_by", "approved_by").first() if confidential else None
    return Order(
        sides=by,
        is_given=given,
        may_report=given
        and by.speaks
        and opinion.hidden_at is None
        and opinion.author_id != user.pk
        and not any(each.by_id == user.pk for each in reports),
        reports=reports,
        redacts=redacts,
        redaction=redaction,
        may_approve=redaction is not None and may_approve(redaction, opinion, user, by),
        campaign=opinion.campaign if given and opinion.campaign_id else None,
    )


def may_approve(redaction: Redaction, opinion: Opinion, user: User, by: Sides) -> bool:
    """Whether a public form waits for this person.

    The other side prepared it; or another of those who run the council did, for someone who has no account.
    """
    if redaction.approved_at or redaction.prepared_by_id == user.pk:
        return False
    if redaction.by_officers:
        return by.colleague or (by.runs and opinion.author_id is None)
    return by.runs


def redacted_spans(opinion: Opinion, redaction: Redaction) -> dict[str, list[Span]]:
    """What the public form leaves out and puts in, field by field."""
    return {
        "proposed": compare(opinion.proposed_text, redaction.proposed_text),
        "reason": compare(opinion.reason, redaction.reason),
    }


# --- The lists of those who run the council


def given_in(consultation: Consultation, user: User) -> OpinionQuerySet:
    """The opinions of a consultation someone may see, with what a row shows."""
    given = Opinion.objects.visible_to(user).given().filter(consultation=consultation)
    return given.select_related("passage", "organisation", "author")


def reported(consultation: Consultation, user: User) -> QuerySet[Report]:
    """The first open report of every reported opinion; the opinion carries them all as ``open_reports``."""
    open_ = Report.objects.visible_to(user).open()
    earlier = Report.objects.open().filter(opinion=OuterRef("opinion"), pk__lt=OuterRef("pk"))
    everything = Prefetch("opinion__reports", open_.select_related("by").order_by("id"), to_attr="open_reports")
    first = open_.filter(~Exists(earlier), consultation=consultation)
    return first.select_related("opinion__passage", "opinion__organisation").prefetch_related(everything)


def hidden(consultation: Consultation, user: User) -> OpinionQuerySet:
    """What is hidden."""
    return given_in(consultation, user).filter(hidden_at__isnull=False)


def campaigns(consultation: Consultation, user: User) -> QuerySet[Campaign]:
    """Groups of near-identical opinions."""
    return Campaign.objects.visible_to(user).filter(consultation=consultation).select_related("first__passage")


def unapproved(consultation: Consultation, user: User) -> OpinionQuerySet:
    """Confidential opinions of which nobody else can read anything yet."""
    confidential = given_in(consultation, user).filter(audience=Opinion.Audience.CONFIDENTIAL)
    return confidential.filter(redaction__approved_at=None).select_related("redaction")


def counts(consultation: Consultation, user: User) -> dict[str, int]:
    """How long each list is."""
    given = Opinion.objects.visible_to(user).given().filter(consultation=consultation)
    unread = Q(audience=Opinion.Audience.CONFIDENTIAL, redaction__approved_at=None)
    found: dict[str, Any] = given.aggregate(
        hidden=Count("pk", filter=Q(hidden_at__isnull=False)), confidential=Count("pk", filter=unread)
    )
    reports = Report.objects.visible_to(user).open().filter(consultation=consultation)
    return {
        **found,
        "reports": reports.aggregate(number=Count("opinion", distinct=True))["number"],
        "campaigns": campaigns(consultation, user).count(),
    }
