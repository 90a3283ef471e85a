"""Long lists a page at a time, by the number of the last row seen: what comes or goes meanwhile shifts nothing."""

from dataclasses import dataclass

from council.opinions.models import Opinion, OpinionQuerySet


@dataclass(frozen=True)
class Page:
    """Some opinions, and after which number the next page begins; None on the last one."""

    rows: list[Opinion]
    after: int | None


def page(opinions: OpinionQuerySet, after: str | None, *, size: int) -> Page:
    """The opinions that follow a number, in their order; the first ones when it is no number."""
    number = int(after) if after and after.isdecimal() and len(after) < 10 else 0
    found = list(opinions.filter(number__gt=number).order_by("number")[: size + 1])
    rows = found[:size]
    return Page(rows, rows[-1].number if len(found) > size else None)
