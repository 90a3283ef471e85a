"""The live view: what every watcher is told, what is one's own, and the buttons of those who run the meeting."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from council.core import clock
from council.decisions import actions as decisions
from council.decisions.models import Ballot, Voter
from council.meetings import actions as meetings
from council.meetings.models import AgendaItem, FloorRequest, Meeting, Statement
from council.web.gathered import live
from tests.cast import Cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """In session, with two items and everyone there."""
    meeting = running(cast)
    for user in (cast.chair, cast.officer, cast.tp, cast.supplier, cast.adopter):
        meetings.check_in(meeting, by=user)
    return meeting


def running(cast: Cast) -> Meeting:
    begins = clock.now() - dt.timedelta(minutes=5)
    with clock.at(begins - dt.timedelta(days=10)):
        meeting = cast.planned_meeting(starts_at=begins, ends_at=begins + dt.timedelta(hours=2))
        cast.item(meeting, title="자부담 비율", kind="discussion", minutes_planned=20)
        meetings.convene(meeting, by=cast.secretary)
    return meetings.open_meeting(meeting, by=cast.chair)


def items(meeting: Meeting) -> list[AgendaItem]:
    return list(meeting.items.order_by("position"))


def inside(meeting: Meeting) -> live.State:
    states = live.states(meeting.pk)
    assert states is not None
    return states["inside"]


def outside(meeting: Meeting) -> live.State:
    states = live.states(meeting.pk)
    assert states is not None
    return states["outside"]


class TestTheState:
    def test_it_says_where_the_meeting_is(self, cast, meeting):
        second = items(meeting)[1]
        meetings.take_up(second, by=cast.chair)
        first_request = meetings.ask_for_floor(meeting, by=cast.supplier)
        meetings.ask_for_floor(meeting, by=cast.tp)
        meetings.ask_for_floor(meeting, by=cast.adopter, kind=FloorRequest.Kind.ORDER)
        meetings.give_floor(first_request, by=cast.chair)
        state = inside(meeting)
        assert state["current"]["id"] == second.pk
        assert state["current"]["minutes"] == 20
        assert [item["state"] for item in state["items"]] == ["planned", "current"]
        assert state["speaking"]["name"] == cast.supplier.name
        assert [each["name"] for each in state["queue"]] == [cast.adopter.name, cast.tp.name]
        assert state["quorum"] == {"present": 5, "needed": 3, "seats": 5, "met": True}
        meetings.end_speech(meeting, by=cast.chair)
        assert [(each["sector"], each["speeches"]) for each in inside(meeting)["times"]] == [("supplier", 1)]

    def test_of_a_ballot_it_says_how_many_voted_and_never_how(self, cast, meeting):
        meetings.take_up(items(meeting)[0], by=cast.chair)
        ballot = decisions.open_ballot(
            meeting, question="채택합니까?", item=items(meeting)[0], secret=True, by=cast.chair
        )
        decisions.cast(ballot.roll.get(user=cast.supplier), choice="against", by=cast.supplier)
        state = inside(meeting)
        assert (state["ballot"]["cast"], state["ballot"]["entitled"]) == (1, 5)
        assert "against" not in str(state)
        assert str(cast.supplier.pk) not in str(state)
        for user in (cast.tp, cast.officer):
            decisions.cast(ballot.roll.get(user=user), choice="for", by=user)
        decisions.close_ballot(ballot, by=cast.chair)
        meeting.refresh_from_db()
        assert inside(meeting)["ballot"] is None
        assert inside(meeting)["result"]["for"] == 2

    def test_of_a_closed_item_others_learn_number_and_title(self, cast, meeting):
        item = items(meeting)[0]
        AgendaItem.objects.filter(pk=item.pk).update(closed=True)
        meetings.take_up(AgendaItem.objects.get(pk=item.pk), by=cast.chair)
        meetings.ask_for_floor(meeting, by=cast.supplier)
        decisions.open_ballot(meeting, question="비밀 질문", item=item, by=cast.chair)
        assert inside(meeting)["queue"]
        assert inside(meeting)["ballot"]["question"] == "비밀 질문"
        state = outside(meeting)
        assert state["current"]["title"] == item.title
        assert (state["queue"], state["ballot"], state["speaking"]) == ([], None, None)
        assert "비밀 질문" not in str(state)

    def test_items_for_officers_are_not_in_it(self, cast, meeting):
        AgendaItem.objects.filter(pk=items(meeting)[0].pk).update(visibility="officers")
        meetings.take_up(items(meeting)[0], by=cast.chair)
        assert inside(meeting)["current"] is None
        assert len(inside(meeting)["items"]) == 1

    def test_it_shows_opinions_as_they_are_recorded_but_none_for_the_office_alone(self, cast, meeting):
        meetings.take_up(items(meeting)[0], by=cast.chair)
        consultation = cast.consultation()
        type(consultation).objects.filter(pk=consultation.pk).update(agenda_item=items(meeting)[0])
        for audience in ("council", "office"):
            opinion = cast.submitted(consultation, audience=audience, reason=f"이유 {audience}", kind="general")
            type(opinion).objects.filter(pk=opinion.pk).update(source="spoken", proposed_text="")
        assert [each["text"] for each in inside(meeting)["opinions"]["latest"]] == ["이유 council"]

    def test_the_number_of_queries_does_not_grow(self, cast, meeting, django_assert_max_num_queries):
        meetings.take_up(items(meeting)[0], by=cast.chair)
        for user in (cast.supplier, cast.tp, cast.adopter, cast.officer):
            meetings.ask_for_floor(meeting, by=user)
        with django_assert_max_num_queries(11):
            live.states(meeting.pk)


class TestWhoSees:
    def test_the_live_view_is_for_members_the_others_for_who_runs_it(self, cast, browse, meeting):
        def answers(user, name: str) -> int:
            return browse(user).get(reverse(f"web:{name}", args=[meeting.pk])).status_code

        assert [answers(user, "live") for user in (cast.supplier, cast.observer, cast.chair)] == [200] * 3
        assert [answers(user, "live") for user in (cast.stranger, cast.expired)] == [404] * 2
        assert answers(None, "live") == 302
        for name in ("projector", "control", "control_steps"):
            assert [answers(user, name) for user in (cast.chair, cast.secretary)] == [200] * 2, name
            assert answers(cast.supplier, name) == 403
            assert answers(cast.stranger, name) == 404

    def test_a_closed_meeting_is_followed_by_those_invited(self, cast, browse, meeting):
        Meeting.objects.filter(pk=meeting.pk).update(closed=True)
        late = cast.member("late", "나중 위원", cast.supplying)
        address = reverse("web:live", args=[meeting.pk])
        assert browse(cast.supplier).get(address).status_code == 200
        assert browse(late).get(address).status_code == 404


class TestMembers:
    def test_they_check_in_ask_to_speak_and_leave_the_queue(self, cast, browse):
        meeting = running(cast)
        client = browse(cast.supplier)
        own = reverse("web:live_own", args=[meeting.pk])
        assert "check-in-room" in client.get(own).content.decode()
        client.post(reverse("web:live_check_in", args=[meeting.pk]), {"mode": "in_person"})
        assert "check-in-room" not in client.get(own).content.decode()
        key = uuid4()
        for _ in range(2):
            client.post(reverse("web:ask_for_floor", args=[meeting.pk]), {"kind": "a_speech", "key": key})
        assert meeting.floor.waiting().count() == 1
        answer = client.post(reverse("web:leave_floor", args=[meeting.pk]), headers=HTMX)
        assert answer.status_code == 204
        assert meeting.floor.waiting().count() == 0

    def test_a_remark_that_waited_for_a_connection_stands_at_the_time_it_was_written(self, cast, browse, meeting):
        address = reverse("web:live_remark", args=[meeting.pk])
        later = clock.now() + dt.timedelta(minutes=20)
        with clock.at(later):
            browse(cast.supplier).post(address, {"text": "자부담을 낮춥시다.", "waited": "600"}, headers=HTMX)
            browse(cast.supplier).post(address, {"text": "하나 더.", "waited": "어제"}, headers=HTMX)
        written = {each.text: each.said_at for each in meeting.statements.all()}
        assert written == {"자부담을 낮춥시다.": later - dt.timedelta(minutes=10), "하나 더.": later}

    def test_a_vote_and_a_remark_sent_twice_count_once(self, cast, browse, meeting):
        item = items(meeting)[0]
        meetings.take_up(item, by=cast.chair)
        decisions.open_ballot(meeting, question="채택합니까?", item=item, by=cast.chair)
        client = browse(cast.supplier)
        line = Voter.objects.get(user=cast.supplier)
        card = client.get(reverse("web:live_own", args=[meeting.pk])).content.decode()
        assert reverse("web:live_vote", args=[line.pk]) in card
        vote = {"choice": "for", "statement": "찬성합니다.", "key": uuid4()}
        remark = {"text": "자부담을 낮춥시다.", "item": item.pk, "key": uuid4()}
        for _ in range(2):
            assert client.post(reverse("web:live_vote", args=[line.pk]), vote, headers=HTMX).status_code == 204
            sent = client.post(reverse("web:live_remark", args=[meeting.pk]), remark, headers=HTMX)
            assert sent.status_code == 204
        line.refresh_from_db()
        assert (line.choice, line.statement) == ("for", "찬성합니다.")
        assert Statement.objects.get().text == "자부담을 낮춥시다."
        second = client.post(reverse("web:live_vote", args=[line.pk]), vote | {"key": uuid4()}, headers=HTMX)
        assert second.status_code == 409

    def test_nobody_votes_for_another_seat(self, cast, browse, meeting):
        decisions.open_ballot(meeting, question="채택합니까?", by=cast.chair)
        line = Voter.objects.get(user=cast.supplier)
        answer = browse(cast.adopter).post(reverse("web:live_vote", args=[line.pk]), {"choice": "for"})
        assert answer.status_code == 404

    def test_what_is_wrong_is_said_in_a_sentence(self, cast, browse, meeting):
        answer = browse(cast.supplier).post(reverse("web:live_remark", args=[meeting.pk]), {"text": " "}, headers=HTMX)
        assert answer.status_code == 409
        assert not Statement.objects.exists()


class TestControl:
    def post(self, client, name: str, pk, **data):
        answer = client.post(reverse(f"web:{name}", args=[pk]), data, headers=HTMX)
        assert answer.status_code == 200, answer.content.decode()
        return answer.content.decode()

    def test_the_chair_goes_through_a_meeting_and_takes_a_step_back(self, cast, browse, meeting):
        client = browse(cast.chair)
        first, second = items(meeting)
        self.post(client, "take_up", first.pk)
        page = self.post(client, "take_up", second.pk)
        step = client.get(reverse("web:control", args=[meeting.pk])).context["undoable"]
        assert "step-undo" in page
        self.post(client, "undo_step", meeting.pk, step=step)
        meeting.refresh_from_db()
        assert meeting.current_item_id == first.pk

        supplier = meetings.ask_for_floor(meeting, by=cast.supplier)
        adopter = meetings.ask_for_floor(meeting, by=cast.adopter)
        self.post(client, "move_request", adopter.pk, to="up")
        assert list(meeting.floor.waiting()) == [adopter, supplier]
        self.post(client, "give_floor", adopter.pk)
        self.post(client, "end_speech", meeting.pk, **{"from": "control"})
        adopter.refresh_from_db()
        assert adopter.state == "done"

        self.post(client, "live_open_ballot", meeting.pk, question="채택합니까?")
        ballot = Ballot.objects.get()
        assert ballot.item_id == first.pk
        for user in (cast.chair, cast.supplier, cast.adopter):
            decisions.cast(ballot.roll.get(user=user), choice="for", by=user)
        self.post(client, "live_close_ballot", ballot.pk)
        self.post(client, "postpone_item", second.pk, reason="시간이 부족합니다.")
        self.post(client, "end_item", first.pk)
        self.post(client, "live_close", meeting.pk)
        meeting.refresh_from_db()
        assert meeting.state == "closed"

    def test_a_challenge_is_put_to_the_vote_with_one_press(self, cast, browse, meeting):
        challenge = cast.recusal(meeting, "challenge", by=cast.adopter, ground="other")
        secretary, control = browse(cast.secretary), reverse("web:control", args=[meeting.pk])
        assert f"step-challenge-{challenge.pk}" in secretary.get(control).text
        sent = {"recusal": str(challenge.pk)}
        shown = secretary.post(reverse("web:live_open_ballot", args=[meeting.pk]), sent, headers=HTMX)
        ballot = Ballot.objects.get()
        assert (ballot.recusal, ballot.item, ballot.secret) == (challenge, challenge.item, False)
        assert cast.supplier.name in ballot.question
        assert not ballot.roll.filter(user=cast.supplier).exists()
        assert ballot.get_absolute_url() in shown.text  # the roll, and forms on paper
        assert "step-challenge-" not in shown.text
        for voter in ballot.roll.all():
            decisions.cast(voter, choice="for", by=voter.user)
        decisions.close_ballot(ballot, by=cast.secretary)
        challenge.refresh_from_db()
        assert challenge.state == "granted"
        assert "step-challenge-" not in secretary.get(control).text

    def test_where_the_chair_decides_no_challenge_is_put_to_the_vote(self, cast, browse, meeting):
        type(cast.council).objects.update(challenges_decided_by="chair")
        challenge = cast.recusal(meeting, "challenge", by=cast.adopter, ground="other")
        secretary = browse(cast.secretary)
        assert "step-challenge-" not in secretary.get(reverse("web:control", args=[meeting.pk])).text
        sent = {"recusal": str(challenge.pk)}
        assert secretary.post(reverse("web:live_open_ballot", args=[meeting.pk]), sent).status_code == 404

    def test_members_run_nothing(self, cast, browse, meeting):
        client = browse(cast.supplier)
        item = items(meeting)[0]
        request = meetings.ask_for_floor(meeting, by=cast.adopter)
        for name, pk in (
            ("take_up", item.pk),
            ("end_item", item.pk),
            ("open_meeting", meeting.pk),
            ("undo_step", meeting.pk),
            ("live_close", meeting.pk),
            ("give_floor", request.pk),
            ("withdraw_request", request.pk),
        ):
            assert client.post(reverse(f"web:{name}", args=[pk])).status_code == 403, name

    def test_the_secretary_notes_what_someone_said(self, cast, browse, meeting):
        seat = meeting.invitations.get(membership__user=cast.supplier)
        said = {"text": "부담이 큽니다.", "invitation": seat.pk, "speaker": "", "key": uuid4()}
        answer = browse(cast.secretary).post(reverse("web:live_remark", args=[meeting.pk]), said, headers=HTMX)
        assert answer.status_code == 204
        assert Statement.objects.get().speaker == cast.supplier.name
