"""Which papers lie on a table that is closed to someone, and which on one they come to for another."""

from typing import Any

from django.db.models import Q, QuerySet

from council.core.models import Visibility
from council.documents.access import closes, opens, opens_versions
from council.meetings.models.agenda import AgendaItem, Paper, recused_from
from council.meetings.models.coming import Alternate
from council.meetings.models.meetings import mandates_of
from council.people.models import User


@closes
def papers_kept_from(user: User) -> Q:
    """Papers of closed items for those not entitled, and of items someone keeps out of (제척·기피·회피).

    Files alone: a version members can read was published to the whole council, and stays readable where it was before
    it was laid on a table (docs/decisions/0026); as a paper of the item it is closed by :meth:`Paper.visible_to`.
    """
    return Q(pk__in=_on_the_table(AgendaItem.objects.unreadable_for(user), "attachment"))


@opens
def papers_of_the_mandate(user: User) -> Q:
    """Papers of the meetings to which someone comes in place of a member, as far as members see them.

    A letter of mandate is open to the member and to who comes.
    """
    whose = Q(user=user.pk) | Q(invitation__membership__user=user.pk)
    letters = Alternate.objects.filter(whose, letter__isnull=False).values("letter")
    return Q(pk__in=_on_the_table(_of_the_mandate(user), "attachment"), visibility=Visibility.COUNCIL) | Q(
        pk__in=letters
    )


@opens_versions
def versions_of_the_mandate(user: User) -> Q:
    """Published versions on the table of those meetings."""
    return Q(pk__in=_on_the_table(_of_the_mandate(user), "version"), published_at__isnull=False)


def _of_the_mandate(user: User) -> QuerySet[AgendaItem]:
    """The items of the meetings someone comes to for another; closed ones too, but not those the seat keeps out of."""
    items = AgendaItem.objects.filter(
        meeting__in=mandates_of(user), meeting__convened_at__isnull=False, visibility=Visibility.COUNCIL
    )
    return items.exclude(recused_from(user))


def _on_the_table(items: QuerySet[AgendaItem], kind: str) -> QuerySet[Any, Any]:
    """The keys of the files, or the versions, that lie on the table for some items."""
    papers: QuerySet[Any, Any] = Paper.objects.filter(item__in=items, **{f"{kind}__isnull": False}).values(kind)
    return papers
