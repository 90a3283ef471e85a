"""Who of many readers may see a thing, asked at once: the same answer as when it is asked of one after the other."""

import pytest

from council.notifications.seeing import who_sees
from tests.cast import Cast
from tests.things import NOWHERE, PEOPLE, THINGS, Thing, person


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_many_are_asked_at_once_as_one_by_one(cast: Cast, thing: Thing):
    cast.colleague()
    instance = thing.make(cast)
    readers = {name: person(cast, name) for name in PEOPLE}
    seen = who_sees(type(instance), instance.pk, readers.values())
    assert {name for name, reader in readers.items() if reader.pk in seen} == thing.seen_by


def test_nobody_sees_what_does_not_exist(cast: Cast):
    assert who_sees(type(cast.council), NOWHERE, [cast.secretary, cast.operator]) == set()
