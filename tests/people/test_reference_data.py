"""Regions, industries, levels as every installation starts with them."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from council.people.models import FactoryLevel, Industry, Region

pytestmark = pytest.mark.django_db
SOURCE = Path(__file__).resolve().parents[3] / "shared" / "reference"


def test_there_were_17_regions_on_the_day_of_the_hearing():
    assert Region.objects.on(dt.date(2023, 9, 5)).count() == 17


def test_jeonbuk_changed_name_and_code_and_the_old_one_leads_to_the_new():
    before = Region.objects.on(dt.date(2024, 1, 17)).get(kostat_code="35")
    after = Region.objects.on(dt.date(2024, 1, 18)).get(kostat_code="35")
    assert (before.admin_code, after.admin_code) == ("45", "52")
    assert before.successor == after


def test_gwangju_and_jeonnam_became_one():
    assert Region.objects.on(dt.date(2026, 7, 1)).count() == 16
    assert {region.slug for region in Region.objects.get(slug="jeonnam-gwangju").predecessors.all()} == {
        "gwangju",
        "jeonnam",
    }


def test_the_three_numberings_disagree():
    assert Region.objects.get(slug="busan").admin_code == Region.objects.get(slug="ulsan").kostat_code == "26"
    assert Region.objects.get(slug="sejong").iso_code == "KR-50"
    assert Region.objects.get(slug="jeju").admin_code == "50"


@pytest.mark.skipif(not SOURCE.exists(), reason="the reference tables are not beside the project")
def test_it_is_what_the_reference_tables_say():
    with (SOURCE / "regions.csv").open() as file:
        rows = {r["slug"]: (r["name_ko_20230905"], r["iso_3166_2"], r["kostat_code"]) for r in csv.DictReader(file)}
    on_the_day = Region.objects.on(dt.date(2023, 9, 5))
    assert {r.slug: (r.name, r.iso_code, r.kostat_code) for r in on_the_day} == rows
    with (SOURCE / "ksic_manufacturing.csv").open() as file:
        assert Industry.objects.count() == len(list(csv.DictReader(file)))
    with (SOURCE / "levels.csv").open() as file:
        assert FactoryLevel.objects.count() == len(list(csv.DictReader(file)))
