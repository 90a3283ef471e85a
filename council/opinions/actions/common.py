"""What several verbs share: holding opinions still, keeping derived states and counters true, writing it down."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.bell import touched
from council.opinions.models import Consultation, Opinion, Phase, Point, Reply, derived_state
from council.people.models import Membership, User

WORDS = ("kind", "proposed_text", "reason", "audience")
DONE = (Opinion.State.ANSWERED, Opinion.State.PUBLISHED)


def lock(opinion: Opinion) -> Opinion:
    """Hold an opinion still for the rest of the transaction, and read it afresh, before anything is asked of it."""
    return lock_all([opinion.pk])[opinion.pk]


def lock_all(ids: Iterable[UUID]) -> dict[UUID, Opinion]:
    """Hold opinions still, in the order of their ids.

    Every verb takes its opinions first and their consultation after them, so that no two wait for each other.
    """
    rows = (
        Opinion.objects.select_for_update(of=("self",))
        .select_related("consultation__council", "consultation__version__document", "membership__organisation")
        .filter(pk__in=list(ids))
        .order_by("pk")
    )
    return {opinion.pk: opinion for opinion in rows}


def lock_points(points: Iterable[Point]) -> list[Point]:
    """Hold the opinions of several points still and read the points afresh, in the order they were given."""
    points = list(points)
    opinions = lock_all({point.opinion_id for point in points})
    fresh = {
        point.pk: point
        for point in Point.objects.filter(pk__in=[point.pk for point in points]).select_related("disposition", "office")
    }
    for point in fresh.values():
        point.opinion = opinions[point.opinion_id]
        point.consultation = point.opinion.consultation
    return [fresh[point.pk] for point in points if point.pk in fresh]


def settle(opinions: Iterable[Opinion]) -> None:
    """Bring the states of locked opinions, and the counters of their consultations, in line with their points."""
    by_id = {opinion.pk: opinion for opinion in opinions}
    states = defaultdict(list)
    for pk, state in Point.objects.filter(opinion__in=by_id).values_list("opinion", "state"):
        states[pk].append(state)
    moved: dict[str, list[Opinion]] = defaultdict(list)
    for pk, opinion in by_id.items():
        if opinion.state not in Opinion.NOT_GIVEN and (state := derived_state(states[pk])) != opinion.state:
            moved[state].append(opinion)
    differences: dict[UUID, Counter[str]] = defaultdict(Counter)
    for state, those in moved.items():
        for opinion in those:
            difference = differences[opinion.consultation_id]
            difference["answered"] += (state in DONE) - (opinion.state in DONE)
            published = Opinion.State.PUBLISHED
            difference["published"] += (state == published) - (opinion.state == published)
            opinion.state = state
        Opinion.objects.filter(pk__in=[opinion.pk for opinion in those]).update(state=state, modified_at=clock.now())
    for pk, difference in differences.items():
        count(pk, **difference)


def count(consultation: UUID, **by: int) -> None:
    """Add to a consultation's counters."""
    if any(by.values()):
        Consultation.objects.filter(pk=consultation).update(
            **{counter: F(counter) + number for counter, number in by.items()}
        )


def note(verb: Verb, opinion: Opinion, *, by: User, **data: Any) -> None:
    """Write down what happened to an opinion, and for which organisation it speaks; ring where it was spoken."""
    record(verb, opinion, by=by, organisation_id=opinion.organisation_id, **data)
    if opinion.source == Opinion.Source.SPOKEN and opinion.consultation.agenda_item:
        touched(opinion.consultation.agenda_item.meeting_id)


def phase_now(consultation: Consultation) -> Phase:
    """The phase that runs now.

    Raises:
        Refused: None does.
    """
    phase = consultation.phase_at(clock.now())
    if phase is None:
        raise Refused(_("This consultation takes no opinions now."))
    return phase


def replied(
    consultation: Consultation, organisations: Iterable[UUID], *, by: User, membership: Membership | None = None
) -> None:
    """Note that organisations have answered with opinions, whatever they said before."""
    Reply.objects.bulk_create(
        [
            Reply(
                council_id=consultation.council_id,
                consultation=consultation,
                organisation_id=organisation,
                kind=Reply.Kind.OPINIONS,
                by=by,
                membership=membership,
            )
            for organisation in sorted(set(organisations))
        ],
        update_conflicts=True,
        unique_fields=["consultation", "organisation"],
        update_fields=["kind", "by", "membership", "at", "modified_at"],
    )
