"""What the analysis answers with. The order of every array is that of ``participants.ids`` and ``opinions.ids``."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from council.consensus.grouping import Groups
from council.consensus.mapping import OpinionMap
from council.consensus.sectors import Sectors
from council.consensus.votes import Flags, Floats, Ids, Integers


@dataclass(frozen=True, eq=False)
class People:
    """Who reacted.

    Attributes:
        ids: n, ascending.
        reactions: n, how many opinions each reacted to.
        clustered: n, whether that is enough to belong to a group.
    """

    ids: Ids
    reactions: Integers
    clustered: Flags


@dataclass(frozen=True, eq=False)
class Opinions:
    """What they reacted to; every array has m entries.

    Attributes:
        ids: ascending.
        moderated_out: whether the opinion is left out of map, groups and lists. Its counts are there all the same.
        agree, disagree, passed: how many people, of all.
        gic, gic_disagree: group-informed consensus for agreeing and for disagreeing, from 0 to 1.
        unites: U, the chance that a majority of every sector agrees; NaN without sectors.
        rejects: the same for disagreeing.
        divides: D, the expected distance between the largest and the smallest share of a sector; NaN without sectors.
        weakest_sector: the sector whose majority is the least likely to agree, None without sectors.
        dividing_pair: the two sectors most likely to have opposite majorities, the agreeing one first; None without sectors.
        priority: weight for drawing the next opinion to show; from the people in groups, as the source has it.
        extremity: how far the opinion stands from the middle of the map.
    """

    ids: Ids
    moderated_out: Flags
    agree: Integers
    disagree: Integers
    passed: Integers
    gic: Floats
    gic_disagree: Floats
    unites: Floats
    rejects: Floats
    divides: Floats
    weakest_sector: NDArray[np.object_]
    dividing_pair: list[tuple[Any, Any] | None]
    priority: Floats
    extremity: Floats


class Consensus(NamedTuple):
    """Ids of the opinions most of all people agree with, or disagree with, in rank order; at most five each."""

    agree: list[Any]
    disagree: list[Any]


@dataclass(frozen=True, eq=False)
class Result:
    """Everything the analysis says of one consultation.

    Attributes:
        participants: who reacted (n).
        opinions: what they reacted to (m).
        groups: who thinks alike.
        map: where people and opinions stand.
        sectors: what known sectors said; of length 0 where none were given.
        consensus: what most people agree with and disagree with.
        why: why there is nothing to analyse, or "".
        notes: what was left aside, a sentence each.
    """

    participants: People
    opinions: Opinions
    groups: Groups
    map: OpinionMap
    sectors: Sectors
    consensus: Consensus
    why: str = ""
    notes: tuple[str, ...] = ()
