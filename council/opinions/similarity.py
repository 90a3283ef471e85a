"""How alike opinions are: for offering similar ones while someone writes, and for finding letters sent many times.

Texts are compared by the pairs of neighbouring syllables in them, after everything is gone that Korean writers are free in.
Nothing here understands what is said; docs/decisions/0010-similar-opinions.md tells what follows from that.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

UNSAID = re.compile(r"[\W_은는이가을를]+")
"""Spaces and signs, and the syllables that are mostly particles.

They go wherever they stand: spacing is free, so where a word ends cannot be known.
"""

ENDINGS = {
    "하바라": "해주시기바랍니다 해주시기바란다 해주시기바람 하여주시기바랍니다 하여주시기바란다 하여주시기바람 해주세요 해주십시오 "
    "하여주십시오 하기바랍니다 하기바란다 하기바람 하시기바랍니다",
    "바라": "바랍니다 바란다 바라며 바람 부탁드립니다 부탁합니다 부탁드려요",
    "하야하": "해야합니다 해야한다 해야해요 해야함 해야할것 하여야합니다 하여야한다 하여야함 하여야할것",
    "하": "합니다 한다 해요 하다 하여 함",
    "되": "됩니다 된다 돼요 되어 됨",
    "했": "했습니다 했다 했어요 했음 하였습니다 하였다 하였음",
    "있": "있습니다 있다 있어요 있음",
    "없": "없습니다 없다 없어요 없음",
    "": "습니다 입니다 예요 에요",
}
"""Ways to end a sentence, politely or as an office writes, and what stands for all of them."""

STEMS = {ending: stem for stem, endings in ENDINGS.items() for ending in endings.split()}
ENDING = re.compile("|".join(sorted(STEMS, key=len, reverse=True)))

OPPOSITES = [
    ("찬성", "반대"), ("동의", "반대"), ("확대", "축소"), ("강화", "완화"), ("증액", "감액"), ("증가", "감소"), ("늘", "줄"),
    ("인상", "인하"), ("상향", "하향"), ("연장", "단축"), ("허용", "금지"), ("유지", "폐지"), ("유지", "삭제"), ("신설", "폐지"),
    ("추가", "삭제"), ("포함", "제외"), ("의무", "자율"), ("유상", "무상"), ("이상", "이하"), ("이상", "미만"), ("초과", "미만"),
    ("통합", "분리"), ("도입", "철회"), ("추진", "중단"),
]  # fmt: skip
NEGATIONS = ("않", "못", "없", "아니", "말아", "말것", "불", "비공개", "부동의", "부적")

SHORTEST_WORTH_OFFERING = 8
BANDS, ROWS = 32, 5
HASHES = BANDS * ROWS
AT_ONCE = 1 << 16
COMPARED_AT_ONCE = 1 << 13
MOST_COMPARED = 4

Numbers = NDArray[np.int64]
Hashes = NDArray[np.uint32]


def normal(text: str) -> str:
    """What is left of a text when spacing, signs, width, case, particles and sentence endings do not matter."""
    said = UNSAID.sub("", _plain(text))
    return ENDING.sub(lambda match: STEMS[match[0]], said)


def likeness(a: str, b: str) -> float:
    """How much of two texts is the same, from 0 to 1: Dice's measure of their pairs of syllables, each as often as it stands.

    Texts that say nothing are like no other.
    """
    return _dice(_grams(normal(a)), _grams(normal(b)))


def opposed(a: str, b: str) -> bool:
    """Whether two texts that read alike ask for the opposite.

    They do if one uses a word more and the other its opposite more, or if one denies more often than the other.
    """
    a, b = (re.sub(r"\s+", "", _plain(text)) for text in (a, b))
    more = {word: a.count(word) - b.count(word) for pair in OPPOSITES for word in pair}
    swapped = any(more[one] * more[other] < 0 for one, other in OPPOSITES)
    return swapped or any(a.count(word) != b.count(word) for word in NEGATIONS)


def most_alike(text: str, others: Sequence[str], *, limit: int = 5, at_least: float = 0.35) -> list[tuple[int, float]]:
    """The others that say most of what is being typed, as (index, share of it they contain), the best first.

    Pairs of syllables that many of the others have tell little and weigh little. Nothing is offered before there are
    ``SHORTEST_WORTH_OFFERING`` syllables to go by.
    """
    wanted = np.unique(_pairs([normal(text)])[0][:-1])  # without the end, for it is still being typed
    if sum(map(str.isalnum, text)) < SHORTEST_WORTH_OFFERING or not wanted.size or not others:
        return []
    pairs, lengths = _pairs([normal(other) for other in others])
    place = np.searchsorted(wanted, pairs).clip(max=wanted.size - 1)
    hit = wanted[place] == pairs
    owner = np.repeat(np.arange(len(others)), lengths)
    owner, place = np.divmod(np.unique(owner[hit] * wanted.size + place[hit]), wanted.size)
    weights = 1 - np.bincount(place, minlength=wanted.size) / (len(others) + 4)
    shares = np.bincount(owner, weights[place], minlength=len(others)) / weights.sum()
    best = np.argsort(-shares, kind="stable")[:limit]
    return [(int(index), float(shares[index])) for index in best if shares[index] >= at_least]


def campaigns(texts: Sequence[str], *, at_least: float = 0.85) -> list[list[int]]:
    """Groups of near-identical texts, as indices, each in order and of two or more.

    Each text of a group is at least so alike to the group's first, and does not ask for the opposite: there are no chains.
    Texts are compared only where their sketches (MinHash in bands) meet, which finds 99 % of pairs alike by 0.85 and is
    not meant for an ``at_least`` under 0.75. The time grows with the length of all texts together, whatever they say.
    """
    copies: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        copies[text].append(index)
    alike: dict[str, list[str]] = defaultdict(list)
    for text in copies:
        alike[normal(text)].append(text)
    alike.pop("", None)
    groups: dict[int, list[int]] = defaultdict(list)
    leaders = _leaders(list(alike), [spellings[0] for spellings in alike.values()], at_least)
    for leader, spellings in zip(leaders, alike.values(), strict=True):
        groups[leader] += [index for text in spellings for index in copies[text]]
    return sorted(sorted(group) for group in groups.values() if len(group) > 1)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _grams(said: str) -> Counter[tuple[str, str]]:
    """Pairs of neighbouring syllables; the last one is paired with the end, so that one syllable is something too."""
    return Counter(zip(said, said[1:] + "\n", strict=False))


def _dice(a: Counter[tuple[str, str]], b: Counter[tuple[str, str]]) -> float:
    shared = sum(min(times, b[gram]) for gram, times in a.items() if gram in b)
    return 2 * shared / ((a.total() + b.total()) or 1)


def _pairs(said: Sequence[str]) -> tuple[NDArray[np.uint64], Numbers]:
    """The pairs of all texts as numbers, one text after the other, and how many each has."""
    codes = np.frombuffer("".join(f"{text}\n" for text in said).encode("utf-32-le", "surrogatepass"), np.uint32)
    keys = (codes[:-1].astype(np.uint64) << np.uint64(32)) | codes[1:]
    return keys[codes[:-1] != ord("\n")], np.array([len(text) for text in said], np.int64)


def _leaders(said: list[str], spelt: list[str], at_least: float) -> list[int]:
    """For each of these different texts the first one it is alike to, or itself."""
    leaders = list(range(len(said)))
    if not said:
        return leaders
    grams = lru_cache(64)(lambda index: _grams(said[index]))
    for index, met in _meetings(_sketches(said), at_least):
        best = at_least
        for leader in list(dict.fromkeys(leaders[other] for other in met))[:MOST_COMPARED]:
            share = _dice(grams(leader), grams(index))
            if share >= best and leaders[index] != leader and not opposed(spelt[leader], spelt[index]):
                leaders[index], best = leader, share
    return leaders


def _sketches(said: Sequence[str]) -> Hashes:
    """One row for each text: the least of its pairs' hashes under each of many hash functions (MinHash)."""
    chance = np.random.default_rng(2023)
    factors = chance.integers(0, 1 << 32, HASHES, dtype=np.uint32) | np.uint32(1)
    shifts = chance.integers(0, 1 << 32, HASHES, dtype=np.uint32)
    sketches = np.empty((len(said), HASHES), np.uint32)
    for start, end in _portions(said):
        pairs, lengths = _pairs(said[start:end])
        mixed = pairs * np.uint64(0x9E3779B97F4A7C15)
        hashes = ((mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) >> np.uint64(32)).astype(np.uint32)
        starts = np.cumsum(lengths) - lengths
        for column, (factor, shift) in enumerate(zip(factors, shifts, strict=True)):
            sketches[start:end, column] = np.minimum.reduceat(hashes * factor + shift, starts)
    return sketches


def _portions(said: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Cut the texts into runs small enough to be worked on in the processor's cache."""
    start = size = 0
    for index, text in enumerate(said):
        size += len(text)
        if size >= AT_ONCE:
            yield start, index + 1
            start, size = index + 1, 0
    if size:
        yield start, len(said)


def _meetings(sketches: Hashes, at_least: float) -> Iterator[tuple[int, list[int]]]:
    """Each text with the earlier ones that it probably is alike to, the likeliest first.

    In each band it meets the first and the last before it that have the same hashes there: never more than two, so that
    many texts that share much cost no more than others.
    """
    promising = (at_least / (2 - at_least) - 0.1) * HASHES  # Dice's measure as Jaccard's, less a sketch's uncertainty
    meetings = np.unique(np.concatenate([_met(band) for band in np.split(sketches, BANDS, axis=1)]))
    texts, earlier = np.divmod(meetings, len(sketches))
    agreed = np.empty(len(meetings), np.int16)
    for start in range(0, len(meetings), COMPARED_AT_ONCE):
        now = slice(start, start + COMPARED_AT_ONCE)
        agreed[now] = np.count_nonzero(sketches[texts[now]] == sketches[earlier[now]], axis=1)
    worth = np.flatnonzero(agreed >= promising)
    worth = worth[np.lexsort((-agreed[worth], texts[worth]))]
    pairs = zip(texts[worth].tolist(), earlier[worth].tolist(), strict=True)
    for text, met in groupby(pairs, key=itemgetter(0)):
        yield text, [other for _text, other in met]


def _met(band: Hashes) -> Numbers:
    """The pairs of one band, as text * count + earlier text."""
    keys = np.zeros(len(band), np.uint64)
    for column in band.T:
        keys = (keys ^ column) * np.uint64(0x9E3779B97F4A7C15)
    order = np.argsort(keys, kind="stable")
    opens = np.ones(len(keys), bool)
    opens[1:] = keys[order[1:]] != keys[order[:-1]]
    follows = np.flatnonzero(~opens)
    firsts = order[np.flatnonzero(opens)[np.cumsum(opens) - 1]]
    pairs: Numbers = np.tile(order[follows], 2) * len(keys) + np.concatenate([firsts[follows], order[follows - 1]])
    return pairs
