"""Personal data that someone wrote into free text: found, to warn the writer, and masked, for public views.

Opinions are published, and nobody reads each before (개인정보 보호법 24조의2, 29). What is found is what has a form:
numbers and addresses. Names have none, and neither have bank accounts (10 to 14 digits in every grouping, as contract,
budget and registration numbers): looking for them would alarm more often wrongly than rightly.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from council.core import clock

OLDEST = 112
"""Years; who would be older was not born but registered: companies in Seoul have 110111-, which reads as 1911."""

GAP = r" ?[-.]? ?"
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹣－·・‧∙•ㆍᆞ．"), "-")
SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t"), " "
)
PLAIN: dict[int, int | str] = {**WIDE, **DASHES, **SPACES}
"""Full-width signs, and whatever stands for a hyphen or a space; one for one, so that places stay the same."""


class Kind(models.TextChoices):
    """What kind of personal data it is."""

    RESIDENT_NUMBER = "resident_number", _("Resident registration number")
    CARD = "card", _("Card number")
    PASSPORT = "passport", _("Passport number")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Telephone number")


@dataclass(frozen=True)
class Found:
    """One piece of personal data, and where it stands."""

    kind: Kind
    start: int
    end: int
    text: str


PATTERNS = {
    Kind.RESIDENT_NUMBER: re.compile(rf"(?<!\d)(\d\d)(\d\d)(\d\d){GAP}([1-8])\d{{6}}(?!\d)", re.ASCII),
    Kind.CARD: re.compile(
        rf"(?<!\d)(?<!\d-)(?:[2-69]\d{{3}}{GAP}\d{{4}}{GAP}\d{{4}}{GAP}\d{{4}}|3[47]\d\d{GAP}\d{{6}}{GAP}\d{{5}})(?!-?\d)",
        re.ASCII,
    ),
    Kind.PASSPORT: re.compile(r"(?<![a-z\d])[dgmors](?:\d{8}|\d{3}[a-z]\d{4})(?![a-z\d])", re.ASCII | re.IGNORECASE),
    Kind.EMAIL: re.compile(
        r"(?<![a-z\d])[a-z\d][\w.%+-]{0,63}@(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}(?![a-z\d])", re.ASCII | re.IGNORECASE
    ),
    Kind.PHONE: re.compile(
        rf"(?<!\d)(?<!\d-)(?:(?:(?:\+|00)82|82(?=[-. ]?0?1))[-. ]{{0,2}}(?:\(0\)|0)?|\(?0)"
        rf"(?:1[016789]|2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\d)\)?{GAP}(\d{{3,4}}){GAP}\d{{4}}(?!\d)",
        re.ASCII,
    ),
}


def find(text: str) -> list[Found]:
    """All personal data in a text, in order; none overlaps another.

    Telephone numbers of companies (1588, 080), business registration and company numbers are not personal. A number of 13
    digits counts as a resident number if somebody living can have been born on its day: the check digit means nothing
    for numbers given since October 2020.
    """
    plain = text.translate(PLAIN)
    found: list[Found] = []
    taken = bytearray(len(text))
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(plain):
            start, end = match.span()
            if not any(taken[start:end]) and TRUE.get(kind, bool)(match):
                taken[start:end] = b"\1" * (end - start)
                found.append(Found(kind, start, end, text[start:end]))
    return sorted(found, key=lambda one: one.start)


def mask(text: str) -> str:
    """The text for everybody's eyes: 010-****-5678, ho***@example.com, 900101-*******."""
    pieces, end = [], 0
    for one in find(text):
        pieces += [text[end : one.start], MASKS[one.kind](one.text)]
        end = one.end
    return "".join([*pieces, text[end:]])


def _is_resident_number(match: re.Match[str]) -> bool:
    """Whether the date is one on which somebody living can have been born, and it is not said to be a company's number."""
    if re.search(r"법인(?:등록)?번호\W{0,4}$", match.string[max(match.start() - 16, 0) : match.start()]):
        return False
    year, month, day, seventh = match.groups()
    century = 1900 if seventh in "1256" else 2000
    try:
        born = dt.date(century + int(year), int(month), int(day))
    except ValueError:
        return False
    today = clock.today()
    return born <= today and today.year - born.year < OLDEST


def _is_card_number(match: re.Match[str]) -> bool:
    """Luhn's sum: every second digit from the right counts twice, its tens added."""
    digits = [int(digit) for digit in reversed(match[0]) if digit.isdigit()]
    return sum(sum(divmod(digit * 2, 10)) if place % 2 else digit for place, digit in enumerate(digits)) % 10 == 0


def _all_but(first: int, last: int) -> Callable[[str], str]:
    """Hide the digits and letters but so many at either end, and leave the signs between them."""

    def hide(text: str) -> str:
        places = [index for index, sign in enumerate(text) if sign.isalnum()]
        hidden = set(places[first : len(places) - last])
        return "".join("*" if index in hidden else sign for index, sign in enumerate(text))

    return hide


def _hide_local_part(text: str) -> str:
    at = re.search("[@＠]", text)
    name, rest = (text[: at.start()], text[at.start() :]) if at else ("", text)
    return f"{name[: min(2, len(name) - 1)]}***{rest}"


def _hide_exchange(text: str) -> str:
    """Hide the three or four digits in the middle."""
    match = PATTERNS[Kind.PHONE].fullmatch(text.translate(PLAIN))
    return text[: match.start(1)] + "*" * len(match[1]) + text[match.end(1) :] if match else "*" * len(text)


TRUE: dict[Kind, Callable[[re.Match[str]], bool]] = {
    Kind.RESIDENT_NUMBER: _is_resident_number,
    Kind.CARD: _is_card_number,
}
MASKS: dict[Kind, Callable[[str], str]] = {
    Kind.RESIDENT_NUMBER: _all_but(6, 0),
    Kind.CARD: _all_but(4, 4),
    Kind.PASSPORT: _all_but(1, 0),
    Kind.EMAIL: _hide_local_part,
    Kind.PHONE: _hide_exchange,
}
