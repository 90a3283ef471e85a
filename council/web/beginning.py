"""A page whose beginning is on its way while the rest of it is still read and written."""

import logging
from collections.abc import Callable, Iterator
from gzip import GzipFile
from secrets import randbelow, token_hex
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.text import StreamingBuffer

log = logging.getLogger("django.request")


class Begun(StreamingHttpResponse):
    """A page in pieces. Whether there is such a page, and for whom, was decided before the first of them."""


def begun(
    request: HttpRequest, template: str, context: dict[str, Any], rest: str, later: Callable[[], dict[str, Any]]
) -> Begun:
    """Send a page up to where its template has ``{{ rest }}``, then what stands there, then what follows it.

    Args:
        request: Who asks.
        template: The page.
        context: What its beginning needs; the rest has it too.
        rest: The template of what takes long.
        later: What only the rest needs; called once the beginning is on its way, so it refuses nothing any more.
    """
    here = token_hex(16)
    above, below = render_to_string(template, context | {"rest": SafeString(here)}, request).split(here)
    language = translation.get_language()

    def pieces() -> Iterator[str]:
        yield above
        try:
            with translation.override(language):
                piece = render_to_string(rest, context | later(), request)
        except Exception:
            log.exception("The rest of a page cannot be shown: %s", request.path)
            with translation.override(language):
                yield render_to_string("components/broken_off.html") + below
            raise
        yield piece
        yield below

    return Begun(pieces())


def compressed(pieces: Iterator[bytes], *, blur: int) -> Iterator[bytes]:
    """Compress each piece so that a browser can read it before the next one comes.

    Args:
        pieces: What is sent.
        blur: By how many bytes, at most, its length is blurred, as Django does against BREACH.
    """
    buffer = StreamingBuffer()
    with GzipFile("a" * randbelow(blur), "wb", 6, buffer, 0) as packed:
        for piece in pieces:
            packed.write(piece)
            packed.flush()
            yield buffer.read()
    yield buffer.read()
