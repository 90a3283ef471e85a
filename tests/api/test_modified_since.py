"""Lists by what was changed since: nothing is left out, whoever is still writing."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from council.opinions import actions as opinions
from council.opinions.models import Opinion
from council.people.models import Council
from tests.api.checking import check, errors, ids
from tests.api.mirrors import program
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = "2000-01-01T00:00:00Z"


def since(client, moment, noun="opinions", **more):
    return check(client.get(f"/api/v1/{noun}/", {"modified_since": moment} | more), 200)


def test_the_database_says_when_a_row_was_changed_whoever_changes_it(cast: Cast):
    council = Council.objects.get()
    before = council.modified_at
    Council.objects.filter(pk=council.pk).update(purpose="다른 목적")
    council.refresh_from_db()
    assert council.modified_at > before
    by_update = council.modified_at
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_council SET purpose = 'x', modified_at = '2001-01-01' WHERE id = %s", [council.pk]
        )
    council.refresh_from_db()
    assert council.modified_at > by_update


def test_what_was_changed_since_comes_in_the_order_of_the_changes(cast: Cast):
    consultation = cast.consultation()
    first, second = cast.submitted(consultation), cast.submitted(consultation)
    client = program(cast.adopter)
    everything = since(client, LONG_AGO)
    assert [row["id"] for row in everything["results"]] == [str(first.pk), str(second.pk)]
    opinions.edit(first, reason="다른 이유", by=cast.supplier, revision=first.revision)
    assert [row["id"] for row in since(client, LONG_AGO)["results"]] == [str(second.pk), str(first.pk)]
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    assert since(client, later.isoformat())["results"] == []


def test_pages_hold_each_row_once_also_where_thousands_were_changed_at_once(cast: Cast):
    consultation = cast.consultation()
    given = [cast.submitted(consultation) for _each in range(7)]
    Opinion.objects.update(sector="supplier")
    client = program(cast.adopter)
    page, found = since(client, LONG_AGO, limit=2), []
    while True:
        found += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = check(client.get(page["next"]), 200)
    assert found == [str(opinion.pk) for opinion in given]


def test_what_commits_late_is_found_from_where_one_was_told_to_go_on(cast: Cast):
    consultation = cast.consultation()
    slow, quick = cast.submitted(consultation), cast.submitted(consultation)
    client = program(cast.adopter)
    begun, end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                Opinion.objects.filter(pk=slow.pk).update(reason="langsam")
                begun.set()
                end.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    begun.wait(20)
    Opinion.objects.filter(pk=quick.pk).update(reason="schnell")
    page = since(client, LONG_AGO)
    assert {row["reason"] for row in page["results"]} >= {"schnell"}
    end.set()
    writer.join()
    slow.refresh_from_db()
    assert page["synced_until"] < slow.modified_at.isoformat()
    assert str(slow.pk) in ids(client.get("/api/v1/opinions/", {"modified_since": page["synced_until"]}))


@pytest.mark.parametrize("moment", ["yesterday", "2023-09-05", "2023-09-05T10:00:00", "2023-13-05T10:00:00Z"])
def test_a_moment_has_an_offset(cast: Cast, moment: str):
    assert errors(program(cast.adopter).get("/api/v1/opinions/", {"modified_since": moment})) == ["modified_since"]


@pytest.mark.parametrize("cursor", ["x", "MjAyMw==", "4pi6"])
def test_a_cursor_is_one_of_the_list(cast: Cast, cursor: str):
    asked = {"modified_since": LONG_AGO, "cursor": cursor}
    assert errors(program(cast.adopter).get("/api/v1/opinions/", asked)) == ["cursor"]


def test_reference_data_bears_no_moment(cast: Cast):
    assert errors(program(cast.adopter).get("/api/v1/regions/", {"modified_since": LONG_AGO})) == ["modified_since"]
