"""Fixing the terms, finding out what unites and divides, and what a member needs while they vote."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random, SystemRandom
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from council.consensus import VERSION, Ledger, Result, analyse, draw, release, smoothed, units
from council.consensus.grouping import Groups
from council.consensus.mapping import OpinionMap, project
from council.core import clock
from council.core.errors import Refused
from council.core.models import Sector
from council.core.permissions import require
from council.core.saving import create
from council.findings.figures import Batch, numbers_of, released
from council.findings.ledgers import as_json, as_of, crossing_given_away, from_json, portraits_given_away
from council.findings.models import Finding, Terms
from council.findings.votes import Cast, cast_in, digest_of, eligible, participant
from council.journal.actions import record
from council.journal.verbs import Verb
from council.opinions.models import Consultation, Opinion, Phase, Reaction
from council.people.models import Membership, User

SEED = 0
LEAST_NEW, SHARE_NEW = 20, 0.01
"""A new batch is due after so many new or changed votes: 1 % of those counted, and 20 at least."""


@transaction.atomic
def fix_terms(consultation: Consultation, *, in_the_open: Iterable[str], by: User) -> Terms:
    """Fix, before anyone votes, which sectors speak in the open; where nobody does, all vote in confidence.

    Raises:
        Refused: Somebody has voted already, or the terms were fixed before.
    """
    require(by, "findings.fix_terms", consultation)
    Consultation.objects.select_for_update().get(pk=consultation.pk)
    if Reaction.objects.filter(consultation=consultation).exists():
        raise Refused(_("Votes have come in; under which terms people vote can no longer be changed."))
    Terms.objects.filter(consultation=consultation).delete()
    terms = create(Terms(**_settled(consultation, sorted(set(in_the_open))), fixed_by=by))
    record(Verb.TERMS_FIXED, consultation, by=by, title=consultation.title, in_the_open=list(terms.in_the_open))
    return terms


def _settled(consultation: Consultation, in_the_open: list[str]) -> dict[str, Any]:
    """Which sectors are shown together, and how many members each unit has: from who sits there, never from votes."""
    sizes = eligible(consultation)
    unit_of = {sector: "+".join(unit) for sector, unit in units(sizes, in_the_open).items()}
    members: dict[str, int] = {}
    for sector, unit in unit_of.items():
        members[unit] = members.get(unit, 0) + sizes[sector]
    return {
        "consultation": consultation,
        "council_id": consultation.council_id,
        "in_the_open": in_the_open,
        "units": unit_of,
        "members": members,
    }


def terms_of(consultation: Consultation) -> Terms:
    """The terms as fixed, or as they are where nobody fixed any; these are not stored yet."""
    return Terms.objects.filter(consultation=consultation).first() or Terms(**_settled(consultation, []))


def due() -> QuerySet[Consultation]:
    """The consultations in which something may have happened since the last batch: all with votes, until the last is out."""
    voted = Exists(Reaction.objects.filter(consultation=OuterRef("pk")))
    done = Exists(Finding.objects.filter(consultation=OuterRef("pk"), is_last=True))
    return Consultation.objects.filter(voted, ~done, opened_at__isnull=False)


@transaction.atomic
def refresh(consultation: Consultation, *, force: bool = False) -> Finding | None:
    """Find out anew what unites and what divides, if enough happened since. Set off by the clock.

    Args:
        force: Do it however little happened. What is shown follows the rules of disclosure all the same.

    Returns:
        The new batch; ``None`` where none is due, or after the last one.
    """
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    previous = Finding.objects.filter(consultation=consultation).first()
    over = not consultation.is_taking_reactions
    if (previous and previous.is_last) or not (force or over or _enough_happened(consultation, previous)):
        return None
    cast = cast_in(consultation)
    if not len(cast.votes):
        return None
    terms = _fixed(consultation)
    finding = _compute(consultation, terms, cast, previous, last=over)
    record(Verb.FINDINGS_RELEASED, consultation, by=None, title=consultation.title, number=finding.number, is_last=over)
    return finding


def _fixed(consultation: Consultation) -> Terms:
    terms = terms_of(consultation)
    if terms._state.adding:
        terms.save()
    return terms


def _enough_happened(consultation: Consultation, previous: Finding | None) -> bool:
    votes = Reaction.objects.filter(consultation=consultation)
    if previous is None:
        return votes.count() >= LEAST_NEW
    new = votes.filter(at__gt=previous.created_at).count()
    taken_back = max(previous.votes + new - votes.count(), 0)
    phase = consultation.phase_at(clock.now())
    return max(new, taken_back) >= max(LEAST_NEW, SHARE_NEW * previous.votes) or (
        bool(new) and phase is not None and phase.kind != previous.phase
    )


def _compute(consultation: Consultation, terms: Terms, cast: Cast, previous: Finding | None, *, last: bool) -> Finding:
    ledger = from_json(previous.kept["ledger"] if previous else {})
    kept = previous.kept if previous else {}
    before = {batch: cast_of(consultation, batch) for batch in ledger.needed()}
    phase = consultation.phase_of(clock.now())
    finding = Finding(
        council_id=consultation.council_id,
        consultation=consultation,
        number=previous.number + 1 if previous else 1,
        phase=phase.kind if phase else "",
        is_last=last,
        votes=len(cast.votes),
        parameters={"seed": SEED, "units": terms.units, "members": terms.members, "in_the_open": terms.in_the_open},
        code_version=VERSION,
    )
    opened = _before_the_meeting(consultation, finding)
    finding.released, finding.kept = _found(finding, cast, ledger, kept, before, opened)
    finding.snapshot = cast.packed()
    finding.digest = digest_of(finding.snapshot)
    if previous:  # one ledger is enough: the newest holds everything ever released
        Finding.objects.filter(pk=previous.pk).update(kept={**kept, "ledger": {}})
    return create(finding)


def _found(
    finding: Finding, cast: Cast, ledger: Ledger, kept: dict[str, Any], before: dict[int, Cast], opened: int | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is released of a batch and what is kept of it, from nothing but what is stored with it and before it."""
    terms = finding.parameters
    named = set(terms["in_the_open"])
    members = sorted(terms["members"].items())  # as stored, the order is not kept
    confidential = {unit: size for unit, size in members if unit not in named}
    open_sectors = {unit: size for unit, size in members if unit in named}
    unit_of = {
        person: terms["units"].get(sector)
        for person, sector in cast.sectors.items()
        if terms["units"].get(sector) in confidential
    }
    snapshots = {batch: each.votes for batch, each in before.items()}
    release(ledger, cast.votes, unit_of, confidential, snapshots, last=finding.is_last)
    result = analyse(cast.votes, seed=terms["seed"])
    history = [*kept.get("history", []), len(result.groups.sizes)]
    groups = result.groups.at(smoothed(history))
    batch = Batch(cast, result, groups, ledger, confidential, open_sectors, opened, finding.is_last)
    return released(batch, kept, terms["seed"]), _to_keep(result, groups, ledger, kept, history)


def _to_keep(
    result: Result, groups: Groups, ledger: Ledger, kept: dict[str, Any], history: list[int]
) -> dict[str, Any]:
    people, positions = result.participants.ids.tolist(), result.map.participants
    numbers = numbers_of(result, groups, kept)
    return {
        "ledger": as_json(ledger),
        "history": history,
        "labels": {
            person: numbers[label] for person, label in zip(people, groups.labels.tolist(), strict=True) if label >= 0
        },
        "opinions": result.opinions.ids.tolist(),
        "priority": result.opinions.priority.tolist(),
        "means": result.map.means.tolist(),
        "axes": result.map.axes.tolist(),
        "corners": [positions.min(axis=0).tolist(), positions.max(axis=0).tolist()],
    }


def _before_the_meeting(consultation: Consultation, finding: Finding) -> int | None:
    """The batch that stood when the phase before the meeting ended, counted as the ledger counts, from 0."""
    if finding.phase in ("", Phase.Kind.BEFORE):
        return None
    earlier = Finding.objects.filter(consultation=consultation, phase=Phase.Kind.BEFORE, number__lt=finding.number)
    newest = earlier.values_list("number", flat=True).first()
    return newest - 1 if newest else None


def cast_of(consultation: Consultation, batch: int) -> Cast:
    """The votes of an earlier batch, counted as the ledger counts, from 0."""
    stored = Finding.objects.filter(consultation=consultation, number=batch + 1).values_list("snapshot", flat=True)
    return Cast.unpacked(bytes(stored.get()))


def recomputed(finding: Finding) -> dict[str, Any]:
    """Compute the figures of a batch again from what is stored; the same as ``released`` if nothing was tampered with."""
    findings = Finding.objects.filter(consultation=finding.consultation_id)
    earlier, newest = findings.filter(number=finding.number - 1).first(), findings.earliest("-number")
    kept = earlier.kept if earlier else {}
    ledger = as_of(from_json(newest.kept["ledger"]), finding.number - 1)
    before = {batch: cast_of(finding.consultation, batch) for batch in ledger.needed()}
    opened = _before_the_meeting(finding.consultation, finding)
    figures, _kept = _found(finding, Cast.unpacked(bytes(finding.snapshot)), ledger, kept, before, opened)
    return figures


def given_away(consultation: Consultation) -> list[Any]:
    """What could be derived of anyone's vote from everything ever released; an empty list is the proof of none."""
    newest = Finding.objects.filter(consultation=consultation).first()
    if newest is None:
        return []
    sectors = Cast.unpacked(bytes(newest.snapshot)).sectors
    crossing = crossing_given_away(newest.released, newest.kept["labels"], sectors)
    portrayed = portraits_given_away(newest.released, sectors)
    return [*from_json(newest.kept["ledger"]).findings(), *crossing, *portrayed]


# --- for who votes --------------------------------------------------------------------------------------------------


def answerable(consultation: Consultation, membership: Membership, user: User) -> QuerySet[Opinion]:
    """What one may agree or disagree with: what one sees of what was given, one's own and one's organisation's apart."""
    opinions = Opinion.objects.visible_to(user).given().filter(consultation=consultation).exclude(author=user.pk)
    if membership.sector == Sector.EXPERT:
        return opinions
    return opinions.exclude(organisation=membership.organisation_id)


def answered(consultation: Consultation, membership: Membership, user: User) -> QuerySet[Reaction]:
    """How one voted so far, or one's organisation."""
    votes = Reaction.objects.filter(consultation=consultation)
    if membership.sector == Sector.EXPERT:
        return votes.filter(sector=Sector.EXPERT, by=user)
    return votes.filter(~Q(sector=Sector.EXPERT), organisation=membership.organisation_id)


def next_opinion(
    consultation: Consultation,
    membership: Membership,
    user: User,
    *,
    but: Iterable[Any] = (),
    chance: Random | None = None,
) -> Opinion | None:
    """The opinion to show next, at random with the weights of the last batch; ``None`` when all are answered.

    Args:
        but: Ids not to show now, because they were just put off.
        chance: The source of chance, seeded in tests.
    """
    done = answered(consultation, membership, user).values("opinion")
    waiting = answerable(consultation, membership, user).exclude(pk__in=done).exclude(pk__in=but)
    ids = sorted(waiting.values_list("pk", flat=True))
    if not ids:
        return None
    newest = Finding.objects.filter(consultation=consultation).only("kept").first()
    known = dict(zip(newest.kept["opinions"], newest.kept["priority"], strict=True)) if newest else {}
    weights = np.array([known.get(str(pk), np.nan) for pk in ids])
    place = draw(weights, np.ones(len(ids), dtype=bool), chance or SystemRandom())
    return None if place is None else Opinion.objects.get(pk=ids[place])


@dataclass(frozen=True)
class Standing:
    """Where one stands, for oneself alone.

    Attributes:
        answered: How many opinions one agreed or disagreed with, or passed.
        of: How many there are for one.
        place: Where on the map, from 0 to 1 along and up; none before the first batch or without votes.
        group: One's group, where groups are shown.
    """

    answered: int
    of: int
    place: tuple[float, float] | None = None
    group: int | None = None


def standing(consultation: Consultation, membership: Membership, user: User) -> Standing:
    """How far one has come, and where one stands on the map."""
    mine = dict(answered(consultation, membership, user).values_list("opinion", "value"))
    of = answerable(consultation, membership, user).count()
    newest = Finding.objects.filter(consultation=consultation).only("kept", "released").first()
    if newest is None or not mine:
        return Standing(len(mine), of)
    group = newest.kept["labels"].get(participant(membership)) if newest.released["groups"]["shown"] else None
    return Standing(len(mine), of, _place(newest.kept, mine), None if group is None else group + 1)


def _place(kept: dict[str, Any], mine: dict[Any, int]) -> tuple[float, float]:
    number = {opinion: place for place, opinion in enumerate(kept["opinions"])}
    known = [(number[str(opinion)], value) for opinion, value in mine.items() if str(opinion) in number]
    columns, values = np.array(known, dtype=np.int64).reshape(-1, 2).T
    nothing = np.zeros(len(number), dtype=bool)
    means, axes = np.array(kept["means"]), np.array(kept["axes"]).reshape(-1, 2)
    empty = np.zeros((0, 2))
    sheet = OpinionMap(empty, empty, np.zeros(2), np.zeros(2), means, axes)
    position = project(columns, values, sheet, nothing)
    low, high = kept["corners"]
    x, y = (
        min(max((at - least) / (most - least), 0.0), 1.0) if most > least else 0.5
        for at, least, most in zip(position, low, high, strict=True)
    )
    return x, y
