"""Documents of two versions, and a consultation on the first of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.making.common import DAY, Maker, time
from bench.making.copying import NULL, fill
from bench.making.people import Table
from council.documents.models import Document, Passage, Version
from council.opinions.models import Consultation, Phase

PASSAGES_OF_LARGEST = 200
LASTS = 44 * DAY
"""From the first phase's beginning to the last one's end."""
ANSWERED_AFTER = 30 * DAY


@dataclass
class Asked:
    """A consultation on a version.

    Attributes:
        passages: key, text, and the key of the same passage in the next version.
        finished: everything given is answered and published.
        opinions: how many are to be said.
    """

    pk: str
    table: Table
    document: str
    version: str
    following: str
    title: str
    passages: list[tuple[str, str, str]]
    opens: int
    opinions: int
    finished: bool

    @property
    def closes(self) -> int:
        """When the last phase ends."""
        return self.opens + LASTS


def make(maker: Maker, tables: list[Table]) -> list[Asked]:
    """Make them; gives the consultations, the largest first."""
    asked = [_asked(maker, tables, number, opinions) for number, opinions in enumerate(_sizes(maker))]
    documents = ((each.document, each.table.pk, each.table.ministry, each.title, *_times(each.opens)) for each in asked)
    fill(Document, ["id", "council_id", "owner_id", "title", "created_at", "modified_at"], documents)
    columns = ["id", "council_id", "document_id", "number", "published_at", "created_at", "modified_at"]
    fill(Version, columns, _versions(asked))
    columns = ["id", "council_id", "version_id", "identity", "position", "number", "heading", "text"]
    fill(Passage, [*columns, "created_at", "modified_at"], _passages(maker, asked))
    consultations = (
        (each.pk, each.table.pk, each.version, each.table.office, each.title, time(each.opens), *_times(each.opens))
        for each in asked
    )
    columns = ["id", "council_id", "version_id", "office_id", "title", "opened_at", "created_at", "modified_at"]
    fill(Consultation, columns, consultations, question=maker.words.text(1, 2))
    fill(Phase, ["consultation_id", "kind", "opens_at", "closes_at"], _phases(asked))
    return asked


def _sizes(maker: Maker) -> list[int]:
    """How many opinions each consultation has: the first as the shape says, the others like 1/n in no order."""
    first = min(maker.shape.largest, maker.shape.opinions)
    weights = [1 / (place + 10) for place in range(maker.shape.consultations - 1)]
    left = maker.shape.opinions - first
    sizes = [int(left * weight / sum(weights)) for weight in weights]
    if sizes:
        sizes[0] += left - sum(sizes)
    maker.chance.shuffle(sizes)
    return [first, *sizes]


def _asked(maker: Maker, tables: list[Table], number: int, opinions: int) -> Asked:
    opens = maker.chance.randrange(maker.begun, maker.present - 10 * DAY) if number else maker.present - 15 * DAY
    passages = PASSAGES_OF_LARGEST if number == 0 else maker.chance.randint(12, 28)
    return Asked(
        pk=maker.key(opens),
        table=tables[number % len(tables)],
        document=maker.key(opens),
        version=maker.key(opens),
        following=maker.key(opens + LASTS),
        title=f"{maker.words.title()} 방안(안)",
        passages=[(maker.key(opens), maker.words.text(2, 5), maker.key(opens + LASTS)) for _ in range(passages)],
        opens=opens,
        opinions=opinions,
        finished=opens + LASTS + ANSWERED_AFTER < maker.present,
    )


def _times(at: int) -> tuple[str, str]:
    return time(at), time(at)


def _versions(asked: list[Asked]) -> Iterator[tuple[str, ...]]:
    for each in asked:
        closes = time(each.closes)
        yield each.version, each.table.pk, each.document, "1", *_times(each.opens), time(each.opens)
        yield each.following, each.table.pk, each.document, "2", closes if each.finished else NULL, closes, closes


def _passages(maker: Maker, asked: list[Asked]) -> Iterator[tuple[str, ...]]:
    for each in asked:
        for version, at in ((each.version, each.opens), (each.following, each.closes)):
            for place, (first, text, second) in enumerate(each.passages, 1):
                pk, words = (
                    (first, text) if version == each.version else (second, f"{text} 다만, 예산의 범위에서 한다.")
                )
                yield pk, each.table.pk, version, first, str(place), str(place), maker.words.title(), words, *_times(at)


def _phases(asked: list[Asked]) -> Iterator[tuple[str, ...]]:
    for each in asked:
        limits = [each.opens, each.opens + 20 * DAY, each.opens + 21 * DAY, each.closes]
        for kind, begins, ends in zip(Phase.Kind.values, limits[:-1], limits[1:], strict=True):
            yield each.pk, kind, time(begins), time(ends)
