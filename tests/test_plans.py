"""In a country, no page and no endpoint reads a large table from end to end."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from bench.country import Country, Shape, build
from council.opinions.models import Consultation, Opinion, Reaction, derived_state
from tests.plans import Asked, Visitor, large_tables, read_whole, scans

pytestmark = pytest.mark.django_db  # or else no database is made for this module alone
SHAPE = Shape(councils=10, people=600, consultations=60, opinions=20_000, reactions=60_000, largest=200)


@pytest.fixture(scope="module")
def country(django_db_setup, django_db_blocker) -> Iterator[Country]:
    """A small one, for all tests of this module; nothing is left of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        built = build(SHAPE)
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL random_page_cost = 1.1"
            )  # as on servers' disks; by default it is that of turning ones
        yield built
        transaction.set_rollback(True)


def one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_every_key_of_the_country_leads_to_something(country: Country):
    lost = {}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                table, of = model._meta.db_table, field.related_model._meta.db_table
                missing = f'c."{field.column}" IS NOT NULL AND p IS NULL'
                target = f'p."{field.target_field.column}" = c."{field.column}"'
                lost[str(field)] = one(
                    f'SELECT count(*) FROM "{table}" c LEFT JOIN "{of}" p ON {target} WHERE {missing}'
                )
    assert {name: number for name, number in lost.items() if number} == {}


def test_the_country_has_what_was_asked_for_and_its_states_fit_together(country: Country):
    assert Opinion.objects.count() == SHAPE.opinions
    assert Reaction.objects.count() == pytest.approx(SHAPE.reactions, rel=0.01)
    largest = Consultation.objects.get(pk=country.consultation)
    assert largest.opinions.count() == SHAPE.largest
    given = largest.opinions.given().prefetch_related("points")
    assert largest.submitted == len(given)
    assert all(each.state == derived_state([point.state for point in each.points.all()]) for each in given)


def test_no_page_and_no_endpoint_reads_a_large_table_from_end_to_end(country: Country):
    large = large_tables()
    assert {"opinions_opinion", "opinions_point", "opinions_reaction", "journal_entry"} <= large.keys()
    found, broken, answered = [], [], 0
    shapes: set[str] = set()
    for who in ("secretary", "member"):
        visitor = Visitor(country, who)
        addresses = [*visitor.pages(), *visitor.endpoints()]
        found += [str(scan) for scan in scans(visitor.asks(addresses, shapes), large)]
        broken += [f"{address} ({who})" for address, status in visitor.seen.items() if status >= 500]
        answered += sum(status == 200 for status in visitor.seen.values())
    assert found == [], "\n\n".join(found)
    assert broken == []
    assert answered > 300


def test_a_query_without_an_index_is_found(country: Country):
    by_reason = "SELECT * FROM opinions_opinion WHERE reason LIKE '%예산%' AND submitter = '대표'"
    by_key = f"SELECT * FROM opinions_opinion WHERE id = '{country.consultation}'"
    assert read_whole(by_reason) == {"opinions_opinion"}
    assert read_whole(by_key) == set()
    visits = [Asked("member", "/somewhere/", sql) for sql in (by_reason, by_key)]
    (scan,) = scans(visits, large_tables())
    assert str(scan).startswith("/somewhere/ (member) reads all of opinions_opinion")
