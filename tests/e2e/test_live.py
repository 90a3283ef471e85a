"""A meeting as it goes on, in browsers: followed without a reload, run with one hand, and nothing lost without a network."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from council.core import clock
from council.decisions import actions as decisions
from council.decisions.models import Ballot, Voter
from council.meetings import actions as meetings
from council.meetings.models import AgendaItem, Meeting, Statement
from tests.cast import Cast
from tests.e2e.conftest import PHONE, Person
from tests.stack import Stack, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """In session, with two items and four seats taken."""
    begins = clock.now() - dt.timedelta(minutes=5)
    with clock.at(begins - dt.timedelta(days=10)):
        meeting = cast.planned_meeting(starts_at=begins, ends_at=begins + dt.timedelta(hours=2))
        cast.item(meeting, title="자부담 비율", kind="discussion", minutes_planned=20)
        meetings.convene(meeting, by=cast.secretary)
    meetings.open_meeting(meeting, by=cast.chair)
    for user in (cast.chair, cast.tp, cast.supplier, cast.adopter):
        meetings.check_in(meeting, by=user)
    return meeting


def items(meeting: Meeting) -> list[AgendaItem]:
    return list(meeting.items.order_by("position"))


def vote_on(meeting: Meeting, cast: Cast, **fields) -> Ballot:
    return decisions.open_ballot(meeting, question="채택합니까?", by=cast.chair, **fields)


def line_of(user) -> Voter:
    return Voter.objects.get(user=user)


def follows(someone: Person, meeting: Meeting) -> None:
    """Opens the live view and is connected."""
    someone.is_logged_in()
    someone.opens(f"/meetings/{meeting.pk}/live/")
    someone.page.locator("[data-link=connected]").wait_for()
    someone.page.evaluate("window.sameness = true")


def stayed(someone: Person) -> bool:
    return bool(someone.page.evaluate("window.sameness === true"))


class TestFollowing:
    def test_what_the_chair_does_is_seen_and_said_at_once_and_the_focus_stays(
        self, cast: Cast, meeting: Meeting, person: Callable[..., Person]
    ):
        member, chair = person(cast.supplier, viewport=PHONE), person(cast.chair, viewport=TABLET)
        follows(member, meeting)
        page = member.page
        page.locator("[data-shown=speech] button").focus()
        chair.is_logged_in()
        chair.opens(f"/meetings/{meeting.pk}/control/")
        chair.page.locator("#step-next").click()
        page.locator("#now-title", has_text="전략(안) 토의").wait_for()
        page.locator("#said", has_text="전략(안) 토의").wait_for(state="attached")
        assert page.evaluate("document.activeElement.closest('form').dataset.shown") == "speech"

        page.keyboard.press("Enter")
        page.locator("#my-place:not([hidden])").wait_for()
        assert page.evaluate("document.activeElement.closest('form').dataset.shown") in {"order", "withdraw"}
        chair.page.locator("#step-give-floor").click()
        page.locator("[data-shown=end]:not([hidden]) button").wait_for()
        page.locator("[data-shown=end] button").click()
        chair.page.locator("#step-give-floor, #step-end-speech").first.wait_for(state="detached")
        wait_until(lambda: [each.state for each in meeting.floor.all()] == ["done"], what="the speech is over")
        assert stayed(member)

    def test_after_the_server_was_gone_the_page_goes_on_without_a_reload(
        self, cast: Cast, meeting: Meeting, person: Callable[..., Person], stack: Stack
    ):
        member = person(cast.supplier, viewport=PHONE)
        follows(member, meeting)
        stack.running[-1].stop()
        member.page.locator("[data-link=lost]").wait_for()
        meetings.take_up(items(meeting)[1], by=cast.chair)
        stack.start_web()
        member.page.locator("#now-title", has_text="자부담 비율").wait_for()
        member.page.locator("[data-link=connected]").wait_for()
        assert stayed(member)
        member.faults.clear()  # the browser notes that the server was away

    def test_the_clock_of_the_server_counts(self, cast: Cast, meeting: Meeting, person: Callable[..., Person]):
        meetings.take_up(items(meeting)[1], by=cast.chair)
        member = person(cast.supplier)
        member.context.add_init_script("const now = Date.now; Date.now = () => now() - 3 * 3600 * 1000;")
        follows(member, meeting)
        left = member.page.locator(".live-left")
        left.filter(has_text="19:").wait_for()
        assert "19:" in left.inner_text()


class TestVoting:
    def test_by_keyboard_with_names_and_what_became_of_it(
        self, cast: Cast, meeting: Meeting, person: Callable[..., Person]
    ):
        member = person(cast.supplier, viewport=PHONE)
        follows(member, meeting)
        ballot = vote_on(meeting, cast, secret=True)
        line = line_of(cast.supplier)
        page = member.page
        page.locator("#said", has_text="채택합니까?").wait_for(state="attached")
        page.locator(f"#for-{line.pk}").focus()
        page.keyboard.press("Enter")
        page.locator(".live-voted").wait_for()
        page.locator(".outbox-rows [data-state=sent]").wait_for()
        assert "찬성" not in page.locator(".outbox-rows").inner_text()
        page.locator("#ballot .live-cast", has_text="1").wait_for()
        for user in (cast.tp, cast.adopter):
            decisions.cast(ballot.roll.get(user=user), choice="for", by=user)
        decisions.close_ballot(ballot, by=cast.chair)
        page.locator("#result[data-adopted=true]").wait_for()
        assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('outbox'))") == []

    def test_without_a_network_votes_and_remarks_wait_and_are_sent_once(
        self, cast: Cast, meeting: Meeting, person: Callable[..., Person]
    ):
        meetings.take_up(items(meeting)[1], by=cast.chair)
        vote_on(meeting, cast, item=items(meeting)[1])
        member = person(cast.supplier, viewport=PHONE)
        follows(member, meeting)
        page = member.page
        line = line_of(cast.supplier)
        page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
        page.locator(f"#for-{line.pk}").click()
        page.locator("details:has(#remark-text) summary").click()
        page.locator("#remark-text").fill("자부담을 낮춥시다.")
        page.locator("form:has(#remark-text) button").click()
        page.locator(".outbox-rows [data-state=pending]").nth(1).wait_for()
        assert page.locator(f"#for-{line.pk}").get_attribute("aria-disabled") == "true"

        page.reload()
        page.locator(".outbox-rows [data-state=pending]").nth(1).wait_for()
        assert Statement.objects.count() == 0
        page.unroute("**/*")
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.locator(".outbox-rows [data-state=sent]").nth(1).wait_for()
        page.locator(".live-voted").wait_for()
        line.refresh_from_db()
        assert line.choice == "for"
        assert Statement.objects.get().text == "자부담을 낮춥시다."
        member.faults.clear()  # what was cut off on purpose

    def test_an_answer_that_got_lost_does_not_double_anything(
        self, cast: Cast, meeting: Meeting, person: Callable[..., Person]
    ):
        member = person(cast.supplier)
        follows(member, meeting)
        page = member.page
        lost: list[str] = []

        def lose_the_first_answer(route) -> None:
            if route.request.method == "POST" and not lost:
                lost.append(route.fetch().text())
                route.abort()
            else:
                route.continue_()

        page.route("**/live/remark/", lose_the_first_answer)
        page.locator("details:has(#remark-text) summary").click()
        page.locator("#remark-text").fill("한 번만 적습니다.")
        page.locator("form:has(#remark-text) button").click()
        page.locator(".outbox-rows [data-state=sent]").wait_for()
        assert Statement.objects.count() == 1
        member.faults.clear()

    def test_whose_login_ran_out_logs_in_and_nothing_is_lost(
        self, cast: Cast, meeting: Meeting, person: Callable[..., Person]
    ):
        member = person(cast.supplier)
        follows(member, meeting)
        page = member.page
        Session.objects.all().delete()
        page.locator("details:has(#remark-text) summary").click()
        page.locator("#remark-text").fill("다시 로그인해도 남습니다.")
        page.locator("form:has(#remark-text) button").click()
        page.locator(".outbox-rows [data-state=login] a").wait_for()
        assert Statement.objects.count() == 0
        member.is_logged_in()
        page.locator(".outbox-rows [data-state=login] button").click()
        page.locator(".outbox-rows [data-state=sent]").wait_for()
        assert Statement.objects.get().text == "다시 로그인해도 남습니다."
        member.faults.clear()

    def test_what_is_refused_is_said_and_kept_until_discarded(
        self, cast: Cast, meeting: Meeting, person: Callable[..., Person]
    ):
        ballot = vote_on(meeting, cast)
        member = person(cast.supplier)
        follows(member, meeting)
        page = member.page
        line = line_of(cast.supplier)
        held: list = []
        page.route("**/live/own/", lambda route: route.abort())
        page.route("**/roll/**", lambda route: held.insert(0, route))
        page.locator(f"#against-{line.pk}").click()
        page.wait_for_timeout(500)
        decisions.cancel_ballot(ballot, reason="다시 합니다.", by=cast.chair)
        held[0].continue_()
        refused = page.locator(".outbox-rows [data-state=refused]")
        refused.wait_for()
        refused.locator("button").click()
        refused.wait_for(state="detached")
        member.faults.clear()


def faults_of(window: Person) -> list[str]:
    of_the_page = list(window.faults)
    window.page.evaluate(AXE.read_text())
    result = window.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    with window.page.expect_console_message(lambda message: message.text == "axe is done"):
        window.page.evaluate("console.debug('axe is done')")
    window.faults[:] = of_the_page
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in result["violations"]]


def test_the_three_pages_are_accessible_and_fit(cast: Cast, meeting: Meeting, person: Callable[..., Person]):
    meetings.take_up(items(meeting)[1], by=cast.chair)
    for user in (cast.tp, cast.adopter):
        meetings.ask_for_floor(meeting, by=user)
    ballot = None
    for scene in range(2):
        if scene:
            ballot = vote_on(meeting, cast, item=items(meeting)[1])
        for user, page, viewport in (
            (cast.supplier, "live", PHONE),
            (cast.chair, "control", TABLET),
            (cast.chair, "projector", {"width": 1280, "height": 720}),
        ):
            window = person(user, viewport=viewport)
            window.is_logged_in()
            window.opens(f"/meetings/{meeting.pk}/{page}/")
            window.page.locator("[data-link=connected]").wait_for()
            assert faults_of(window) == [], page
            assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page
    assert ballot is not None


def test_the_chair_reorders_and_goes_through_by_touch(cast: Cast, meeting: Meeting, person: Callable[..., Person]):
    for user in (cast.tp, cast.adopter):
        meetings.ask_for_floor(meeting, by=user)
    chair = person(cast.chair, viewport=TABLET)
    chair.is_logged_in()
    page = chair.opens(f"/meetings/{meeting.pk}/control/")
    last = meeting.floor.waiting().last()
    page.locator(f"#up-{last.pk}").click()
    wait_until(lambda: meeting.floor.waiting().first() == last, what="the queue is reordered")
    page.locator("#step-next").click()
    page.locator("#step-undo").click()
    page.locator("#step-end-item").wait_for(state="detached")
    page.locator("#step-next").click()
    page.locator("#step-end-item").click()
    wait_until(lambda: items(meeting)[0].state == "done", what="the first item has been dealt with")
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('#steps button')].filter((b) => b.offsetHeight).map((b) => b.offsetHeight))"
    )
    assert smallest >= 44


def test_nothing_runs_off_the_screen_in_the_room(cast: Cast, person: Callable[..., Person]):
    others = cast.full_table(14)
    meeting = cast.running()
    item = cast.item(meeting, title="지역별 점검 인력의 배치와 비용 부담, 그리고 다음 해 예산에 넣을 항목의 우선순위")
    meetings.take_up(item, by=cast.chair)
    for user in (cast.chair, *others):
        meetings.check_in(meeting, by=user)
        meetings.ask_for_floor(meeting, by=user)
    decisions.open_ballot(meeting, item=item, question="배치와 비용 부담의 안을 채택합니까?", by=cast.chair)
    chair = person(cast.chair, viewport={"width": 1280, "height": 720})
    chair.is_logged_in()
    page = chair.opens(f"/meetings/{meeting.pk}/projector/")
    page.locator("[data-link=connected]").wait_for()
    page.locator("#queue-more:not([hidden])").wait_for()
    shown = page.locator("#queue li:not([hidden])").count()
    assert shown >= 1
    assert f"{len(others) + 1 - shown}" in page.locator("#queue-more").inner_text()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
