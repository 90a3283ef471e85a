"""Meetings that come back: series, copies, templates."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.meetings import actions
from council.meetings.models import MeetingTemplate, Series
from council.meetings.rhythm import dates
from council.people import actions as people


def seoul(*when: int) -> dt.datetime:
    year, month, day, *time = when
    return dt.datetime.combine(dt.date(year, month, day), dt.time(*time), tzinfo=clock.SEOUL)


def days(*args) -> list[str]:
    return [f"{moment.astimezone(clock.SEOUL):%m-%d %H:%M}" for moment in dates(*args)]


# --- Rhythm


def test_weeks_are_seven_days_at_the_same_hour_in_seoul():
    assert days(seoul(2023, 9, 5, 14), "weekly", 3) == ["09-05 14:00", "09-12 14:00", "09-19 14:00"]
    assert days(seoul(2023, 9, 5, 14), "fortnightly", 3) == ["09-05 14:00", "09-19 14:00", "10-03 14:00"]


def test_every_month_is_the_same_weekday_of_the_same_week():
    assert days(seoul(2023, 9, 5, 14), "monthly", 4) == ["09-05 14:00", "10-03 14:00", "11-07 14:00", "12-05 14:00"]
    assert days(seoul(2023, 11, 8, 10), "quarterly", 3) == ["11-08 10:00", "02-14 10:00", "05-08 10:00"]


def test_a_fifth_week_is_the_last_one():
    assert days(seoul(2023, 8, 29, 14), "monthly", 3) == ["08-29 14:00", "09-26 14:00", "10-31 14:00"]


def test_the_weekday_is_the_one_in_seoul():
    """Early on a Tuesday in Seoul it is still Monday in UTC."""
    first = seoul(2023, 9, 5, 7).astimezone(dt.UTC)
    assert {moment.astimezone(clock.SEOUL).weekday() for moment in dates(first, "monthly", 12)} == {1}


# --- Series


def plan(cast, **fields):
    starts_at = clock.now() + dt.timedelta(days=10)
    return actions.plan_series(
        cast.council,
        **{
            "name": "정례회의",
            "rhythm": "monthly",
            "count": 4,
            "starts_at": starts_at,
            "ends_at": starts_at + dt.timedelta(hours=2),
            "place": "중회의실",
            "by": cast.secretary,
            **fields,
        },
    )


def test_a_series_is_planned_in_one_step(cast):
    series = plan(cast)
    meetings = list(series.meetings.order_by("starts_at"))
    assert [each.title for each in meetings] == [f"정례회의 ({number}/4)" for number in (1, 2, 3, 4)]
    assert {(each.place, each.ends_at - each.starts_at) for each in meetings} == {("중회의실", dt.timedelta(hours=2))}
    assert len({each.starts_at.astimezone(clock.SEOUL).time() for each in meetings}) == 1


@pytest.mark.parametrize("count", [0, 1, 25])
def test_a_series_is_neither_one_meeting_nor_endless(cast, count):
    with pytest.raises(ValidationError):
        plan(cast, count=count)


def test_a_series_with_an_impossible_meeting_leaves_nothing(cast):
    with pytest.raises(ValidationError):
        plan(cast, kind="subcommittee")
    assert not Series.objects.exists()


def test_members_plan_no_series(cast):
    with pytest.raises(PermissionDenied):
        plan(cast, by=cast.supplier)


# --- Copies


def test_a_copy_has_the_same_agenda_and_nothing_dealt_with(cast):
    meeting = cast.meeting(capacity=30)
    part = cast.item(meeting, title="세부", parent=meeting.items.get())
    actions.add_paper(part, attachment=cast.attachment(), by=cast.secretary)
    actions.revise_item(part, state="done", by=cast.secretary)
    later = meeting.starts_at + dt.timedelta(days=30)
    copy = actions.copy_meeting(meeting, starts_at=later, title="제2차 전체회의", by=cast.secretary)
    assert (copy.title, copy.state, copy.capacity, copy.ends_at - later) == (
        "제2차 전체회의",
        "planned",
        30,
        dt.timedelta(hours=2),
    )
    assert [(item.number, item.title, item.state) for item in copy.items.all()] == [
        ("1", "전략(안) 토의", "planned"),
        ("1-1", "세부", "planned"),
    ]
    assert not copy.items.filter(papers__isnull=False).exists()
    with_papers = actions.copy_meeting(meeting, starts_at=later, papers=True, by=cast.secretary)
    assert with_papers.items.get(papers__isnull=False).title == "세부"


def test_members_copy_nothing(cast):
    meeting = cast.meeting()
    with pytest.raises(PermissionDenied):
        actions.copy_meeting(meeting, starts_at=meeting.ends_at, by=cast.supplier)


# --- Templates


def test_a_meeting_is_planned_from_a_template(cast):
    subcommittee = people.form_subcommittee(
        cast.council, name="데이터 분과", members=[cast.membership(cast.supplier)], by=cast.secretary
    )
    meeting = cast.planned_meeting(kind="subcommittee", subcommittee=subcommittee, closed=True)
    cast.item(meeting, title="세부", parent=meeting.items.get(), minutes_planned=25)
    template = actions.keep_template(meeting, name="분과회의", by=cast.secretary)
    starts_at = clock.now() + dt.timedelta(days=40)
    until = starts_at - dt.timedelta(days=14)
    made = actions.plan_from_template(
        template, starts_at=starts_at, title="제3차 분과회의", proposals_until=until, by=cast.chair
    )
    assert (made.title, made.subcommittee, made.closed, made.proposals_until, made.ends_at - starts_at) == (
        "제3차 분과회의",
        subcommittee,
        True,
        until,
        dt.timedelta(hours=2),
    )
    assert [(item.number, item.title, item.minutes_planned) for item in made.items.all()] == [
        ("1", "전략(안) 토의", 10),
        ("1-1", "세부", 25),
    ]


def test_a_template_has_a_name_of_its_own_and_can_be_thrown_away(cast):
    meeting = cast.planned_meeting()
    template = actions.keep_template(meeting, name="전체회의", by=cast.secretary)
    with pytest.raises(ValidationError):
        actions.keep_template(meeting, name="전체회의", by=cast.secretary)
    with pytest.raises(PermissionDenied):
        actions.remove_template(template, by=cast.supplier)
    actions.remove_template(template, by=cast.chair)
    assert not MeetingTemplate.objects.exists()


def test_templates_are_for_those_who_run_the_council(cast):
    meeting = cast.meeting()
    with pytest.raises(PermissionDenied):
        actions.keep_template(meeting, name="전체회의", by=cast.supplier)
    template = actions.keep_template(meeting, name="전체회의", by=cast.secretary)
    assert not MeetingTemplate.objects.visible_to(cast.supplier).exists()
    with pytest.raises(PermissionDenied):
        actions.plan_from_template(template, starts_at=clock.now(), by=cast.supplier)
