"""What every page has: language, for whom one acts, what a browser may do, and who can do what one cannot."""

import re

import pytest
from django.urls import reverse
from django.utils import translation
from rules.permissions import permissions

from council.people import actions as people
from council.people.models import User
from council.web.who import PEOPLE, who_can


def test_korean_is_spoken_until_english_is_chosen_and_the_choice_stays(cast, browse):
    client = browse(cast.supplier)
    assert '<html lang="ko"' in client.get("/", headers={"accept-language": "en"}).content.decode()
    client.post(reverse("web:language"), {"language": "en"})
    assert '<html lang="en"' in client.get("/").content.decode()
    assert User.objects.get(pk=cast.supplier.pk).language == "en"
    assert '<html lang="en"' in browse(cast.supplier).get("/").content.decode()


def test_before_logging_in_the_choice_is_kept_in_the_browser(client, db):
    client.post(reverse("web:language"), {"language": "en"})
    assert '<html lang="en"' in client.get("/account/login/").content.decode()


def test_one_chooses_for_whom_one_speaks(cast, browse):
    seat = people.create_seat(cast.council, sector="adopter", by=cast.secretary)
    people.appoint(
        cast.council,
        user=cast.supplier,
        organisation=cast.adopting,
        role="member",
        seat=seat,
        ends_on=cast.today,
        by=cast.secretary,
    )
    client = browse(cast.supplier)
    assert client.get("/").context["frame"].acting == cast.supplying
    client.post(reverse("web:act_for"), {"organisation": str(cast.adopting.pk)})
    assert client.get("/").context["frame"].acting == cast.adopting


@pytest.mark.parametrize("organisation", ["technopark", "ministry"])
def test_nobody_speaks_for_an_organisation_they_hold_no_seat_for(cast, browse, organisation: str):
    client = browse(cast.supplier)
    answer = client.post(reverse("web:act_for"), {"organisation": str(getattr(cast, organisation).pk)})
    assert answer.status_code == 400
    assert client.get("/").context["frame"].acting == cast.supplying


def test_a_browser_loads_nothing_from_elsewhere_and_no_script_of_the_page_itself(cast, browse):
    page = browse(cast.supplier).get(cast.council.get_absolute_url())
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = page.content.decode()
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", html)


def test_the_band_of_an_official_site_is_off_unless_the_site_is_one(cast, browse, settings):
    client = browse(cast.supplier)
    assert b"krds-masthead" not in client.get("/").content
    settings.OFFICIAL_GOVERNMENT_SITE = True
    assert b"krds-masthead" in client.get("/").content


def test_a_refused_page_says_who_can(cast, browse):
    with translation.override("ko"):
        who = who_can("meetings.plan_meeting")[0]
    page = browse(cast.supplier).get(reverse("web:plan_meeting", args=[cast.council.pk]))
    assert page.status_code == 403
    assert who in page.content.decode()


def test_every_rule_can_be_put_into_words():
    named = {name for predicate in permissions.values() for name in re.findall(r"\w+", predicate.name)}
    narrowing = {"is_person"}  # of those named beside it
    assert named - set(PEOPLE) - narrowing - {"or", "and", "not", "0x7f"} == set()


def test_an_unknown_address_is_404_also_for_those_logged_in(cast, browse):
    assert browse(cast.supplier).get("/nowhere/").status_code == 404


def test_the_frame_costs_at_most_two_queries_more(cast, browse, django_assert_max_num_queries):
    client = browse(cast.supplier)
    with django_assert_max_num_queries(5):
        client.get(reverse("web:profile"))
