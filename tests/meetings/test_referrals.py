"""What becomes of an item beyond its meeting: carried over, or forwarded to another body."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile

from council.core import clock
from council.core.errors import Refused
from council.meetings import actions
from council.meetings.models import AgendaItem, Referral
from council.meetings.models.agenda import receivers
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.people import actions as people


def told(user, verb: str) -> int:
    while notifications.dispatch():
        pass
    return Notification.objects.filter(recipient=user, entry__verb=verb, channel="screen").count()


@pytest.fixture
def held(cast):
    """A meeting that is over; its item was postponed."""
    meeting = cast.meeting()
    cast.item(meeting, title="남은 안건")
    with clock.at(meeting.ends_at + dt.timedelta(hours=1)):
        actions.close(meeting, by=cast.secretary)
    meeting.items.filter(title="남은 안건").update(state="postponed")
    meeting.items.exclude(title="남은 안건").update(state="done")
    return meeting


@pytest.fixture
def later(cast):
    return cast.planned_meeting(days=40, title="제2차 전체회의")


# --- Carried over


def test_what_was_not_dealt_with_goes_on_with_its_papers(cast, held, later):
    item = held.items.get(title="남은 안건")
    attachment = cast.attachment()
    actions.add_paper(item, attachment=attachment, by=cast.secretary)
    carried = actions.carry_over(item, to=later, by=cast.secretary)
    assert (carried.meeting, carried.title, carried.number, carried.carried_from) == (later, "남은 안건", "2", item)
    assert [paper.attachment for paper in carried.papers.all()] == [attachment]
    item.refresh_from_db()
    assert (item.state, item.carried_to) == ("postponed", carried)


def test_the_parts_that_were_not_dealt_with_go_along(cast, later):
    meeting = cast.planned_meeting()
    upper = meeting.items.get()
    done, left = (cast.item(meeting, title=title, parent=upper) for title in ("끝난 것", "남은 것"))
    actions.revise_item(done, state="done", by=cast.secretary)
    carried = actions.carry_over(upper, to=later, by=cast.secretary)
    assert [part.title for part in carried.children.all()] == ["남은 것"]
    left.refresh_from_db()
    assert left.state == "postponed"


def test_an_item_goes_on_once_and_only_if_it_was_not_dealt_with(cast, held, later):
    with pytest.raises(Refused):
        actions.carry_over(held.items.get(state="done"), to=later, by=cast.secretary)
    item = held.items.get(state="postponed")
    actions.carry_over(item, to=later, by=cast.secretary)
    with pytest.raises(Refused):
        actions.carry_over(item, to=cast.planned_meeting(days=50), by=cast.secretary)


def test_an_item_stays_with_its_body_and_goes_to_a_meeting_to_come(cast, held, later):
    item = held.items.get(state="postponed")
    subcommittee = people.form_subcommittee(cast.council, name="분과", by=cast.secretary)
    other = cast.planned_meeting(kind="subcommittee", subcommittee=subcommittee)
    with pytest.raises(ValidationError):
        actions.carry_over(item, to=other, by=cast.secretary)
    with pytest.raises(ValidationError):
        actions.carry_over(item, to=held, by=cast.secretary)
    actions.cancel(later, reason="취소", by=cast.secretary)
    with pytest.raises(Refused):
        actions.carry_over(item, to=later, by=cast.secretary)
    with pytest.raises(PermissionDenied):
        actions.carry_over(item, to=later, by=cast.supplier)


# --- Forwarded


@pytest.fixture
def other(cast):
    """Another council of the ministry, with a secretary of its own and a meeting in preparation."""
    council = people.establish_council(by=cast.operator, name="상생 협의체", operator=cast.ministry)
    secretary = cast.member("elsewhere", "남의 간사", cast.ministry, role="secretary", seated=False, council=council)
    member = cast.member("guest", "남의 위원", cast.adopting, council=council)
    starts_at = clock.now() + dt.timedelta(days=20)
    meeting = actions.plan_meeting(
        council, title="상생회의", starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1), by=secretary
    )
    return SimpleNamespace(council=council, secretary=secretary, member=member, meeting=meeting)


def test_the_officers_of_the_other_body_hear_and_see_what_is_asked(cast, other):
    item = cast.meeting().items.get()
    referral = actions.forward(item, council=other.council, request="상생 방안을 검토해 주십시오.", by=cast.secretary)
    assert told(other.secretary, "referral.forwarded") == 1
    assert referral in Referral.objects.visible_to(other.secretary)
    assert referral in Referral.objects.visible_to(cast.supplier)
    assert referral not in Referral.objects.visible_to(other.member)
    assert item not in AgendaItem.objects.visible_to(other.secretary)


def test_the_other_body_takes_it_up_with_copies_of_its_files_and_returns_it(cast, other):
    item = cast.meeting().items.get()
    actions.add_paper_file(item, file=ContentFile("자료".encode(), name="자료.txt"), by=cast.secretary)
    actions.add_paper(item, version=cast.version(), by=cast.secretary)
    referral = actions.forward(item, council=other.council, request="검토 요청", by=cast.secretary)
    taken = actions.take_up_referral(referral, meeting=other.meeting, by=other.secretary)
    assert taken.note.startswith("검토 요청")
    [paper] = taken.papers.all()
    assert (paper.attachment.council, paper.attachment.name) == (other.council, "자료.txt")
    with paper.attachment.file.open() as file:
        assert file.read() == "자료".encode()
    assert told(cast.secretary, "referral.taken_up") == 1
    returned = actions.return_referral(referral, result="공동 사업으로 추진합니다.", by=other.secretary)
    assert (returned.state, returned.result) == ("returned", "공동 사업으로 추진합니다.")
    assert told(cast.secretary, "referral.returned") == 1
    with pytest.raises(Refused):
        actions.return_referral(referral, result="다시", by=other.secretary)


def test_the_other_body_may_return_it_undone_with_a_reason(cast, other):
    referral = actions.forward(cast.meeting().items.get(), council=other.council, request="검토", by=cast.secretary)
    with pytest.raises(ValidationError):
        actions.return_referral(referral, result=" ", declined=True, by=other.secretary)
    assert (
        actions.return_referral(referral, result="소관이 아닙니다.", declined=True, by=other.secretary).state
        == "declined"
    )
    with pytest.raises(Refused):
        actions.take_up_referral(referral, meeting=other.meeting, by=other.secretary)
    assert actions.forward(referral.item, council=other.council, request="다시 검토", by=cast.secretary).state == "sent"


def test_only_those_who_run_the_other_council_act_on_it(cast, other):
    referral = actions.forward(cast.meeting().items.get(), council=other.council, request="검토", by=cast.secretary)
    for someone in (cast.secretary, other.member, cast.stranger):
        with pytest.raises(PermissionDenied):
            actions.take_up_referral(referral, meeting=other.meeting, by=someone)
        with pytest.raises(PermissionDenied):
            actions.return_referral(referral, result="…", by=someone)


def test_a_subcommittee_gets_the_papers_themselves_and_gives_its_result_to_the_plenary(cast):
    subcommittee = people.form_subcommittee(
        cast.council, name="데이터 분과", members=[cast.membership(cast.supplier)], by=cast.secretary
    )
    item = cast.meeting().items.get()
    version = cast.version()
    actions.add_paper(item, version=version, by=cast.secretary)
    referral = actions.forward(item, subcommittee=subcommittee, request="세부안", by=cast.secretary)
    plenary = cast.planned_meeting(days=30)
    with pytest.raises(ValidationError):
        actions.take_up_referral(referral, meeting=plenary, by=cast.secretary)
    meeting = cast.planned_meeting(kind="subcommittee", subcommittee=subcommittee)
    taken = actions.take_up_referral(referral, meeting=meeting, by=cast.secretary)
    assert [paper.version for paper in taken.papers.all()] == [version]
    assert (
        actions.forward(taken, council=cast.council, request="보고합니다.", by=cast.secretary).to_council
        == cast.council
    )


def test_an_item_is_with_a_body_once_and_not_with_its_own(cast, other):
    item = cast.meeting().items.get()
    actions.forward(item, council=other.council, request="검토", by=cast.secretary)
    for wrong in (
        {"council": other.council, "request": "또"},
        {"council": cast.council, "request": "우리"},
        {"request": "누구?"},
        {"council": people.establish_council(by=cast.operator, name="셋째", operator=cast.ministry), "request": " "},
    ):
        with pytest.raises(ValidationError):
            actions.forward(item, by=cast.secretary, **wrong)
    with pytest.raises(PermissionDenied):
        actions.forward(item, council=other.council, request="위원이", by=cast.supplier)


def test_it_waits_again_when_the_item_it_became_leaves_the_agenda(cast, other):
    referral = actions.forward(cast.meeting().items.get(), council=other.council, request="검토", by=cast.secretary)
    taken = actions.take_up_referral(referral, meeting=other.meeting, by=other.secretary)
    actions.remove_item(taken, by=other.secretary)
    referral.refresh_from_db()
    assert (referral.state, referral.taken_up_as) == ("sent", None)


def test_items_go_to_councils_of_the_same_house_or_ones_own(cast, other):
    item = cast.meeting().items.get()
    foreign = people.establish_council(by=cast.operator, name="남의 협의체", operator=cast.technopark)
    assert list(receivers(cast.secretary, item)) == [other.council]
    cast.member("secretary", "간사", cast.ministry, role="observer", seated=False, council=foreign)
    assert set(receivers(cast.secretary, item)) == {other.council, foreign}


def test_a_closed_item_is_not_read_through_its_way_to_others(cast, other):
    subcommittee = people.form_subcommittee(cast.council, name="분과", by=cast.secretary)
    meeting = cast.planned_meeting(
        kind="subcommittee", subcommittee=subcommittee, days=9, title="비공개 회의", closed=True
    )
    item = meeting.items.get()
    referral = actions.forward(item, council=other.council, request="비밀 요청", by=cast.secretary)
    assert referral not in Referral.objects.visible_to(cast.supplier)
    assert referral in Referral.objects.visible_to(cast.secretary)
