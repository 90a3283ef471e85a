"""Seats, terms, appointment and dismissal."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from council.core import clock
from council.core.errors import Refused
from council.people import actions
from council.people.models import Council, Membership, Organisation, Share
from tests.cast import Cast, account


def appoint(cast, **fields):
    return actions.appoint(
        cast.council,
        **{
            "user": cast.stranger,
            "organisation": cast.supplying,
            "role": "member",
            "ends_on": cast.today + dt.timedelta(days=300),
            "by": cast.secretary,
            **fields,
        },
    )


def free_seat(cast, **fields):
    return actions.create_seat(cast.council, sector="supplier", by=cast.secretary, **fields)


def test_an_appointed_member_sees_the_council_and_a_stranger_does_not(cast):
    assert not Council.objects.visible_to(cast.stranger).exists()
    appoint(cast, seat=free_seat(cast))
    assert Council.objects.visible_to(cast.stranger).get() == cast.council


def test_a_member_needs_a_seat(cast):
    with pytest.raises(ValidationError) as refusal:
        appoint(cast)
    assert list(refusal.value.message_dict) == ["seat"]


def test_an_observer_needs_none_and_takes_the_sector_of_the_organisation(cast):
    assert appoint(cast, role="observer").sector == "supplier"


def test_a_term_is_at_most_as_long_as_the_rules_say(cast):
    seat = free_seat(cast)
    three_years = cast.today.replace(year=cast.today.year + 3)
    with pytest.raises(ValidationError, match="3"):
        appoint(cast, seat=seat, ends_on=three_years)
    appoint(cast, seat=seat, ends_on=three_years - dt.timedelta(days=1))


def test_a_term_without_end_is_for_ex_officio_seats_only(cast):
    with pytest.raises(ValidationError):
        appoint(cast, seat=free_seat(cast), ends_on=None)
    assert appoint(cast, seat=free_seat(cast, ex_officio=True), ends_on=None).ends_on is None


def test_two_people_cannot_hold_one_seat_at_once(cast):
    seat = free_seat(cast)
    appoint(cast, seat=seat)
    with pytest.raises(Refused, match="외부인"):
        appoint(cast, seat=seat, user=account("other", "다른 사람"))


def test_a_seat_is_free_again_after_its_holder_was_dismissed(cast):
    seat = free_seat(cast)
    actions.dismiss(appoint(cast, seat=seat), reason="직위 변경", by=cast.secretary)
    assert appoint(cast, seat=seat, user=account("other", "다른 사람")).seat == seat


def test_a_term_that_ends_with_today_runs_to_the_end_of_the_day_in_seoul(cast):
    membership = appoint(cast, seat=free_seat(cast), ends_on=cast.today)
    last_second = clock.end_of_day(cast.today)
    with clock.at(last_second):
        assert membership in Membership.objects.current()
    with clock.at(last_second + dt.timedelta(seconds=1)):
        assert membership not in Membership.objects.current()


def test_a_dismissal_needs_a_reason_and_ends_the_membership_at_once(cast):
    membership = cast.membership(cast.supplier)
    with pytest.raises(ValidationError):
        actions.dismiss(membership, reason=" ", by=cast.secretary)
    actions.dismiss(membership, reason="사임", by=cast.secretary)
    assert not Council.objects.visible_to(cast.supplier).exists()
    with pytest.raises(Refused):
        actions.dismiss(membership, reason="사임", by=cast.secretary)


def test_the_database_refuses_a_dismissal_without_reason_too(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=cast.supplier).update(dismissed_on=cast.today)


def test_a_plain_member_appoints_nobody(cast):
    with pytest.raises(PermissionDenied):
        appoint(cast, role="observer", by=cast.supplier)


def test_a_seat_of_another_council_is_refused(cast):
    other = actions.establish_council(by=cast.operator, name="다른 협의체", operator=cast.ministry)
    seat = actions.create_seat(other, sector="supplier", by=cast.operator)
    with pytest.raises(ValidationError, match=r"another council|다른 협의체"):
        appoint(cast, seat=seat)


def test_one_person_may_hold_seats_for_two_organisations(cast):
    appoint(cast, user=cast.supplier, organisation=cast.adopting, seat=free_seat(cast))
    held = Membership.objects.current().filter(user=cast.supplier)
    assert {membership.organisation for membership in held} == {cast.supplying, cast.adopting}


def test_seats_are_numbered_in_the_order_they_come(cast):
    first, second = free_seat(cast), free_seat(cast)
    assert second.number == first.number + 1


def test_a_level_needs_its_source_and_date(cast):
    with pytest.raises(ValidationError):
        actions.register_organisation(by=cast.secretary, name="수준 기업", kind="adopter", level_id="kosmo4-basic")


def test_a_business_number_is_entered_once(cast):
    actions.register_organisation(by=cast.secretary, name="가", kind="adopter", business_number="124-81-00998")
    with pytest.raises(ValidationError) as refusal:
        actions.register_organisation(by=cast.secretary, name="나", kind="adopter", business_number="1248100998")
    assert list(refusal.value.message_dict) == ["business_number"]
    assert Organisation.objects.get(name="가").business_number_formatted == "124-81-00998"


@pytest.mark.parametrize(
    ("share", "total", "needed"),
    [
        (Share.MAJORITY, 10, 6),
        (Share.MAJORITY, 11, 6),
        (Share.HALF, 11, 6),
        (Share.HALF, 10, 5),
        (Share.TWO_THIRDS, 10, 7),
        (Share.TWO_THIRDS, 9, 6),
    ],
)
def test_a_quorum_is_counted_as_the_rules_say(share: Share, total: int, needed: int):
    assert share.needed(total) == needed


def test_the_secretary_changes_the_rules_and_nothing_else(cast: Cast):
    actions.revise_rules(cast.council, quorum="two_thirds", below_quorum="agenda", name="다른 이름", by=cast.secretary)
    cast.council.refresh_from_db()
    assert (cast.council.quorum, cast.council.below_quorum) == ("two_thirds", "agenda")
    assert cast.council.name == "디지털 제조혁신 협의체"


def test_a_rule_that_cannot_be_is_named(cast: Cast):
    with pytest.raises(ValidationError) as refused:
        actions.revise_rules(cast.council, quorum="everyone", by=cast.secretary)
    assert set(refused.value.error_dict) == {"quorum"}
