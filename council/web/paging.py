"""Long lists a page at a time, by the last row seen: the next page is the same however much is added meanwhile."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from council.opinions.models import Opinion, OpinionQuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows of a list, and the address of those that follow; empty on the last page."""

    rows: list[M]
    next_url: str


def page(request: HttpRequest, rows: QuerySet[M], *, newest_by: str = "pk", size: int = 30) -> Page[M]:
    """The rows that follow the one named in the address (``?before=<id>``), the newest first.

    Raises:
        Http404: The named row is none of ``rows``.
    """
    ordered = rows.order_by(f"-{newest_by}", "-pk")
    before = request.GET.get("before")
    found = list(ordered.filter(_behind(rows, before, newest_by) if before else Q())[: size + 1])
    if len(found) <= size:
        return Page(found, "")
    address = request.GET.copy()
    address["before"] = str(found[size - 1].pk)
    return Page(found[:size], f"?{address.urlencode()}")


def page_in_order(request: HttpRequest, rows: QuerySet[M], *, by: str, size: int = 30) -> Page[M]:
    """The rows that follow the one named in the address (``?after=<id>``), ordered by a field and the id, both rising.

    A row that the list no longer shows, because it is done meanwhile, still says where the next page begins.

    Raises:
        Http404: There is no such row.
    """
    ordered = rows.order_by(by, "pk")
    if after := request.GET.get("after"):
        listed: Any = rows.model._default_manager
        try:
            last = get_object_or_404(listed.visible_to(request.user), pk=after)
        except (ValueError, ValidationError) as error:
            raise Http404 from error
        reached = getattr(last, by)
        ordered = ordered.filter(Q(**{f"{by}__gt": reached}) | Q(**{by: reached, "pk__gt": last.pk}))
    found = list(ordered[: size + 1])
    if len(found) <= size:
        return Page(found, "")
    address = request.GET.copy()
    address["after"] = str(found[size - 1].pk)
    return Page(found[:size], f"?{address.urlencode()}")


def page_from_oldest(request: HttpRequest, rows: QuerySet[M], *, size: int = 30) -> Page[M]:
    """The rows that follow the id in the address (``?after=<id>``), the oldest first; its row may be gone meanwhile.

    Raises:
        Http404: It is no id.
    """
    ordered = rows.order_by("pk")
    after = request.GET.get("after")
    try:
        found = list((ordered.filter(pk__gt=after) if after else ordered)[: size + 1])
    except (ValueError, ValidationError) as error:
        raise Http404 from error
    if len(found) <= size:
        return Page(found, "")
    address = request.GET.copy()
    address["after"] = str(found[size - 1].pk)
    return Page(found[:size], f"?{address.urlencode()}")


def _behind(rows: QuerySet[M], pk: str, field: str) -> Q:
    try:
        last = get_object_or_404(rows, pk=pk)
    except (ValueError, ValidationError) as error:
        raise Http404 from error
    return Q(**{f"{field}__lt": getattr(last, field)}) | Q(**{field: getattr(last, field), "pk__lt": last.pk})


@dataclass(frozen=True)
class OpinionPage:
    """Some opinions, and after which number the next page begins; None on the last one."""

    rows: list[Opinion]
    after: int | None


def page_of_opinions(opinions: OpinionQuerySet, after: str | None, *, size: int) -> OpinionPage:
    """The opinions that follow a number, in their order; the first ones when it is no number."""
    number = int(after) if after and after.isdecimal() and len(after) < 10 else 0
    found = list(opinions.filter(number__gt=number).order_by("number")[: size + 1])
    rows = found[:size]
    return OpinionPage(rows, rows[-1].number if len(found) > size else None)
