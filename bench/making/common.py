"""What all parts of the making share: the shape, chance, words, keys and time."""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from bench.making.vocabulary import Words
from council.core import clock

PASSWORD = "a-long-enough-password"
LARGEST = 10_000
DAY = 86_400_000
YEARS = 2


@dataclass(frozen=True)
class Shape:
    """How much there is of what.

    Attributes:
        people: all together; each sits on one council, some on a second one.
        opinions: in all consultations; the others' shares are very unequal.
        reactions: so many, or some less where an opinion has got one of every organisation.
        subscribers: observers of the first council besides its people.
        largest: so many of the opinions are in the first consultation, as far as there are as many.
    """

    councils: int
    people: int
    consultations: int
    opinions: int
    reactions: int
    subscribers: int = 0
    largest: int = LARGEST
    seed: int = 7

    @classmethod
    def usual(cls, **changes: int) -> "Shape":
        """A shape for every day: all 10,000 opinions are in the first consultation."""
        shape = {"councils": 4, "people": 400, "consultations": 20, "opinions": LARGEST, "reactions": 100_000}
        return cls(**shape | changes)

    @classmethod
    def country(cls, **changes: int) -> "Shape":
        """A country's worth."""
        shape = {"councils": 40, "people": 20_000, "consultations": 2_000, "opinions": 10**6, "reactions": 10**7}
        return cls(**shape | changes)

    def part(self, part: int) -> "Shape":
        """So small a part of it, all in proportion; not of what is in the first consultation."""
        several = ("councils", "people", "consultations", "opinions", "reactions")
        return replace(self, **{name: max(getattr(self, name) // part, 1) for name in several})


class Maker:
    """What is used up while a country is made. Time is counted in milliseconds, as keys count it."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.chance = Random(shape.seed)
        self.words = Words(self.chance)
        self.numbers = count(1)
        self.now = clock.now()
        self.present = int(self.now.timestamp() * 1000)
        self.begun = self.present - YEARS * 365 * DAY

    def key(self, at: int) -> str:
        """A UUIDv7 of a moment, a new one each time."""
        return key(at, next(self.numbers))


def key(at: int, number: int) -> str:
    """The UUIDv7 of a moment and a number."""
    return f"{at:012x}7{number & 0xFFF:03x}{1 << 63 | number:016x}"


def sibling(column: str, code: str) -> str:
    """SQL for a key made of another one: of its time, and as unique. ``code`` tells the kinds apart, three hex digits."""
    return f"overlay({column}::text placing '{code}' from 21)::uuid"


def time(at: int) -> str:
    """A moment as the database reads it."""
    return moment(at).isoformat()


def moment(at: int) -> dt.datetime:
    """A moment."""
    return dt.datetime.fromtimestamp(at / 1000, dt.UTC)
