"""Decisions and actions on the pages, walked in both directions."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from council.core import clock
from council.core.models import uuid7
from council.decisions import actions
from council.decisions.models import Action, Decision
from tests.decisions.sessions import in_session


@pytest.fixture
def meeting(cast):
    return in_session(cast)


@pytest.fixture
def opinion(cast):
    return cast.published(cast.consultation())


@pytest.fixture
def decision(cast, meeting, opinion) -> Decision:
    return actions.record_decision(
        meeting,
        title="자부담 완화",
        text="자부담 비율을 30%로 한다.",
        item=meeting.items.first(),
        passages=[opinion.passage],
        opinions=[opinion],
        by=cast.secretary,
    )


@pytest.fixture
def action(cast, meeting, decision) -> Action:
    return actions.assign_action(
        meeting,
        decision=decision,
        title="고시 개정안 제출",
        organisation=cast.supplying,
        owner=cast.supplier,
        due_on=cast.today + dt.timedelta(days=10),
        by=cast.secretary,
    )


def address(name: str, thing) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


class TestTheChain:
    def test_from_the_decision_to_all_it_rests_on(self, cast, browse, decision, action, opinion):
        text = browse(cast.tp).get(decision.get_absolute_url()).text
        for thing in (decision.meeting, decision.item, opinion, opinion.passage, action):
            assert thing.get_absolute_url() in text

    def test_from_what_was_said_to_the_decision(self, cast, browse, decision, opinion):
        consultation = opinion.consultation
        passage = reverse("web:passage", args=[consultation.pk, opinion.passage_id])
        for page in (opinion.get_absolute_url(), passage, address("result", consultation)):
            assert decision.get_absolute_url() in browse(cast.tp).get(page).text

    def test_opinions_not_for_all_are_counted_and_not_named(self, cast, browse, decision):
        kept = cast.submitted(decision.opinions.get().consultation, audience="confidential", reason="불량률 3.1%")
        actions.revise_decision(decision, opinions=[decision.opinions.get(), kept], by=cast.secretary)
        answer = browse(cast.tp).get(decision.get_absolute_url())
        assert answer.context["unnamed"] == 1
        assert kept.get_absolute_url() not in answer.text

    def test_a_stranger_gets_404(self, cast, browse, decision, action):
        for thing in (decision, action):
            assert browse(cast.stranger).get(thing.get_absolute_url()).status_code == 404


class TestDecisions:
    def test_the_list_says_what_was_decided_and_what_is_open(self, cast, browse, decision, action):
        answer = browse(cast.tp).get(reverse("web:decisions", args=[cast.council.pk]))
        assert decision.title in answer.text
        assert answer.context["open_actions"] == 1
        assert decision.title not in browse(cast.tp).get(answer.request["PATH_INFO"] + "?q=없는말").text

    def test_one_is_recorded_with_numbers_of_opinions(self, cast, browse, meeting, opinion):
        sent = {
            "title": "자부담 완화",
            "text": "30%로 한다.",
            "item": meeting.items.first().pk,
            "passages": [opinion.passage_id],
            "opinions": str(opinion.number),
        }
        url = address("record_decision", meeting)
        wrong = browse(cast.secretary).post(url, {**sent, "opinions": "999"})
        assert "opinions" in wrong.context["form"].errors
        browse(cast.secretary).post(url, sent)
        made = Decision.objects.get()
        assert list(made.opinions.all()) == [opinion]
        assert made.passages.get() == opinion.passage
        assert browse(cast.tp).get(url).status_code == 403

    def test_passages_stand_under_the_version_they_are_of(self, cast, browse, meeting, opinion):
        passages = browse(cast.secretary).get(address("record_decision", meeting)).context["form"]["passages"]
        groups = [(str(heading), len(options)) for heading, options in passages.field.choices]
        version = opinion.passage.version
        assert (str(version), version.passages.count()) in groups
        assert str(version) in str(passages)

    def test_it_is_changed_on_the_revision_seen(self, cast, browse, decision):
        url = address("revise_decision", decision)
        form = browse(cast.secretary).get(url).context["form"]
        sent = {"title": "자부담 완화", "text": "20%로 한다.", "passages": form.initial["passages"], "revision": 1}
        assert browse(cast.secretary).post(url, sent).status_code == 302
        again = browse(cast.secretary).post(url, {**sent, "text": "10%"})
        assert again.context["form"].non_field_errors()

    def test_it_is_repealed(self, cast, browse, decision):
        browse(cast.secretary).post(address("repeal_decision", decision), {"reason": "새 의결로 대체"})
        assert "새 의결로 대체" in browse(cast.tp).get(decision.get_absolute_url()).text


class TestActions:
    def test_the_board_is_filtered_by_its_address(self, cast, browse, action):
        board = reverse("web:actions")
        client = browse(cast.tp)
        assert action.title in client.get(board).text
        assert action.title in client.get(board, {"organisation": cast.supplying.pk, "owner": cast.supplier.pk}).text
        assert client.get(board, {"state": "overdue"}).context["page"].rows == []
        assert [count for _label, _name, count, _current in client.get(board).context["tabs"]] == [1, 0, 0, 0]
        assert action.title not in browse(cast.stranger).get(board).text

    @pytest.mark.parametrize("state", ["", "ended"])
    def test_a_long_board_goes_on_page_by_page_and_nothing_is_lost_or_doubled(self, cast, browse, action, state):
        ended = {"state": "dropped", "ended_at": clock.now()} if state else {}
        copies = [Action.objects.get(pk=action.pk) for _number in range(64)]
        for number, copy in enumerate(copies):
            copy.pk, copy.title, copy.due_on = uuid7(), f"과제 {number}", cast.today + dt.timedelta(days=number // 9)
        Action.objects.bulk_create(copies)
        Action.objects.update(**ended)
        client, url, seen = browse(cast.tp), f"{reverse('web:actions')}?state={state}", []
        while url:
            shown = client.get(url).context["page"]
            seen += shown.rows
            url = shown.next_url and reverse("web:actions") + shown.next_url
        assert len(seen) == len(set(seen)) == 65
        assert state or [each.due_on for each in seen] == sorted(each.due_on for each in seen)
        assert client.get(reverse("web:actions"), {"after": "x"}).status_code == 404

    def test_the_owner_reports_with_evidence_and_the_secretary_accepts(self, cast, browse, action):
        home = reverse("web:home")
        assert action.get_absolute_url() in browse(cast.supplier).get(home).text
        sent = {"state": "reported", "note": "제출했습니다.", "evidence": SimpleUploadedFile("안.txt", "안".encode())}
        assert browse(cast.supplier).post(address("report_action", action), sent).status_code == 302
        assert "안.txt" in browse(cast.tp).get(action.get_absolute_url()).text
        assert action.get_absolute_url() not in browse(cast.supplier).get(home).text
        assert action.get_absolute_url() in browse(cast.secretary).get(home).text
        browse(cast.secretary).post(address("accept_action", action), {"note": ""})
        action.refresh_from_db()
        assert action.state == "done"

    def test_others_are_not_offered_to_report(self, cast, browse, action):
        assert browse(cast.adopter).get(action.get_absolute_url()).context["report"] is None
        answer = browse(cast.adopter).post(address("report_action", action), {"state": "reported", "note": "x"})
        assert answer.status_code == 403

    def test_it_is_assigned_changed_reopened_and_given_up(self, cast, browse, meeting, decision):
        client = browse(cast.secretary)
        sent = {"title": "조사", "organisation": cast.adopting.pk, "due_on": cast.today + dt.timedelta(days=5)}
        client.post(f"{address('assign_action', meeting)}?decision={decision.pk}", sent)
        action = Action.objects.get(title="조사")
        assert action.decision == decision
        later = {**sent, "due_on": cast.today + dt.timedelta(days=9), "revision": 1}
        refused = client.post(address("revise_action", action), later)
        assert "reason" in refused.context["form"].errors
        client.post(address("revise_action", action), {**later, "reason": "자료가 늦습니다."})
        client.post(address("drop_action", action), {"reason": "불필요"})
        client.post(address("reopen_action", action), {"reason": "다시 필요"})
        action.refresh_from_db()
        assert action.state == "in_progress"
        text = client.get(action.get_absolute_url()).text
        assert all(word in text for word in ("자료가 늦습니다.", "불필요", "다시 필요"))

    def test_open_actions_stand_below_their_agenda_item(self, cast, browse, action):
        following = cast.meeting(days=60)
        assert following.items.filter(follow_up=True).exists()
        assert action.title in browse(cast.tp).get(following.get_absolute_url()).text
