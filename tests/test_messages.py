"""Korean is complete, and what is compiled is what is written."""

import gettext
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
KOREAN = ROOT / "council" / "locale" / "ko" / "LC_MESSAGES"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


@pytest.fixture(scope="module")
def written() -> Catalog:
    with (KOREAN / "django.po").open("rb") as file:
        return read_po(file, locale="ko")


def is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def test_every_sentence_is_said_in_korean(written: Catalog):
    assert [message.id for message in written if message.id and not is_translated(message)] == []


def test_no_translation_is_a_guess(written: Catalog):
    assert [message.id for message in written if message.fuzzy and message.id] == []


def test_placeholders_are_the_same_in_both_languages(written: Catalog):
    assert [error for message in written if message.id for error in message.check(written)] == []


def test_what_is_compiled_is_what_is_written(written: Catalog):
    compiled = io.BytesIO()
    write_mo(compiled, written)
    compiled.seek(0)
    with (KOREAN / "django.mo").open("rb") as file:
        assert vars(gettext.GNUTranslations(file))["_catalog"] == vars(gettext.GNUTranslations(compiled))["_catalog"]


def test_no_sentence_of_the_sources_is_missing_from_the_catalogue(written: Catalog):
    """Every string marked for translation in Python and templates stands in the catalogue, and no other does."""
    expected = set(sentences())
    found = {first(message.id) for message in written if message.id}
    assert sorted(expected - found) == []
    assert sorted(found - expected) == []


def first(words: str | list[str] | tuple[str, ...]) -> str:
    """A sentence, or its singular."""
    return words if isinstance(words, str) else words[0]


def sentences() -> Iterator[str]:
    """What is marked for translation, read without GNU gettext, which a bare machine does not have."""
    for path in sorted((ROOT / "council").rglob("*.py")) + sorted((ROOT / "config").rglob("*.py")):
        yield from extracted("python", path.read_bytes())
    for path in sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt")):
        yield from extracted("javascript", templatize(path.read_text(), origin=str(path)).encode())


def extracted(method: str, source: bytes) -> Iterator[str]:
    """The sentences in a source; templates come as calls among blanked-out text, which only needs a lenient reader."""
    for _line, words, _comments, _context in extract(method, io.BytesIO(source), keywords=KEYWORDS):
        yield first(words)
