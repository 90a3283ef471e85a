"""What the database writes of related things is what the library would write."""

import pytest

from council.api.serializers import base
from council.api.urls import urlpatterns
from council.api.views.base import Noun
from tests.cast import Cast
from tests.world import world

NOUNS = {pattern.callback.cls for pattern in urlpatterns if issubclass(getattr(pattern.callback, "cls", object), Noun)}
READ = {shape for noun in NOUNS for shape in (getattr(noun, "reads", None), noun.reads_one) if shape}
SHAPES = {shape for shape in READ if issubclass(shape, base.Read)}


@pytest.fixture
def everything(cast: Cast) -> Cast:
    """A cast with something of everything."""
    world(cast)
    return cast


def test_related_things_read_the_same_from_the_database_as_from_the_library(everything: Cast):
    compared = set()
    for shape in SHAPES:
        for reader in (everything.secretary, everything.officer, everything.supplier):
            rows = {row.pk: shape(row).data for row in shape.rows(reader)}
            shown = {row.pk: shape(row).data for row in shape.narrowed(shape.rows(reader))}
            assert shown == rows, shape
            compared |= {shape} if rows and base.words_of(shape) else set()
    assert len(compared) > 25, "related things are written by the database nearly everywhere"
