"""Minutes that wait for someone: to be checked by those who were there, and to be decided on and approved."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from council.core import clock
from council.decisions.models import Confirmation, Correction, Minutes
from council.decisions.models.minutes import was_there
from council.people.models import Membership, User
from council.web.gathered.waiting_things import Kind, Waiting


def minutes_waiting(user: User, memberships: Iterable[Membership]) -> Kind:
    """What waits of the minutes of someone's meetings."""
    runs = {each.council_id for each in memberships if each.role in Membership.OFFICERS}
    circulated = Minutes.objects.filter(state=Minutes.State.CIRCULATED)
    own = Q(corrections_until__gte=clock.now()) & was_there(user)
    return Kind(circulated.filter(own | Q(council__in=runs)), partial(_found, user, runs))


def _found(user: User, runs: set[Any], found: QuerySet[Minutes]) -> Iterator[Waiting]:
    said = Exists(Correction.objects.filter(section__minutes=OuterRef("pk"), requested_by=user.pk)) | Exists(
        Confirmation.objects.filter(minutes=OuterRef("pk"), by=user.pk)
    )
    own = Minutes.objects.filter(Q(corrections_until__gte=clock.now()) & was_there(user) & ~said)
    undecided = Count("sections__corrections", filter=Q(sections__corrections__state="requested"))
    rows = found.annotate(undecided=undecided, to_check=Exists(own.filter(pk=OuterRef("pk"))))
    rows = rows.filter(Q(to_check=True) | Q(council__in=runs)).select_related("meeting", "council")
    for minutes in rows.order_by("id"):
        where: dict[str, Any] = {
            "title": minutes.meeting.title,
            "council": str(minutes.council),
            "url": minutes.get_absolute_url(),
        }
        if minutes.to_check:
            yield Waiting(
                icon="eye",
                asks=_("Check the minutes"),
                due=minutes.corrections_until,
                action=_("Read the minutes"),
                **where,
            )
        if minutes.council_id in runs:
            yield from _to_run(minutes, where)


def _to_run(minutes: Minutes, where: dict[str, Any]) -> Iterator[Waiting]:
    undecided: int = minutes.undecided  # type: ignore[attr-defined]  # annotated
    until = minutes.corrections_until
    if undecided:
        asks = ngettext(
            "Decide on %(number)d correction of the minutes",
            "Decide on %(number)d corrections of the minutes",
            undecided,
        )
        yield Waiting(icon="pencil", asks=asks % {"number": undecided}, action=_("Decide"), **where)
    elif until is None or until < clock.now():
        yield Waiting(icon="check", asks=_("Approve the minutes"), action=_("Read and approve"), **where)
