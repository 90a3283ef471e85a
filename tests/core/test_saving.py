"""What is saved is refused field by field, by whoever refuses it, and costs few statements where nothing is wrong."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council.core.models import Sector
from council.core.saving import change, create
from council.people.models import Seat, ServiceAccount, Subcommittee
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def a_seat(cast: Cast, number: int) -> Seat:
    return Seat(council=cast.council, sector=Sector.SUPPLIER, number=number)


def test_what_a_field_forbids_is_said_of_the_field(cast: Cast):
    with pytest.raises(ValidationError) as refused:
        create(Seat(council=cast.council, sector="nobody", number=900))
    assert refused.value.message_dict.keys() == {"sector"}


def test_what_only_the_database_knows_is_said_in_words_too_and_nothing_is_left(cast: Cast):
    create(a_seat(cast, 900))
    with pytest.raises(ValidationError) as refused:
        create(a_seat(cast, 900))
    assert refused.value.message_dict.keys() == {"__all__"}
    assert Seat.objects.filter(council=cast.council, number=900).count() == 1


def test_everything_that_is_wrong_is_said_at_once(cast: Cast):
    create(Subcommittee(council=cast.council, name="표준", name_en=""))
    twice = Subcommittee(council=cast.council, name="표준", name_en="x" * 1000)
    with pytest.raises(ValidationError) as refused:
        create(twice)
    assert refused.value.message_dict.keys() == {"name_en", "__all__"}


def test_a_change_is_checked_like_a_new_row(cast: Cast):
    create(a_seat(cast, 900))
    other = create(a_seat(cast, 901))
    with pytest.raises(ValidationError):
        change(other, number=900)
    other.refresh_from_db()
    assert other.number == 901


def test_a_relation_that_names_nothing_is_refused(cast: Cast):
    with pytest.raises(ValidationError) as refused:
        create(Seat(council_id=cast.supplier.pk, sector=Sector.SUPPLIER, number=900))
    assert refused.value.message_dict.keys() == {"council"}


def test_a_relation_that_is_for_some_only_is_looked_up(cast: Cast):
    system = ServiceAccount(council=cast.council, user=cast.supplier, responsible=cast.secretary, purpose="x")
    cast.secretary.is_system = True
    cast.secretary.set_unusable_password()
    cast.secretary.save()
    with pytest.raises(ValidationError) as refused:
        create(system)
    assert "responsible" in refused.value.message_dict


def test_what_is_right_takes_the_insert_and_what_guards_it(cast: Cast):
    with CaptureQueriesContext(connection) as queries:
        create(a_seat(cast, 900))
    assert [query["sql"].split()[0] for query in queries] == ["SAVEPOINT", "INSERT", "RELEASE"]
