"""What becomes of proposed wording when it is taken over into the text as it now reads."""

import re

KINDS = ("amend", "delete", "add")
STOPS = (".", "。", "!", "?")
CLOSING = (*STOPS, ",", "，", "、", ";", ":", ")", "]", "」", "』", "〉", "》", "”", "’", "…")
LONG_ENOUGH = 8


def take_over(text: str, quote: str, proposed: str, kind: str) -> str | None:
    """Put proposed wording into a text in the place of the quoted words, or after them.

    Nothing outside the quote changes but white space where old and new words meet, and a full stop that would stand
    doubled or without its sentence.

    Args:
        text: The passage as it reads now.
        quote: The words the opinion is about, as they stood then; white space need not be the same.
        proposed: The wording asked for; nothing for ``delete``.
        kind: ``amend`` replaces the quote, ``delete`` takes it out, ``add`` puts the proposed words behind it.

    Returns:
        The new text, or None where the quote does not stand in the text, or not only once.

    Raises:
        ValueError: The kind has no wording to take over.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    place = _place(text, quote)
    if place is None:
        return None
    start, end = place
    before, quoted, after = text[:start], text[start:end], text[end:]
    if kind == "add":
        return _added(before + quoted, proposed, after)
    words = proposed.strip() if kind == "amend" else ""
    if not words:
        return _deleted(before, after)
    if after.startswith(STOPS) and words.endswith(after[0]):
        words = words[:-1]
    return _joined(_joined(before, words), after)


def _place(text: str, quote: str) -> tuple[int, int] | None:
    """Where the quote stands, if only once: word by word first, then, if long enough to be no chance, letter by letter.

    The second look finds it where only the spacing was corrected (스마트 공장, 스마트공장).
    """
    words = quote.split()
    if not words:
        return None
    letters = "".join(words)
    if "".join(text.split()) == letters:
        return len(text) - len(text.lstrip()), len(text.rstrip())
    spaced = r"\s+".join(map(re.escape, words))
    found = [match.span(1) for match in re.finditer(f"(?=({spaced}))", text)]
    if found or len(letters) < LONG_ENOUGH:
        return found[0] if len(found) == 1 else None
    places = [index for index, letter in enumerate(text) if not letter.isspace()]
    squeezed = "".join(text[index] for index in places)
    first = squeezed.find(letters)
    if first < 0 or squeezed.find(letters, first + 1) >= 0:
        return None
    return places[first], places[first + len(letters) - 1] + 1


def _added(before: str, proposed: str, after: str) -> str:
    """A sentence goes behind the full stop of the one it follows; other words directly behind the quote."""
    words = proposed.rstrip()
    if words.endswith(STOPS) and after.startswith(STOPS):
        before, after = before + after[0], after[1:]
    if not words:
        return before + after
    return _joined(_joined(before, words if words[0].isspace() else f" {words}"), after)


def _deleted(before: str, after: str) -> str:
    """A full stop goes with its sentence."""
    rest = before.rstrip()
    if after.startswith(STOPS) and (not rest or rest.endswith(STOPS)):
        after = after[1:]
    return _joined(before, after)


def _joined(left: str, right: str) -> str:
    """Two pieces with the white space between them made one: a line break where there was one, else a space."""
    head, tail = left.rstrip(), right.lstrip()
    if not head or not tail:
        return head + tail
    gaps = left[len(head) :], right[: len(right) - len(tail)]
    gap = max(gaps, key=lambda space: space.count("\n"))
    if "\n" not in gap:
        gap = " " if any(gaps) and not tail.startswith(CLOSING) else ""
    return head + gap + tail
