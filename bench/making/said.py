"""Opinions in the order in which they came in, and reactions to them."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from bench.making.common import DAY, Maker, key, time
from bench.making.copying import NULL, fill, without_indexes
from bench.making.texts import Asked
from council.opinions.models import Opinion, Reaction

MANY = 100_000
"""From so many rows on it is worth while to make a table's indexes anew."""
FINISHED = {"published": 950, "withdrawn": 40, "kept": 10}
RUNNING = {
    "submitted": 200, "triaged": 200, "waiting": 50, "answered": 120, "published": 390,
    "withdrawn": 20, "draft": 10, "shared": 5, "chosen": 3, "kept": 2,
}  # fmt: skip
KINDS = {"amend": 45, "add": 15, "delete": 8, "support": 12, "question": 8, "general": 12}
AUDIENCES = {"council": 94, "office": 4, "confidential": 2}
PHASES = ((20 * DAY, "before"), (21 * DAY, "during"), (1 << 60, "after"))
COLUMNS = [
    "id", "council_id", "consultation_id", "passage_id", "phase", "number", "kind", "current_text", "proposed_text",
    "reason", "audience", "state", "created_at", "modified_at", "submitted_at", "hidden_at", "hidden_reason", "source",
    "submitter", "recorded_by_id", "author_id", "membership_id", "organisation_id", "sector",
]  # fmt: skip


@dataclass
class Said:
    """When each opinion was said, in which consultation, and whether it was given."""

    first: int
    at: "array[int]"
    where: "array[int]"
    given: bytearray


def make(maker: Maker, asked: list[Asked]) -> None:
    """Make them."""
    said = _when(maker, asked)
    with without_indexes(*[Opinion] * (maker.shape.opinions >= MANY)):
        fill(Opinion, COLUMNS, _opinions(maker, asked, said))
    columns = ["council_id", "consultation_id", "opinion_id", "organisation_id", "sector", "by_id", "value", "at"]
    with without_indexes(*[Reaction] * (maker.shape.reactions >= MANY)):
        fill(Reaction, columns, _reactions(maker, asked, said))


def _when(maker: Maker, asked: list[Asked]) -> Said:
    """A moment for each opinion while its consultation was open, all in order."""
    many, uniform = len(asked), maker.chance.random
    places = []
    for place, each in enumerate(asked):
        opens, lasts = each.opens, min(each.closes, maker.present) - each.opens
        places += [(opens + int(lasts * uniform())) * many + place for _ in range(each.opinions)]
    places.sort()
    at, where = array("q", (place // many for place in places)), array("q", (place % many for place in places))
    return Said(next(maker.numbers), at, where, bytearray(len(places)))


def _opinions(maker: Maker, asked: list[Asked], said: Said) -> Iterator[tuple[str, ...]]:
    chance, words, many = maker.chance, maker.words, len(said.at)
    letters = [words.text(3, 6) for _ in range(20)]
    numbers = [0] * len(asked)
    states = {finished: _spread(maker, shares) for finished, shares in ((True, FINISHED), (False, RUNNING))}
    kinds, audiences = _spread(maker, KINDS), _spread(maker, AUDIENCES)
    for place in range(many):
        at, where = said.at[place], said.where[place]
        one, lot = asked[where], chance.getrandbits(30)
        passage, text, _ = one.passages[min(lot % len(one.passages), (lot >> 10) % len(one.passages))]
        state, kind = states[one.finished][lot % 1000], kinds[lot % 997]
        moment = time(at)
        given = state not in INSIDE
        if given:
            said.given[place] = 1
            numbers[where] += 1
        reason = letters[lot % 20] if lot % 31 == 0 else words.text(1, 1 + (lot >> 6) % 9)
        proposed = words.text(1, 3) if kind in NEEDS_WORDING else ""
        hidden = given and lot % 499 == 0
        yield (
            key(at, said.first + place), one.table.pk, one.pk, passage,
            _phase(at - one.opens) if given else "", str(numbers[where]) if given else NULL,
            kind, text, proposed, reason, audiences[lot % 991], state,
            moment, moment, moment if given else NULL,
            moment if hidden else NULL, "운영 규칙 제7조" if hidden else "",
            *_whose(one, lot, by_letter=given and lot % 23 == 0),
        )  # fmt: skip
    for _ in range(many):
        next(maker.numbers)


INSIDE = frozenset(Opinion.INSIDE)
NEEDS_WORDING = frozenset(Opinion.NEEDS_WORDING)


def _spread(maker: Maker, shares: dict[str, int]) -> list[str]:
    """A thousand values to draw from."""
    return maker.chance.choices([*shares], [*shares.values()], k=1000)


def _phase(passed: int) -> str:
    return next(name for until, name in PHASES if passed < until)


def _whose(one: Asked, lot: int, *, by_letter: bool) -> tuple[str, ...]:
    author = one.table.authors[lot % len(one.table.authors)]
    if not by_letter:
        return "written", "", NULL, author
    _author, _membership, organisation, sector = author.split("\t")
    return "paper", "대표", one.table.secretary, NULL, NULL, organisation, sector


def _reactions(maker: Maker, asked: list[Asked], said: Said) -> Iterator[tuple[str, ...]]:
    """What organisations think of each opinion; of some opinions few, of others many."""
    average, owed, randrange = maker.shape.reactions / max(len(said.at), 1), 0.0, maker.chance.randrange
    for place, at in enumerate(said.at):
        owed += average
        if not said.given[place]:
            continue
        one = asked[said.where[place]]
        voters = one.table.voters
        many = min(int(owed * (0.5, 1, 1, 1)[place & 3]), len(voters))
        owed -= many
        before = f"{one.table.pk}\t{one.pk}\t{key(at, said.first + place)}"
        lot = randrange(1 << 30)
        later = time(at + (1 + lot % 48) * HOUR)
        for number in range(many):
            vote = (lot >> (number & 15)) & 7
            voter = voters[(lot + number) % len(voters)]
            yield before, voter, VOTES[vote], later


VOTES = ("1", "1", "1", "1", "0", "-1", "-1", "1")

HOUR = 3_600_000
