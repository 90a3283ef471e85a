"""Meetings: seen, prepared, convened, answered, held."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from council.core import clock
from council.documents.models import Attachment
from council.meetings import actions
from council.meetings.models import AgendaItem, Meeting, Paper
from council.web.gathered.agenda import agenda, schedule


def url(name: str, thing) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


def seoul(moment: dt.datetime) -> str:
    return f"{moment.astimezone(clock.SEOUL):%Y-%m-%dT%H:%M}"


@pytest.fixture
def planned(cast):
    """In preparation."""
    return cast.planned_meeting()


@pytest.fixture
def convened(cast):
    """Everyone is invited."""
    return cast.meeting()


# --- Who sees what


def test_members_see_a_convened_meeting_and_strangers_learn_nothing(cast, browse, convened):
    for page in (convened.get_absolute_url(), url("meetings", cast.council)):
        assert {browse(who).get(page).status_code for who in (cast.supplier, cast.secretary, cast.observer)} == {200}
        assert {browse(who).get(page).status_code for who in (cast.stranger, cast.expired)} == {404}
        assert browse(None).get(page).headers["Location"].startswith(reverse("account_login"))


def test_a_meeting_in_preparation_is_for_those_who_run_the_council(cast, browse, planned):
    assert browse(cast.chair).get(planned.get_absolute_url()).status_code == 200
    assert browse(cast.supplier).get(planned.get_absolute_url()).status_code == 404
    assert planned.title not in browse(cast.supplier).get(url("meetings", cast.council)).content.decode()
    assert planned.title in browse(cast.secretary).get(url("meetings", cast.council)).content.decode()


@pytest.mark.parametrize("name", ["revise_meeting", "convene", "cancel_meeting", "close_meeting", "add_item"])
def test_a_member_prepares_nothing(cast, browse, convened, name):
    assert browse(cast.supplier).post(url(name, convened)).status_code == 403
    assert browse(cast.stranger).post(url(name, convened)).status_code == 404


@pytest.mark.parametrize("name", ["revise_item", "remove_item", "add_paper"])
def test_a_member_does_not_touch_the_agenda(cast, browse, convened, name):
    item = convened.items.get()
    assert browse(cast.supplier).post(url(name, item)).status_code == 403
    assert browse(cast.stranger).post(url(name, item)).status_code == 404


@pytest.mark.parametrize("name", ["close_meeting", "remove_item"])
def test_what_changes_at_once_is_not_done_by_following_a_link(cast, browse, convened, name):
    thing = convened.items.get() if name == "remove_item" else convened
    assert browse(cast.secretary).get(url(name, thing)).status_code == 405


def test_a_member_is_offered_nothing_they_may_not_do(cast, browse, convened):
    text = browse(cast.supplier).get(convened.get_absolute_url()).content.decode()
    for name in ("revise_meeting", "cancel_meeting", "add_item"):
        assert url(name, convened) not in text
        assert url(name, convened) in browse(cast.secretary).get(convened.get_absolute_url()).content.decode()


# --- The list


def test_the_list_tells_what_comes_and_what_was(cast, browse, convened):
    browser = browse(cast.supplier)
    page = browser.get(url("meetings", cast.council))
    assert ([each for each, _answer in page.context["upcoming"]], page.context["past"].rows) == ([convened], [])
    with clock.at(clock.now() + dt.timedelta(days=20)):
        page = browser.get(url("meetings", cast.council))
        assert (page.context["upcoming"], page.context["past"].rows) == ([], [convened])


def test_the_list_shows_ones_own_answer(cast, browse, convened):
    actions.answer_invitation(cast.invitation(convened, cast.supplier), answer="declined", by=cast.supplier)
    [(_meeting, answer)] = browse(cast.supplier).get(url("meetings", cast.council)).context["upcoming"]
    assert answer == "declined"


def past_meetings(cast, number: int) -> None:
    """Held ones, several at the same time."""
    for each in range(number):
        cast.meeting(days=8 + each // 3)


def test_past_meetings_come_thirty_at_a_time_each_once(cast, browse):
    past_meetings(cast, 34)
    with clock.at(clock.now() + dt.timedelta(days=100)):
        browser = browse(cast.supplier)
        first = browser.get(url("meetings", cast.council)).context["past"]
        second = browser.get(url("meetings", cast.council) + first.next_url).context["past"]
    assert (len(first.rows), len(second.rows), second.next_url) == (30, 4, "")
    assert len({each.pk for each in [*first.rows, *second.rows]}) == 34


@pytest.mark.parametrize("number", [1, 30])
def test_the_number_of_queries_of_the_list_does_not_grow(cast, browse, django_assert_max_num_queries, number):
    past_meetings(cast, number)
    cast.planned_meeting()
    browser = browse(cast.secretary)
    with django_assert_max_num_queries(10):
        browser.get(url("meetings", cast.council))
    with clock.at(clock.now() + dt.timedelta(days=100)), django_assert_max_num_queries(10):
        browser.get(url("meetings", cast.council))


# --- The agenda


def minutes_after(meeting: Meeting, times):
    def since(moment):
        return (moment - meeting.starts_at).total_seconds() / 60

    return [(since(start), since(end)) for start, end in times]


def test_items_follow_one_another_and_parts_lie_within_their_whole(cast, planned):
    whole = cast.item(planned, title="둘", minutes_planned=20)
    cast.item(planned, title="둘-하나", parent=whole, minutes_planned=15)
    cast.item(planned, title="둘-둘", parent=whole, minutes_planned=15)
    cast.item(planned, title="셋", minutes_planned=5)
    cast.item(planned, title="시간 없음", minutes_planned=0)
    times = schedule(planned)
    items = planned.items.order_by("position")
    assert minutes_after(planned, [times[each.pk] for each in items if each.pk in times]) == [
        (0, 10),
        (10, 40),
        (10, 25),
        (25, 40),
        (40, 45),
    ]
    assert items.last().pk not in times


def test_a_review_in_writing_has_no_times(cast):
    assert schedule(cast.planned_meeting(kind="written")) == {}


def test_what_is_for_officers_only_is_hidden_and_still_takes_its_time(cast, browse, planned):
    hidden = cast.item(planned, title="내부 정리", minutes_planned=30, visibility="officers")
    part = cast.item(planned, title="공개 부분", parent=hidden, minutes_planned=10)
    cast.item(planned, title="마지막", minutes_planned=10)
    meeting = actions.convene(planned, by=cast.secretary)
    lines = agenda(meeting, cast.supplier)
    assert [line.item.title for line in lines] == ["전략(안) 토의", "공개 부분", "마지막"]
    assert minutes_after(meeting, [(lines[-1].starts_at, lines[-1].ends_at)]) == [(40, 50)]
    assert "내부 정리" not in browse(cast.supplier).get(meeting.get_absolute_url()).content.decode()
    seen = agenda(meeting, cast.secretary)
    assert [line.item for line in seen[1].below] == [part]


def test_papers_stand_at_their_item_as_far_as_one_may_see_them(cast, browse, planned):
    item = planned.items.get()
    actions.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    version = cast.version()
    actions.add_paper(item, version=version, by=cast.secretary)
    inside = cast.item(planned, visibility="officers")
    actions.add_paper(inside, attachment=cast.attachment(name="내부.txt"), by=cast.secretary)
    meeting = actions.convene(planned, by=cast.secretary)
    text = browse(cast.supplier).get(meeting.get_absolute_url()).content.decode()
    assert "자료.txt" in text
    assert version.get_absolute_url() in text
    assert "내부.txt" not in text


def test_a_consultation_stands_at_its_item_once_it_is_open(cast, browse, convened):
    consultation = cast.prepared_consultation()
    consultation.agenda_item = convened.items.get()
    consultation.save()
    browser = browse(cast.supplier)
    assert consultation.get_absolute_url() not in browser.get(convened.get_absolute_url()).content.decode()
    consultation.opened_at = clock.now()
    consultation.save()
    assert consultation.get_absolute_url() in browser.get(convened.get_absolute_url()).content.decode()


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("who", ["secretary", "supplier"])
@pytest.mark.parametrize("state", ["planned", "convened"])
def test_the_number_of_queries_of_a_meeting_does_not_grow(
    cast, browse, django_assert_max_num_queries, number, who, state
):
    meeting = cast.planned_meeting()
    parent = meeting.items.get()
    for each in range(number):
        cast.member(f"more{each}", f"위원 {each}", cast.supplying)
        item = cast.item(meeting, parent=parent)
        actions.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    consultation = cast.consultation()
    consultation.agenda_item = parent
    consultation.save()
    if state == "convened":
        actions.convene(meeting, by=cast.secretary)
    browser = browse(getattr(cast, who))
    with django_assert_max_num_queries(15):
        browser.get(meeting.get_absolute_url())


# --- Preparing


@pytest.fixture
def answers():
    """A complete plan for a plenary in ten days, at two in the afternoon in Seoul."""
    day = clock.today() + dt.timedelta(days=10)
    return {
        "title": "제2차 전체회의",
        "kind": "plenary",
        "mode": "hybrid",
        "starts_at": f"{day}T14:00",
        "ends_at": f"{day}T16:00",
        "place": "세종",
        "online_url": "https://meet.example/2",
    }


def test_a_meeting_is_planned_in_seoul_time(cast, browse, answers):
    browser = browse(cast.secretary)
    assert browser.get(url("plan_meeting", cast.council)).status_code == 200
    answer = browser.post(url("plan_meeting", cast.council), answers)
    meeting = Meeting.objects.get(title="제2차 전체회의")
    assert answer.headers["Location"] == meeting.get_absolute_url()
    assert (seoul(meeting.starts_at), meeting.state) == (answers["starts_at"], "planned")
    assert browse(cast.supplier).get(url("plan_meeting", cast.council)).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"title": ""}, "title"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"online_url": "no address"}, "online_url"),
        ({"ends_at": "2020-01-01T00:00"}, "__all__"),
        ({"kind": "subcommittee"}, "__all__"),
    ],
)
def test_what_is_wrong_with_a_plan_stands_where_it_belongs(cast, browse, answers, wrong, where):
    page = browse(cast.secretary).post(url("plan_meeting", cast.council), {**answers, **wrong})
    assert page.context["form"].errors.keys() == {where}
    assert not Meeting.objects.exists()


def test_a_meeting_is_changed_and_what_stays_stays(cast, browse, planned):
    browser = browse(cast.secretary)
    shown = browser.get(url("revise_meeting", planned)).context["form"]
    assert f"{shown['starts_at'].value():%Y-%m-%dT%H:%M}" == seoul(planned.starts_at)
    values = {name: shown[name].value() or "" for name in shown.fields}
    values |= {"starts_at": seoul(planned.starts_at), "ends_at": seoul(planned.ends_at), "place": "세종"}
    assert browser.post(url("revise_meeting", planned), values).headers["Location"] == planned.get_absolute_url()
    planned.refresh_from_db()
    assert (planned.place, planned.title) == ("세종", "제1차 전체회의")


def test_what_is_missing_stands_on_the_page_and_keeps_it_from_being_convened(cast, browse):
    meeting = cast.planned_meeting(place="")
    cast.item(meeting, kind="decision", presenter="")
    browser = browse(cast.secretary)
    assert len(browser.get(meeting.get_absolute_url()).context["lacking"]) == 3
    page = browser.get(url("convene", meeting))
    assert len(page.context["lacking"]) == 3
    assert "<textarea" not in page.content.decode()
    page = browser.post(url("convene", meeting))
    assert len(page.context["form"].non_field_errors()) == 4
    meeting.refresh_from_db()
    assert meeting.state == "planned"


def test_a_complete_meeting_is_convened_and_everyone_invited(cast, browse, planned):
    browser = browse(cast.secretary)
    page = browser.get(url("convene", planned))
    assert (page.context["lacking"], page.context["invited"]) == ([], 7)
    assert browser.post(url("convene", planned)).headers["Location"] == planned.get_absolute_url()
    planned.refresh_from_db()
    assert (planned.state, planned.invitations.count()) == ("convened", 7)


def test_a_short_notice_needs_a_reason_and_nothing_else(cast, browse):
    meeting = cast.planned_meeting(days=2)
    browser = browse(cast.secretary)
    assert "<textarea" in browser.get(url("convene", meeting)).content.decode()
    browser.post(url("convene", meeting), {"urgent_reason": "태풍 피해 대응"})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.urgent_reason) == ("convened", "태풍 피해 대응")
    assert "태풍 피해 대응" in browse(cast.supplier).get(meeting.get_absolute_url()).content.decode()


def test_convening_twice_leads_back_to_the_meeting_and_invites_nobody_again(cast, browse, convened):
    invited = convened.invitations.count()
    answer = browse(cast.secretary).post(url("convene", convened))
    assert answer["Location"] == convened.get_absolute_url()
    assert convened.invitations.count() == invited


def test_a_meeting_is_called_off_with_a_reason(cast, browse, convened):
    browser = browse(cast.secretary)
    page = browser.post(url("cancel_meeting", convened), {"reason": ""})
    assert page.context["form"].errors.keys() == {"reason"}
    browser.post(url("cancel_meeting", convened), {"reason": "장소를 쓸 수 없음"})
    assert "장소를 쓸 수 없음" in browse(cast.supplier).get(convened.get_absolute_url()).content.decode()


def test_a_meeting_that_has_not_begun_is_not_closed(cast, browse, convened):
    page = f"http://testserver{convened.get_absolute_url()}"
    answer = browse(cast.secretary).post(url("close_meeting", convened), headers={"referer": page})
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    convened.refresh_from_db()
    assert convened.state == "convened"


def test_a_meeting_is_closed_and_its_agenda_stays_as_it_was(cast, browse, convened):
    with clock.at(clock.now() + dt.timedelta(days=11)):
        browser = browse(cast.secretary)
        browser.post(url("close_meeting", convened))
        item = convened.items.get()
        assert browser.post(url("revise_item", item), ITEM).context["form"].non_field_errors()
        page = browser.get(convened.get_absolute_url()).content.decode()
        assert url("revise_item", item) not in page
        assert url("minutes", convened) in page
    convened.refresh_from_db()
    assert convened.state == "closed"


# --- The agenda, prepared


ITEM = {"title": "새 안건", "kind": "report", "minutes_planned": "10", "visibility": "council"}


def test_an_item_is_added_below_another_one(cast, browse, planned):
    parent = planned.items.get()
    browser = browse(cast.secretary)
    assert browser.get(url("add_item", planned)).status_code == 200
    browser.post(url("add_item", planned), {**ITEM, "parent": parent.pk})
    assert AgendaItem.objects.get(title="새 안건").number == "1-1"


@pytest.mark.parametrize(("wrong", "where"), [({"title": ""}, "title"), ({"minutes_planned": "-5"}, "minutes_planned")])
def test_what_is_wrong_with_an_item_stands_beside_its_field(cast, browse, planned, wrong, where):
    page = browse(cast.secretary).post(url("add_item", planned), {**ITEM, **wrong})
    assert page.context["form"].errors.keys() == {where}


def test_another_meetings_item_is_no_parent(cast, browse, planned):
    other = cast.planned_meeting().items.get()
    page = browse(cast.secretary).post(url("add_item", planned), {**ITEM, "parent": other.pk})
    assert page.context["form"].errors.keys() == {"parent"}


def test_an_item_is_changed(cast, browse, planned):
    item = planned.items.get()
    browser = browse(cast.secretary)
    assert browser.get(url("revise_item", item)).context["form"]["title"].value() == item.title
    browser.post(url("revise_item", item), {**ITEM, "presenter": "담당 부서"})
    item.refresh_from_db()
    assert (item.title, item.kind) == ("새 안건", "report")


def test_an_item_is_removed_unless_others_are_part_of_it(cast, browse, planned):
    item = planned.items.get()
    part = cast.item(planned, parent=item)
    browser = browse(cast.secretary)
    page = f"http://testserver{planned.get_absolute_url()}"
    assert browser.post(url("remove_item", item), headers={"referer": page}).status_code == 303
    assert planned.items.count() == 2
    assert browser.post(url("remove_item", part)).headers["Location"] == planned.get_absolute_url()
    assert planned.items.get() == item


def test_the_agenda_of_a_meeting_that_is_over_stays_as_it_was(cast, browse, convened):
    actions.cancel(convened, reason="태풍", by=cast.secretary)
    page = browse(cast.secretary).post(url("add_item", convened), ITEM)
    assert page.context["form"].non_field_errors()
    assert convened.items.count() == 1


def test_a_file_becomes_a_paper_that_is_seen_by_who_sees_the_item(cast, browse, planned):
    item = cast.item(planned, visibility="officers")
    browser = browse(cast.secretary)
    assert "multipart/form-data" in browser.get(url("add_paper", item)).content.decode()
    file = SimpleUploadedFile("쟁점.txt", "쟁점".encode())
    assert browser.post(url("add_paper", item), {"file": file}).headers["Location"] == item.get_absolute_url()
    attachment = Attachment.objects.get(papers__item=item)
    assert (attachment.name, attachment.visibility) == ("쟁점.txt", "officers")


def test_a_version_becomes_a_paper(cast, browse, planned):
    item, version = planned.items.get(), cast.version()
    browse(cast.secretary).post(url("add_paper", item), {"version": version.pk})
    assert Paper.objects.get(item=item).version == version


def test_a_version_in_work_is_not_offered(cast, browse, planned):
    version = cast.document().versions.get()
    page = browse(cast.secretary).post(url("add_paper", planned.items.get()), {"version": version.pk})
    assert page.context["form"].errors.keys() == {"version"}


def test_a_paper_is_one_thing(cast, browse, planned):
    item, version = planned.items.get(), cast.version()
    file = SimpleUploadedFile("자료.txt", b"x")
    for answers in ({}, {"file": file, "version": version.pk}):
        page = browse(cast.secretary).post(url("add_paper", item), answers)
        assert page.context["form"].non_field_errors()
    assert not Attachment.objects.exists()


def test_the_same_version_twice_leaves_nothing_half_done(cast, browse, planned):
    item, version = planned.items.get(), cast.version()
    actions.add_paper(item, version=version, by=cast.secretary)
    page = browse(cast.secretary).post(url("add_paper", item), {"version": version.pk})
    assert page.context["form"].non_field_errors()
    assert Paper.objects.count() == 1


# --- Coming


def test_one_says_that_one_comes_and_changes_it(cast, browse, convened):
    invitation = cast.invitation(convened, cast.supplier)
    browser = browse(cast.supplier)
    assert url("answer_invitation", invitation) in browser.get(convened.get_absolute_url()).content.decode()
    for answer in ("attending", "declined"):
        reply = browser.post(url("answer_invitation", invitation), {"answer": answer, "note": "10분 늦음"})
        assert reply.headers["Location"] == convened.get_absolute_url()
        invitation.refresh_from_db()
        assert (invitation.answer, invitation.note) == (answer, "10분 늦음")


@pytest.mark.parametrize("answer", ["", "none", "online", "nonsense"])
def test_an_answer_that_does_not_fit_is_said_beside_the_field(cast, browse, convened, answer):
    invitation = cast.invitation(convened, cast.supplier)
    page = browse(cast.supplier).post(url("answer_invitation", invitation), {"answer": answer})
    assert page.context["form"].errors.keys() == {"answer"}


def test_a_hybrid_meeting_can_be_joined_online(cast, browse):
    meeting = cast.meeting(mode="hybrid", online_url="https://meet.example/1")
    invitation = cast.invitation(meeting, cast.supplier)
    browse(cast.supplier).post(url("answer_invitation", invitation), {"answer": "online"})
    invitation.refresh_from_db()
    assert invitation.answer == "online"


def test_nobody_answers_for_another_member_but_the_secretary_does(cast, browse, convened):
    invitation = cast.invitation(convened, cast.supplier)
    assert browse(cast.adopter).post(url("answer_invitation", invitation), {"answer": "declined"}).status_code == 403
    assert browse(cast.stranger).post(url("answer_invitation", invitation), {"answer": "declined"}).status_code == 404
    assert browse(cast.secretary).get(url("answer_invitation", invitation)).status_code == 200
    browse(cast.secretary).post(url("answer_invitation", invitation), {"answer": "declined"})
    invitation.refresh_from_db()
    assert invitation.answer == "declined"


def test_once_the_meeting_has_begun_the_answer_stands(cast, browse, convened):
    invitation = cast.invitation(convened, cast.supplier)
    with clock.at(clock.now() + dt.timedelta(days=11)):
        browser = browse(cast.supplier)
        assert url("answer_invitation", invitation) not in browser.get(convened.get_absolute_url()).content.decode()
        page = browser.post(url("answer_invitation", invitation), {"answer": "attending"})
        assert page.context["form"].non_field_errors()


def test_everyone_sees_who_comes(cast, browse, convened):
    actions.answer_invitation(cast.invitation(convened, cast.adopter), answer="attending", by=cast.adopter)
    page = browse(cast.supplier).get(convened.get_absolute_url())
    assert (page.context["coming"], len(page.context["everyone"])) == (1, 7)
    assert "도입 대표" in page.content.decode()
