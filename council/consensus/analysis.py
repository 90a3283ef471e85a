"""The analysis: from reactions to what unites, what divides, and who thinks alike."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from council.consensus.grouping import Grouping, Groups, Resampling, eligible, grouped, numbers_of
from council.consensus.mapping import OpinionMap, mapped
from council.consensus.priority import priority
from council.consensus.results import Consensus, Opinions, People, Result
from council.consensus.sectors import (
    Sectors,
    divides,
    dividing_pairs,
    interval,
    majorities,
    sizes_of,
    unites,
    weakest,
)
from council.consensus.statistics import Statistics, alignment, consensus, group_informed_consensus, representative
from council.consensus.votes import Flags, Integers, Votes

NO_GROUP: tuple[object, ...] = (None, -1, "")
"""What stands for nobody's group or sector in labels that are given."""

Labels = Mapping[Any, Any] | Sequence[Any] | np.ndarray[Any, Any]
"""Per participant id a label; or one label per participant, in the order of ``votes.participants``."""


def analyse(
    votes: Votes,
    moderated_out: Iterable[Any] = (),
    sectors: Labels | None = None,
    groups: Labels | None = None,
    sector_sizes: Mapping[Any, int | None] | None = None,
    seed: int = 0,
) -> Result:
    """Analyse the reactions of one consultation.

    Args:
        votes: n people x m opinions.
        moderated_out: ids of opinions that are left out of map, groups and lists; they count as a pass of everyone on the map.
            Ids nobody reacted to change nothing and are noted.
        sectors: known sectors. Who did not react may be named too.
        groups: groups to describe in place of those that would be found.
        sector_sizes: per sector how many members it has; a sector of which nobody reacted counts as well. Without, or where None,
            the number is not known.
        seed: of every draw; the same input and seed give the same result to the last bit.

    Returns:
        Where there is too little to see, parts of the result are empty and their ``why`` says so.

    Raises:
        ValueError: Ids are of another kind than those in votes, a group is given to somebody who did not react, there are not
            as many labels as participants, or a sector is larger than its members.
    """
    out, notes = _moderated(votes, moderated_out)
    sheet = mapped(votes, out, seed=seed)
    gathered = _found(votes, sheet, out, seed) if groups is None else _given(votes, groups, out)
    known = _sectors(votes, sectors, sector_sizes, out)
    everyone = votes.counts(np.zeros(len(votes.participants), dtype=np.int64), 1)
    return Result(
        participants=People(votes.participants, votes.given, _clustered(votes, gathered)),
        opinions=_opinions(votes, out, sheet, gathered, known, everyone),
        groups=gathered,
        map=sheet,
        sectors=known,
        consensus=_consensus(votes, out, everyone[:, 0]),
        why=_why(votes),
        notes=notes,
    )


def _why(votes: Votes) -> str:
    return "" if len(votes) else "Nobody has reacted yet."


def _moderated(votes: Votes, ids: Iterable[Any]) -> tuple[Flags, tuple[str, ...]]:
    wanted = list(ids)
    _same_kind(wanted, votes.opinions.tolist(), "moderated_out")
    number = {one: place for place, one in enumerate(votes.opinions.tolist())}
    out = np.zeros(len(votes.opinions), dtype=bool)
    out[[number[one] for one in wanted if one in number]] = True
    unseen = [one for one in wanted if one not in number]
    return out, (f"Moderated out, but nobody reacted to it: {', '.join(map(str, unseen))}.",) if unseen else ()


def _same_kind(ids: list[Any], known: list[Any], what: str) -> None:
    """Refuse ids that could never be found: text for numbers would silently leave everything as it is."""
    kinds = int if known and isinstance(known[0], int) else type(known[0]) if known else object
    wrong = [one for one in ids if not isinstance(one, (int, np.integer) if kinds is int else kinds)]
    if wrong:
        message = f"{what} names unknown ids: {wrong[0]!r} is of another kind than {known[0]!r}"
        raise ValueError(message)


def _per_person(votes: Votes, labels: Labels, what: str) -> list[Any]:
    """One label per participant, None where there is none."""
    people = votes.participants.tolist()
    if isinstance(labels, Mapping):
        _same_kind(list(labels), people, what)
        given = [labels.get(one) for one in people]
    else:
        given = labels.tolist() if isinstance(labels, np.ndarray) else list(labels)
        if len(given) != len(people):
            message = f"{what} needs one label for each of {len(people)} participants, not {len(given)}"
            raise ValueError(message)
    return [None if label in NO_GROUP or label != label else label for label in given]


def _given(votes: Votes, labels: Labels, out: Flags) -> Groups:
    if isinstance(labels, Mapping):
        strangers = set(labels) - set(votes.participants.tolist())
        strangers = {one for one in strangers if labels[one] not in NO_GROUP}
        if strangers:
            message = f"groups names participants who did not react: {sorted(strangers, key=str)[:5]}"
            raise ValueError(message)
    numbers, names = _numbered(_per_person(votes, labels, "groups"), "groups")
    why = "" if names else "Nobody was given a group."
    return _groups(votes, numbers, names, out, None, why)


def _numbered(labels: list[Any], what: str) -> tuple[Integers, list[Any]]:
    try:
        return numbers_of(labels, none=None)
    except TypeError as problem:
        message = f"{what} have to be labels that compare with each other: {problem}"
        raise ValueError(message) from problem


def _found(votes: Votes, sheet: OpinionMap, out: Flags, seed: int) -> Groups:
    grouping = grouped(votes, sheet, seed=seed)
    labels = grouping.labels(grouping.k)
    partitions = {k: grouping.labels(k) for k in grouping.found}
    resampled = Resampling(votes, out, sheet, labels, partitions, seed) if grouping.k else None
    return _groups(votes, labels, list(range(grouping.k)), out, grouping, grouping.why, resampled)


def _groups(
    votes: Votes,
    labels: Integers,
    names: list[Any],
    out: Flags,
    grouping: Grouping | None,
    why: str,
    resampled: Resampling | None = None,
) -> Groups:
    statistics = Statistics.of(votes.counts(labels, len(names)))
    found = grouping.found if grouping else {}
    return Groups(
        labels=labels,
        names=names,
        sizes=np.bincount(labels + 1, minlength=len(names) + 1)[1:],
        centres=found[grouping.k].centres if grouping and grouping.k else np.zeros((0, 2)),
        silhouette=grouping.silhouette if grouping else {},
        within={k: each.within for k, each in found.items()},
        partitions={k: grouping.labels(k) for k in found} if grouping else {},
        statistics=statistics,
        representative=representative(statistics, votes.opinions, out),
        given=grouping is None,
        why=why,
        _resampled=resampled,
    )


def _clustered(votes: Votes, gathered: Groups) -> Flags:
    return gathered.labels >= 0 if gathered.given else eligible(votes)


def _sectors(votes: Votes, labels: Labels | None, sizes: Mapping[Any, int | None] | None, out: Flags) -> Sectors:
    if labels is None and sizes:
        message = "sector_sizes says how many members sectors have, but sectors does not say who they are"
        raise ValueError(message)
    per_person = [None] * len(votes.participants) if labels is None else _per_person(votes, labels, "sectors")
    silent = set(sizes or ()) | (set(labels.values()) if isinstance(labels, Mapping) else set())
    extra = [name for name in silent if name not in NO_GROUP]
    numbers, names = _numbered([*per_person, *extra], "sectors")
    numbers = numbers[: len(per_person)]
    counts = votes.counts(numbers, len(names))
    disagree, passed, agree = counts
    seen = counts.sum(axis=0)
    members = sizes_of(names, seen, sizes)
    with np.errstate(invalid="ignore"):
        share = agree / seen
    return Sectors(
        labels=numbers,
        names=names,
        members=members,
        voters=np.bincount(numbers + 1, minlength=len(names) + 1)[1:],
        agree=agree,
        disagree=disagree,
        passed=passed,
        seen=seen,
        share=share,
        interval=interval(members, seen, agree),
        majority=majorities(members, seen, agree),
        majority_against=majorities(members, seen, disagree),
        unheard=np.where(members[:, None] >= 0, members[:, None] - seen, -1),
        characteristic=representative(Statistics.of(counts), votes.opinions, out),
        alignment=np.array([alignment(counts[:, sector]) for sector in range(len(names))]),
    )


def _opinions(
    votes: Votes, out: Flags, sheet: OpinionMap, gathered: Groups, known: Sectors, everyone: Integers
) -> Opinions:
    statistics = gathered.statistics
    if len(gathered.sizes):
        counts = np.stack(
            [statistics.disagree, statistics.seen - statistics.agree - statistics.disagree, statistics.agree]
        )
    else:
        counts = everyone
    gic, gic_disagree = group_informed_consensus(counts)
    extremity = np.hypot(*sheet.opinions.T)
    _, passed, agree = counts.sum(axis=1)
    return Opinions(
        ids=votes.opinions,
        moderated_out=out,
        agree=everyone[2, 0],
        disagree=everyone[0, 0],
        passed=everyone[1, 0],
        gic=gic,
        gic_disagree=gic_disagree,
        unites=unites(known.majority),
        rejects=unites(known.majority_against),
        divides=divides(known.members, known.seen, known.agree),
        weakest_sector=_objects(weakest(known.majority, known.names)),
        dividing_pair=dividing_pairs(known.majority, known.majority_against, known.names),
        priority=priority(agree, passed, counts.sum(axis=(0, 1)), extremity),
        extremity=extremity,
    )


def _objects(values: list[Any]) -> "np.ndarray[Any, np.dtype[np.object_]]":
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _consensus(votes: Votes, out: Flags, counts: Integers) -> Consensus:
    return Consensus(*consensus(counts[2], counts[0], counts.sum(axis=0), votes.opinions, out))
