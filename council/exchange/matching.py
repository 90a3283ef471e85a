"""What the cells of a row mean here: whose opinion it is, on which passage, and what keeps it from being entered."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from council.documents.models import Passage
from council.exchange.columns import Field, audience_of, kind_of, normalised
from council.exchange.reading import MAX_CELL
from council.opinions.actions import Entered
from council.opinions.models import Consultation
from council.people.models import Membership, Organisation

T = TypeVar("T", Organisation, Passage)

_LEGAL_FORMS = re.compile(
    r"\((?:주|유|재|사|합)\)|주식회사|유한회사|유한책임회사|재단법인|사단법인"
    r"|,?\s*\bco\.?,?\s*ltd\b\.?|\b(?:inc|corp|ltd|llc|corporation)\b\.?"
)
_UNITS = re.compile(r"(?<=\d)\s*(?:조|항|호|목|장|절|편|번)|제\s*(?=\d)")
_PARTS = re.compile(r"\d+|[가-힣]|[a-z]+")
_BRACKETS = re.compile(r"[(\[<「『].*?[)\]>」』]")
_NUMBER = re.compile(r"(?:(?:제\s*)?\d|[가-하](?=[.)\s]|$)|[ivxlcdm]+(?=[.)\s]|$))", re.IGNORECASE)
_AROUND_DASHES = re.compile(r"\s*[-–‐]\s*")
_NOTHING = frozenset({"", "신설", "없음", "해당없음", "new", "none", "na"})
_SHORTEST_QUOTE = 8
_SHOWN = 60
_CHOICES = 5
SAYS_SOMETHING = frozenset({Field.KIND, Field.PROPOSED, Field.REASON, Field.AUDIENCE})
"""The cells that hold an opinion; a row of a blank form without any of them was left as it was."""


@dataclass
class Match:
    """What a row was found to mean; ``entered`` once nothing is wrong with it."""

    organisation: Organisation | None = None
    passage: Passage | None = None
    membership: Membership | None = None
    problems: list[str] = field(default_factory=list)
    entered: Entered | None = None


class Index(Generic[T]):
    """Things by several spellings of what they are called, the most exact spelling first."""

    def __init__(self) -> None:
        self._levels: dict[int, dict[str, dict[object, T]]] = defaultdict(lambda: defaultdict(dict))

    def add(self, thing: T, *spellings: str) -> None:
        """Note what a thing is called; empty spellings count for nothing."""
        for level, spelling in enumerate(spellings):
            if spelling:
                self._levels[level][spelling][thing.pk] = thing

    def find(self, *spellings: str) -> list[T]:
        """The things called so, at the first level where there are any."""
        for level, spelling in enumerate(spellings):
            if spelling and (found := self._levels[level].get(spelling)):
                return list(found.values())
        return []


class Matcher:
    """Knows the organisations, members and passages of a consultation, read once for all rows of a file.

    Args:
        consultation: What the rows are about.
        membership: Of whom all rows must be, where an organisation's own people bring the file.
        organisation: Whose the rows are that name nobody.
    """

    def __init__(
        self,
        consultation: Consultation,
        *,
        membership: Membership | None = None,
        organisation: Organisation | None = None,
    ) -> None:
        self.consultation = consultation
        self.own = membership
        self.nameless = membership.organisation if membership else organisation

    def match(
        self,
        values: Mapping[str, str],
        *,
        organisation: Organisation | None = None,
        passage: Passage | None = None,
        note: str = "",
    ) -> Match:
        """Find out what a row means, and everything that is wrong with it, each in a sentence that says how to mend it.

        Args:
            values: Its cells, by :class:`Field`.
            organisation: Whose it is, where somebody has chosen.
            passage: What it is about, where somebody has chosen.
            note: Where the row stands, for the opinion's source.
        """
        found = Match(organisation, passage)
        name, submitter = _split(values.get(Field.ORGANISATION, ""), values.get(Field.SUBMITTER, ""))
        if found.organisation is None:
            found.organisation = self._organisation(name, found.problems)
        if self.own and found.organisation and found.organisation.pk != self.own.organisation_id:
            found.problems.append(
                _("This row is of %(organisation)s. You give opinions for %(own)s only; leave it out.")
                % {"organisation": found.organisation, "own": self.own.organisation}
            )
        if found.passage is None:
            found.passage = self._passage(values, found.problems)
        quote = self._quote(values.get(Field.CURRENT, ""), found.passage, found.problems)
        found.membership = self.own or self._member(found.organisation, submitter)
        self._enter(found, values, quote, submitter, note)
        return found

    def _enter(self, found: Match, values: Mapping[str, str], quote: str, submitter: str, note: str) -> None:
        proposed = values.get(Field.PROPOSED, "")
        kind = kind_of(values.get(Field.KIND, ""), proposes=bool(proposed.strip()))
        audience = audience_of(values.get(Field.AUDIENCE, ""))
        if kind is None:
            found.problems.append(_("“%(word)s” is not a kind of opinion we know.") % _word(values[Field.KIND]))
        if audience is None:
            found.problems.append(_("“%(word)s” does not say who may see the opinion.") % _word(values[Field.AUDIENCE]))
        if any(len(text) > MAX_CELL for text in values.values()):
            found.problems.append(
                _("A text is longer than %(limit)s characters: shorten it.") % {"limit": f"{MAX_CELL:,}"}
            )
        if len(submitter) > 80:
            found.problems.append(_("The name of who submits it is longer than 80 characters: shorten it."))
        if found.organisation is None or found.passage is None or kind is None or audience is None:
            return
        entered = Entered(
            passage=found.passage,
            organisation=found.organisation,
            reason=values.get(Field.REASON, "").strip(),
            kind=kind,
            current_text=quote,
            proposed_text=proposed.strip(),
            audience=audience,
            membership=found.membership,
            submitter=submitter,
            source_note=note[:200],
        )
        found.problems += [str(problem) for problem in entered.problems().values()]
        if not found.problems:
            found.entered = entered

    # --- whose it is

    def _organisation(self, name: str, problems: list[str]) -> Organisation | None:
        if not name.strip():
            if self.nameless is None:
                problems.append(_("The row does not say whose opinion it is. Choose the organisation."))
            return self.nameless
        spellings = _spellings(name)
        found = self._seated.find(*spellings) or self._known.find(*spellings)
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(_with_region(each) for each in found[:_CHOICES])
            problems.append(
                _("“%(word)s” may be any of these: %(names)s. Choose one.") % {**_word(name), "names": names}
            )
        else:
            problems.append(
                _("No organisation called “%(word)s” is known here. Choose one, or register it first.") % _word(name)
            )
        return None

    @cached_property
    def _seated(self) -> Index[Organisation]:
        organisations = {seat.organisation_id: seat.organisation for seats in self._members.values() for seat in seats}
        if self.own:
            organisations[self.own.organisation_id] = self.own.organisation
        return _index(organisations.values())

    @cached_property
    def _known(self) -> Index[Organisation]:
        return _index(Organisation.objects.select_related("region").iterator())

    @cached_property
    def _members(self) -> dict[object, list[Membership]]:
        members: dict[object, list[Membership]] = defaultdict(list)
        seats = Membership.objects.current().speaking().filter(council=self.consultation.council_id)
        for seat in seats.select_related("user", "organisation__region"):
            members[seat.organisation_id].append(seat)
        return members

    def _member(self, organisation: Organisation | None, submitter: str) -> Membership | None:
        """The seat of who submits it, where exactly one of the organisation's people is called so."""
        if organisation is None or not submitter:
            return None
        name = normalised(submitter)
        named = [seat for seat in self._members.get(organisation.pk, []) if normalised(seat.user.name) == name]
        return named[0] if len(named) == 1 else None

    # --- what it is about

    @cached_property
    def passages(self) -> list[Passage]:
        """The passages asked about, in reading order."""
        return list(self.consultation.version.passages.order_by("position"))

    @cached_property
    def _places(self) -> Index[Passage]:
        index: Index[Passage] = Index()
        for each in self.passages:
            whole = normalised(f"{each.number} {each.heading}")
            index.add(each, each.number, whole, _key(each.number), _key(_UNITS.sub(" ", each.number)))
            index.add(each, "", normalised(each.heading))
        return index

    def _passage(self, values: Mapping[str, str], problems: list[str]) -> Passage | None:
        place = _AROUND_DASHES.sub("-", " ".join(values.get(Field.PLACE, "").split()))
        found = self._places.find(place, normalised(place), *_keys(place)) if place else []
        for shorter in (_BRACKETS.sub("", place).strip(), place.split(" ")[0] if place else ""):
            if not found and _NUMBER.match(shorter):
                found = self._places.find(shorter, normalised(shorter), *_keys(shorter))
        if len(found) != 1 and (quoting := self._quoting(values.get(Field.CURRENT, ""), found)):
            found = quoting
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(str(each) for each in found[:_CHOICES])
            problems.append(
                _("“%(word)s” may be any of these: %(names)s. Choose one.") % {**_word(place), "names": names}
            )
        elif place:
            problems.append(_("The text asked about has no passage “%(word)s”. Choose one.") % _word(place))
        else:
            problems.append(_("The row does not say what it is about. Choose the passage."))
        return None

    def _quoting(self, words: str, among: list[Passage]) -> list[Passage]:
        """The one passage in which the current text stands; nothing where there are several."""
        quote = normalised(words)
        if len(quote) < _SHORTEST_QUOTE:
            return []
        chosen = {each.pk for each in among}
        found = [passage for passage, text in self._texts if quote in text and (not chosen or passage.pk in chosen)]
        return found if len(found) == 1 else []

    @cached_property
    def _texts(self) -> list[tuple[Passage, str]]:
        return [(each, normalised(each.text)) for each in self.passages]

    def _quote(self, words: str, passage: Passage | None, problems: list[str]) -> str:
        """The current text as the passage has it, whatever the spaces; empty where all of it is meant."""
        if passage is None or normalised(words) in _NOTHING:
            return ""
        if words == passage.heading or normalised(words) in {normalised(passage.text), normalised(str(passage))}:
            return ""
        if words in passage.text:
            return words
        if quote := _as_it_stands(words, passage.text):
            return quote
        problems.append(
            _("The current text is not what passage %(passage)s says. Correct it, or empty it to mean all of it.")
            % {"passage": passage}
        )
        return ""


def _as_it_stands(words: str, text: str) -> str:
    """Words as a text has them, where only spaces differ; nothing where they do not stand in it."""
    places = [place for place, character in enumerate(text) if not character.isspace()]
    wanted = "".join(words.split())
    start = "".join(text.split()).find(wanted)
    return text[places[start] : places[start + len(wanted) - 1] + 1] if wanted and start >= 0 else ""


def _split(name: str, submitter: str) -> tuple[str, str]:
    """Organisation and submitter, also where one cell names both: 누리솔루션/홍길동."""
    if "/" in name and not submitter.strip():
        name, _slash, submitter = name.partition("/")
    return " ".join(name.split()), " ".join(submitter.split())


def _index(organisations: Iterable[Organisation]) -> Index[Organisation]:
    index: Index[Organisation] = Index()
    for each in organisations:
        number = each.business_number or ""
        index.add(each, each.name, _plain(each.name), _plain(each.name_en), number)
    return index


def _spellings(name: str) -> tuple[str, ...]:
    digits = re.sub(r"[\s-]", "", name)
    return name, _plain(name), _plain(name), digits if len(digits) == 10 and digits.isdecimal() else ""


def _plain(name: str) -> str:
    """A name without its legal form, spaces and signs: (주)누리 솔루션 and 주식회사 누리솔루션 are one."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return normalised(_LEGAL_FORMS.sub(" ", text)) or normalised(text)


def _keys(place: str) -> tuple[str, str]:
    return _key(place), _key(_UNITS.sub(" ", place))


def _key(number: str) -> str:
    """The parts of a number, however they are set apart: 2-가, 2. 가. and (2) 가) are one; 1-1 and 11 are not."""
    return "-".join(_PARTS.findall(unicodedata.normalize("NFKC", number).casefold()))


def _with_region(organisation: Organisation) -> str:
    return f"{organisation} ({organisation.region})" if organisation.region else str(organisation)


def _word(text: str) -> dict[str, str]:
    return {"word": text[:_SHOWN]}
