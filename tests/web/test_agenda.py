"""The pages on which an agenda is ordered, and on which its items go on elsewhere."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from council.core import clock
from council.meetings import actions
from council.meetings.models import AgendaItem, Meeting, Paper, Referral
from council.people import actions as people
from council.web.gathered.ordering import moved, written


def url(name: str, thing) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


@pytest.fixture
def meeting(cast) -> Meeting:
    """In preparation, with three items."""
    meeting = cast.planned_meeting()
    for title in ("둘째", "셋째"):
        cast.item(meeting, title=title)
    return meeting


def titles(meeting: Meeting) -> list[str]:
    return [f"{item.number} {item.title}" for item in meeting.items.order_by("position")]


def step(meeting: Meeting, item: AgendaItem, direction: str, **more) -> dict[str, str]:
    return {"seen": written(actions.arrangement(meeting)), "move": f"{direction}:{item.pk}", **more}


# --- Order


def test_an_item_is_moved_with_its_buttons_without_script(cast, browse, meeting):
    browser, second = browse(cast.secretary), meeting.items.get(title="둘째")
    page = url("order_agenda", meeting)
    for direction, order in (
        ("up", ["1 둘째", "2 전략(안) 토의", "3 셋째"]),
        ("down", ["1 전략(안) 토의", "2 둘째", "3 셋째"]),
        ("in", ["1 전략(안) 토의", "1-1 둘째", "2 셋째"]),
        ("in", ["1 전략(안) 토의", "1-1 둘째", "2 셋째"]),
        ("out", ["1 전략(안) 토의", "2 둘째", "3 셋째"]),
        ("out", ["1 전략(안) 토의", "2 둘째", "3 셋째"]),
    ):
        assert browser.post(page, step(meeting, second, direction)).headers["Location"] == page
        assert titles(meeting) == order


def test_a_dragged_item_comes_with_the_whole_order(cast, browse, meeting):
    first, second, third = meeting.items.order_by("position")
    order = written([(third.pk, None), (first.pk, third.pk), (second.pk, None)])
    sent = {"seen": written(actions.arrangement(meeting)), "order": order, "item": str(third.pk)}
    answer = browse(cast.secretary).post(url("order_agenda", meeting), sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "“셋째”" in answer.content.decode()
    assert titles(meeting) == ["1 셋째", "1-1 전략(안) 토의", "2 둘째"]


def test_an_order_made_on_an_older_agenda_is_refused(cast, browse, meeting):
    stale = step(meeting, meeting.items.get(title="셋째"), "up")
    cast.item(meeting, title="넷째")
    answer = browse(cast.secretary).post(url("order_agenda", meeting), stale, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert titles(meeting)[-1] == "4 넷째"


def test_a_fourth_level_is_refused_in_words(cast, browse, meeting):
    first, second, third = meeting.items.order_by("position")
    actions.order_items(meeting, order=[(first.pk, None), (second.pk, first.pk), (third.pk, second.pk)], by=cast.chair)
    fourth = cast.item(meeting, title="넷째", parent=second)
    answer = browse(cast.secretary).post(
        url("order_agenda", meeting), step(meeting, fourth, "in"), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("sent", [{}, {"seen": "x"}, {"order": "1:2"}, {"move": "up:"}])
def test_what_is_no_order_is_bad_input(cast, browse, meeting, sent):
    assert browse(cast.secretary).post(url("order_agenda", meeting), sent).status_code == 400


def test_members_order_nothing(cast, browse):
    meeting = cast.meeting()
    assert browse(cast.supplier).get(url("order_agenda", meeting)).status_code == 403
    assert browse(cast.stranger).get(url("order_agenda", meeting)).status_code == 404


def test_a_step_takes_the_parts_along():
    a, b, c, d = (uuid4() for _number in range(4))
    order = [(a, None), (b, a), (c, None), (d, None)]
    assert moved(order, a, "down") == [(c, None), (a, None), (b, a), (d, None)]
    assert moved(order, c, "in") == [(a, None), (b, a), (c, a), (d, None)]
    assert moved(order, b, "out") == [(a, None), (b, None), (c, None), (d, None)]
    assert moved(order, a, "up") == order


def test_an_agenda_that_is_too_long_is_said_to_those_who_can_change_it(cast, browse):
    meeting = cast.planned_meeting()
    cast.item(meeting, title="긴 안건", minutes_planned=130)
    actions.convene(meeting, by=cast.secretary)
    assert browse(cast.secretary).get(meeting.get_absolute_url()).context["minutes_over"] == 20
    assert browse(cast.supplier).get(meeting.get_absolute_url()).context["minutes_over"] == 0
    assert browse(cast.secretary).get(url("order_agenda", meeting)).context["minutes_over"] == 20


# --- Papers


def test_a_paper_is_taken_off_the_table(cast, browse, meeting):
    item = meeting.items.first()
    paper = actions.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    address = reverse("web:remove_paper", args=[paper.pk])
    assert browse(cast.supplier).post(address).status_code == 404  # members see nothing of what is in preparation
    assert address in browse(cast.secretary).get(meeting.get_absolute_url()).content.decode()
    assert browse(cast.secretary).post(address).headers["Location"] == item.get_absolute_url()
    assert not Paper.objects.exists()


# --- Carried over and forwarded


def test_an_item_goes_on_at_a_later_meeting_and_says_so(cast, browse):
    meeting, later = cast.meeting(), cast.planned_meeting(days=40, title="제2차 전체회의")
    item = meeting.items.get()
    browser = browse(cast.secretary)
    assert browser.get(url("carry_over", item)).context["form"].fields["to"].queryset.get() == later
    assert browser.post(url("carry_over", item), {"to": later.pk}).headers["Location"] == item.get_absolute_url()
    carried = later.items.get(carried_from=item)
    assert carried.get_absolute_url() in browser.get(meeting.get_absolute_url()).content.decode()
    seen_by_member = browse(cast.supplier).get(meeting.get_absolute_url()).content.decode()
    assert later.title not in seen_by_member
    assert url("carry_over", item) not in seen_by_member


def test_an_item_is_forwarded_taken_up_and_returned_and_shows_its_fate(cast, browse):
    subcommittee = people.form_subcommittee(
        cast.council, name="데이터 분과", members=[cast.membership(cast.supplier)], by=cast.secretary
    )
    meeting = cast.meeting()
    item, browser = meeting.items.get(), browse(cast.secretary)
    answer = browser.post(url("forward_item", item), {"body": subcommittee.pk, "request": "세부안을 만들어 주십시오."})
    referral = Referral.objects.get()
    assert answer.headers["Location"] == referral.get_absolute_url()
    assert referral.get_absolute_url() in browser.get(url("referrals", cast.council)).content.decode()

    inner = cast.planned_meeting(kind="subcommittee", subcommittee=subcommittee)
    answer = browser.post(referral.get_absolute_url(), {"meeting": inner.pk})
    assert answer.headers["Location"] == inner.items.get(referred_from=referral).get_absolute_url()
    browser.post(url("return_referral", referral), {"result": "세부안을 마련했습니다."})
    seen = browse(cast.adopter).get(referral.get_absolute_url()).content.decode()
    assert "세부안을 마련했습니다." in seen
    assert url("return_referral", referral) not in seen
    assert referral.get_absolute_url() in browse(cast.adopter).get(meeting.get_absolute_url()).content.decode()


def test_members_forward_and_return_nothing(cast, browse):
    subcommittee = people.form_subcommittee(cast.council, name="분과", by=cast.secretary)
    item = cast.meeting().items.get()
    referral = actions.forward(item, subcommittee=subcommittee, request="검토", by=cast.secretary)
    for address in (url("forward_item", item), url("return_referral", referral)):
        assert browse(cast.supplier).post(address, {}).status_code == 403
        assert browse(cast.stranger).post(address, {}).status_code == 404
    assert browse(cast.supplier).post(referral.get_absolute_url(), {}).status_code == 403


def test_the_officers_of_another_council_see_what_came_to_them(cast, browse):
    council = people.establish_council(by=cast.operator, name="상생 협의체", operator=cast.ministry)
    secretary = cast.member("elsewhere", "남의 간사", cast.ministry, role="secretary", seated=False, council=council)
    item = cast.meeting().items.get()
    browser = browse(cast.secretary)
    browser.post(url("forward_item", item), {"body": council.pk, "request": "검토 요청"})
    referral = Referral.objects.get()
    page = browse(secretary).get(url("referrals", council))
    assert page.context["waiting"] == [referral]
    shown = browse(secretary).get(referral.get_absolute_url()).content.decode()
    assert item.title in shown
    assert item.get_absolute_url() not in shown
    assert browse(cast.secretary).get(url("referrals", council)).status_code == 404
    assert list(browse(cast.secretary).get(url("referrals", cast.council)).context["sent"]) == [referral]


# --- Series, copies, templates


@pytest.fixture
def series(cast) -> dict[str, str]:
    day = clock.today() + dt.timedelta(days=10)
    return {
        "name": "정례회의",
        "rhythm": "weekly",
        "count": "3",
        "kind": "plenary",
        "mode": "in_person",
        "starts_at": f"{day}T14:00",
        "ends_at": f"{day}T16:00",
        "place": "세종",
    }


def test_a_series_is_shown_before_it_is_planned(cast, browse, series):
    browser, address = browse(cast.secretary), url("plan_series", cast.council)
    shown = browser.post(address, {**series, "step": "preview"})
    assert [f"{day.astimezone(clock.SEOUL):%H:%M}" for day in shown.context["days"]] == ["14:00"] * 3
    assert not Meeting.objects.exists()
    answer = browser.post(address, {**series, "step": "plan"})
    assert answer.status_code == 302
    planned = browser.get(answer.headers["Location"]).context["planned"]
    assert [each.title for each in planned] == [f"정례회의 ({number}/3)" for number in (1, 2, 3)]


@pytest.mark.parametrize(("wrong", "where"), [({"count": "1"}, "count"), ({"ends_at": ""}, "ends_at")])
def test_what_is_wrong_with_a_series_stands_beside_its_field(cast, browse, series, wrong, where):
    page = browse(cast.secretary).post(url("plan_series", cast.council), {**series, **wrong, "step": "plan"})
    assert where in page.context["form"].errors
    assert not Meeting.objects.exists()


def test_a_meeting_is_copied_kept_as_a_template_and_planned_from_it(cast, browse, meeting):
    browser = browse(cast.secretary)
    starts_at = f"{clock.today() + dt.timedelta(days=60)}T10:00"
    browser.post(url("copy_meeting", meeting), {"title": "사본", "starts_at": starts_at})
    assert Meeting.objects.get(title="사본").items.count() == 3
    browser.post(url("keep_meeting_template", meeting), {"name": "전체회의"})
    [template] = browser.get(url("meeting_templates", cast.council)).context["templates"]
    browser.post(url("plan_from_template", template), {"title": "틀에서", "starts_at": starts_at})
    assert Meeting.objects.get(title="틀에서").items.count() == 3
    browser.post(url("remove_meeting_template", template))
    assert not browser.get(url("meeting_templates", cast.council)).context["templates"]


@pytest.mark.parametrize("name", ["plan_series", "meeting_templates"])
def test_members_plan_nothing(cast, browse, name):
    assert browse(cast.supplier).get(url(name, cast.council)).status_code == 403
    assert browse(cast.stranger).get(url(name, cast.council)).status_code == 404


@pytest.mark.parametrize("name", ["copy_meeting", "keep_meeting_template"])
def test_members_copy_nothing(cast, browse, name):
    meeting = cast.meeting()
    assert browse(cast.supplier).get(url(name, meeting)).status_code == 403
    assert browse(cast.stranger).get(url(name, meeting)).status_code == 404


def test_the_list_is_narrowed_to_a_kind_or_a_series_and_begins_with_what_is_in_session(cast, browse):
    first, running = cast.meeting(days=9, title="뒤"), cast.meeting(days=12, title="진행 중")
    Meeting.objects.filter(pk=running.pk).update(state="running", opened_at=clock.now())
    browser, address = browse(cast.supplier), url("meetings", cast.council)
    page = browser.get(address)
    assert [each for each, _answer in page.context["upcoming"]] == [running, first]
    assert url("live", running) in page.content.decode()
    assert not browser.get(address, {"kind": "written"}).context["upcoming"]
