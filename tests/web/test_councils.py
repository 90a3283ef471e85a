"""A council's first page and its members."""

import datetime as dt

import pytest
from django.urls import reverse

from council.core import clock
from council.people import actions as people
from council.people.models import Membership, Organisation, User


def url(name: str, thing) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


@pytest.mark.parametrize("name", ["council", "members"])
def test_members_see_it_a_stranger_gets_404_and_anonymous_is_asked_to_log_in(cast, browse, name):
    page = url(name, cast.council)
    assert {browse(who).get(page).status_code for who in (cast.supplier, cast.secretary, cast.observer)} == {200}
    assert {browse(who).get(page).status_code for who in (cast.stranger, cast.expired)} == {404}
    assert browse(None).get(page).headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["appoint", "dismiss"])
def test_who_does_not_run_the_council_neither_appoints_nor_dismisses(cast, browse, name):
    thing = cast.council if name == "appoint" else cast.membership(cast.adopter)
    for method in ("get", "post"):
        assert getattr(browse(cast.supplier), method)(url(name, thing)).status_code == 403
        assert getattr(browse(cast.stranger), method)(url(name, thing)).status_code == 404
    assert Membership.objects.filter(dismissed_on=None).count() == Membership.objects.count()


# --- The first page


def test_it_says_what_is_asked_now_and_when_the_council_meets_next(cast, browse):
    consultation = cast.consultation()
    cast.submitted(consultation)
    meeting = cast.meeting()
    page = browse(cast.supplier).get(url("council", cast.council))
    assert page.context["turnout"].replied == 1
    assert page.context["meeting"] == meeting
    text = page.content.decode()
    assert consultation.get_absolute_url() in text
    assert meeting.get_absolute_url() in text


def test_without_anything_going_on_it_says_what_will_appear(cast, browse):
    page = browse(cast.supplier).get(url("council", cast.council))
    assert (page.context["turnout"], page.context["meeting"]) == (None, None)
    assert page.content.decode().count('class="empty"') == 2


def test_what_is_in_preparation_is_not_there_yet(cast, browse):
    cast.prepared_consultation()
    cast.planned_meeting()
    page = browse(cast.secretary).get(url("council", cast.council))
    assert (page.context["turnout"], page.context["meeting"]) == (None, None)


def test_the_composition_counts_seats_by_sector(cast, browse):
    cast.member("supplier2", "두번째 공급", cast.supplying)
    page = browse(cast.supplier).get(url("council", cast.council))
    assert (page.context["people"], page.context["organisations"]) == (8, 5)
    assert [number for _label, number in page.context["sectors"]] == [2, 2, 1, 1]


@pytest.mark.parametrize("number", [1, 30])
def test_the_number_of_queries_of_the_first_page_does_not_grow(cast, browse, django_assert_max_num_queries, number):
    consultation = cast.consultation()
    cast.submitted(consultation)
    for each in range(number):
        cast.member(f"more{each}", f"위원 {each}", cast.supplying)
        people.form_subcommittee(cast.council, name=f"분과 {each}", by=cast.secretary)
    cast.meeting()
    browser = browse(cast.supplier)
    with django_assert_max_num_queries(13):
        browser.get(url("council", cast.council))


# --- The members


def test_members_stand_by_sector_with_whom_they_speak_for(cast, browse):
    page = browse(cast.supplier).get(url("members", cast.council))
    shown = [membership.user for _sector, group in page.context["groups"] for membership in group]
    assert set(shown) == {cast.chair, cast.secretary, cast.officer, cast.tp, cast.supplier, cast.adopter, cast.observer}
    assert "누리솔루션" in page.content.decode()


def test_the_filter_keeps_one_sector_in_the_address(cast, browse):
    page = browse(cast.supplier).get(url("members", cast.council), {"sector": "adopter"})
    [(_sector, group)] = page.context["groups"]
    assert [membership.user for membership in group] == [cast.adopter]


def test_a_sector_nobody_speaks_for_is_empty_and_one_that_is_none_is_refused_beside_the_field(cast, browse):
    browser = browse(cast.supplier)
    assert browser.get(url("members", cast.council), {"sector": "association"}).context["groups"] == []
    page = browser.get(url("members", cast.council), {"sector": "nonsense"})
    assert page.context["filter"].errors.keys() == {"sector"}


def test_addresses_are_for_those_who_run_the_council(cast, browse):
    assert "@council.example" in browse(cast.secretary).get(url("members", cast.council)).content.decode()
    assert "@council.example" not in browse(cast.supplier).get(url("members", cast.council)).content.decode()


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("who", ["secretary", "supplier"])
def test_the_number_of_queries_of_the_members_does_not_grow(cast, browse, django_assert_max_num_queries, number, who):
    for each in range(number):
        cast.member(f"more{each}", f"위원 {each}", cast.supplying)
    browser = browse(getattr(cast, who))
    with django_assert_max_num_queries(13):
        browser.get(url("members", cast.council))


# --- Appointing


@pytest.fixture
def answers(cast):
    """A complete appointment of the stranger to a new seat."""
    return {
        "email": "Stranger@Council.example",
        "organisation": cast.supplying.pk,
        "role": "member",
        "seat": "new:supplier",
        "starts_on": str(cast.today),
        "ends_on": str(cast.today + dt.timedelta(days=365)),
    }


def test_someone_with_an_account_is_appointed_to_a_new_seat(cast, browse, answers):
    browser = browse(cast.secretary)
    assert browser.get(url("appoint", cast.council)).status_code == 200
    answer = browser.post(url("appoint", cast.council), answers)
    assert answer.headers["Location"] == url("members", cast.council)
    membership = cast.membership(cast.stranger)
    assert (membership.organisation, membership.sector) == (cast.supplying, "supplier")
    assert membership.seat.number == cast.council.seats.count()


def test_someone_takes_a_free_seat(cast, browse, answers):
    seat = people.create_seat(cast.council, sector="expert", by=cast.secretary)
    browse(cast.secretary).post(url("appoint", cast.council), {**answers, "seat": str(seat.pk)})
    assert cast.membership(cast.stranger).seat == seat


def test_a_secretary_needs_no_seat_and_a_member_does(cast, browse, answers):
    browser = browse(cast.secretary)
    page = browser.post(url("appoint", cast.council), {**answers, "seat": ""})
    assert page.context["form"].errors.keys() == {"seat"}
    browser.post(url("appoint", cast.council), {**answers, "seat": "", "role": "secretary"})
    assert cast.membership(cast.stranger).seat is None


def test_an_unknown_address_is_said_beside_the_field(cast, browse, answers):
    page = browse(cast.secretary).post(url("appoint", cast.council), {**answers, "email": "nobody@council.example"})
    assert page.context["form"].errors.keys() == {"email"}
    assert page.content.decode().count('id="id_email_error"') == 1


def test_an_account_is_made_for_someone_new(cast, browse, answers):
    new = {**answers, "email": "New@Council.example", "make_account": "on", "name": "새 위원"}
    browse(cast.secretary).post(url("appoint", cast.council), new)
    user = User.objects.get(email="new@council.example")
    assert user.name == "새 위원"
    assert not user.has_usable_password()
    assert cast.membership(user).organisation == cast.supplying


def test_a_new_account_needs_a_name(cast, browse, answers):
    new = {**answers, "email": "new@council.example", "make_account": "on"}
    assert browse(cast.secretary).post(url("appoint", cast.council), new).context["form"].errors.keys() == {"name"}


def test_a_refused_appointment_leaves_neither_account_nor_seat_behind(cast, browse, answers):
    seats = cast.council.seats.count()
    late = str(cast.today + dt.timedelta(days=365 * 10))
    new = {**answers, "email": "new@council.example", "make_account": "on", "name": "새 위원", "ends_on": late}
    page = browse(cast.secretary).post(url("appoint", cast.council), new)
    assert page.context["form"].errors.keys() == {"ends_on"}
    assert not User.objects.filter(email="new@council.example").exists()
    assert cast.council.seats.count() == seats


def test_a_seat_that_is_taken_in_that_time_is_refused_with_what_was_typed(cast, browse, answers):
    seat = people.create_seat(cast.council, sector="supplier", by=cast.secretary)
    later = cast.today + dt.timedelta(days=30)
    people.appoint(
        cast.council,
        user=cast.adopter,
        organisation=cast.supplying,
        role="member",
        seat=seat,
        starts_on=later,
        ends_on=later + dt.timedelta(days=30),
        by=cast.secretary,
    )
    page = browse(cast.secretary).post(url("appoint", cast.council), {**answers, "seat": str(seat.pk)})
    [problem] = page.context["form"].non_field_errors()
    assert "도입 대표" in problem
    assert page.context["form"]["email"].value() == "Stranger@Council.example"


def test_who_is_appointed_for_later_is_shown_to_those_who_run_the_council_alone(cast, browse, answers):
    later = cast.today + dt.timedelta(days=30)
    browse(cast.secretary).post(
        url("appoint", cast.council), {**answers, "starts_on": str(later), "ends_on": str(later + dt.timedelta(days=9))}
    )
    assert "외부인" in browse(cast.secretary).get(url("members", cast.council)).content.decode()
    assert "외부인" not in browse(cast.supplier).get(url("members", cast.council)).content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_the_number_of_queries_of_the_appointment_does_not_grow(cast, browse, django_assert_max_num_queries, number):
    for each in range(number):
        Organisation.objects.create(name=f"기관 {each}", kind="supplier")
        people.create_seat(cast.council, sector="supplier", by=cast.secretary)
    browser = browse(cast.secretary)
    with django_assert_max_num_queries(9):
        browser.get(url("appoint", cast.council))


# --- Dismissing


def test_a_membership_is_ended_with_a_reason(cast, browse):
    membership = cast.membership(cast.supplier)
    browser = browse(cast.secretary)
    assert browser.get(url("dismiss", membership)).status_code == 200
    answer = browser.post(url("dismiss", membership), {"reason": "사임"})
    assert answer.headers["Location"] == url("members", cast.council)
    membership.refresh_from_db()
    assert (membership.dismissed_on, membership.dismissal_reason) == (clock.today(), "사임")
    assert browse(cast.supplier).get(url("members", cast.council)).status_code == 404


def test_without_a_reason_nobody_is_dismissed(cast, browse):
    membership = cast.membership(cast.supplier)
    page = browse(cast.secretary).post(url("dismiss", membership), {"reason": " "})
    assert page.context["form"].errors.keys() == {"reason"}
    membership.refresh_from_db()
    assert membership.dismissed_on is None


def test_what_has_ended_cannot_be_ended_again(cast, browse):
    membership = cast.membership(cast.supplier)
    people.dismiss(membership, reason="사임", by=cast.secretary)
    page = browse(cast.secretary).post(url("dismiss", membership), {"reason": "다시"})
    assert page.context["form"].non_field_errors()


def test_the_secretary_changes_the_rules_on_a_page(cast, browse):
    page = browse(cast.secretary)
    address = reverse("web:revise_rules", args=[cast.council.pk])
    rules = {name: value for name, value in page.get(address).context["form"].initial.items() if value is not False}
    page.post(address, rules | {"correction_days": "10"})
    cast.council.refresh_from_db()
    assert (cast.council.correction_days, cast.council.alternates_vote) == (10, True)
    assert browse(cast.supplier).get(address).status_code == 403
