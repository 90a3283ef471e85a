"""One opinion: written, given, changed, withdrawn, assigned, answered."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from council.core import clock
from council.documents import actions as documents
from council.opinions import actions
from council.opinions.models import Consultation, Disposition, Opinion
from tests.cast import TEXT, Cast

WORDS = {
    "kind": "amend",
    "proposed_text": TEXT.replace("50%", "30%"),
    "reason": "절반은 어렵습니다.",
    "audience": "council",
}


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


@pytest.fixture
def give(consultation) -> str:
    """The form for an opinion on the first passage."""
    return reverse("web:give_opinion", args=[consultation.pk, consultation.version.passages.earliest("position").pk])


def page(opinion: Opinion, name: str = "opinion") -> str:
    return reverse(f"web:{name}", args=[opinion.pk])


def tones(response) -> list[str]:
    return [message.level_tag for message in get_messages(response.wsgi_request)]


class TestGiving:
    def test_it_is_given_for_the_organisation_named_on_the_button(self, cast, browse, give):
        client = browse(cast.supplier)
        form = client.get(give)
        assert cast.supplying.name in form.text
        seat = {"membership": cast.membership(cast.supplier).pk}
        response = client.post(give, {**WORDS, **seat, "then": "submit"}, follow=True)
        opinion = Opinion.objects.get()
        assert response.request["PATH_INFO"] == page(opinion)
        assert (opinion.state, opinion.number, opinion.organisation) == ("submitted", 1, cast.supplying)
        assert (opinion.sector, opinion.current_text) == ("supplier", TEXT)

    def test_a_draft_is_ones_own(self, cast, browse, give):
        client, seat = browse(cast.supplier), {"membership": cast.membership(cast.supplier).pk}
        client.post(give, {"kind": "question", "audience": "council", **seat, "then": "draft"})
        draft = Opinion.objects.get()
        assert draft.state == "draft"
        assert client.get(page(draft)).status_code == 200
        for user in (cast.secretary, cast.chair, cast.officer):
            assert browse(user).get(page(draft)).status_code == 404

    def test_if_giving_fails_nothing_is_kept_and_nothing_typed_is_lost(self, cast, browse, give):
        seat = {"membership": cast.membership(cast.supplier).pk}
        words = {**WORDS, "reason": "", "proposed_text": "아주 다른 문안", **seat}
        response = browse(cast.supplier).post(give, {**words, "then": "submit"})
        assert "reason" in response.context["form"].errors
        assert "아주 다른 문안" in response.text
        assert not Opinion.objects.exists()

    def test_the_text_the_form_was_filled_with_is_no_proposal(self, cast, browse, give):
        seat = {"membership": cast.membership(cast.supplier).pk}
        client = browse(cast.supplier)
        assert client.get(give).context["form"]["proposed_text"].value() == TEXT
        unchanged = {**WORDS, "proposed_text": TEXT, **seat, "then": "submit"}
        assert "proposed_text" in client.post(give, unchanged).context["form"].errors
        client.post(give, {**unchanged, "kind": "support"})
        assert Opinion.objects.get().proposed_text == ""

    def test_words_selected_in_the_text_are_quoted(self, cast, browse, give):
        client, seat = browse(cast.supplier), {"membership": cast.membership(cast.supplier).pk}
        quoted = f"{give}?quote=자부담 비율은 50%25로 한다."
        assert client.get(quoted).context["quote"] == "자부담 비율은 50%로 한다."
        client.post(quoted, {**WORDS, **seat, "then": "submit"})
        assert Opinion.objects.get().current_text == "자부담 비율은 50%로 한다."
        assert client.get(f"{give}?quote=여기 없는 말").context["quote"] == TEXT

    def test_who_sits_for_two_organisations_chooses_one(self, cast, browse, give):
        cast.member("supplier", "공급 대표", cast.adopting)
        client = browse(cast.supplier)
        second = cast.supplier.memberships.get(organisation=cast.adopting)
        assert not client.get(give).context["form"]["membership"].is_hidden
        client.post(give, {**WORDS, "membership": second.pk, "then": "submit"})
        assert Opinion.objects.get().organisation == cast.adopting

    def test_who_only_observes_for_another_organisation_speaks_for_ones_own(self, cast, browse, give):
        cast.member("supplier", "공급 대표", cast.technopark, role="observer", seated=False)
        client = browse(cast.supplier)
        client.post(reverse("web:act_for"), {"organisation": cast.technopark.pk})
        field = client.get(give).context["form"]["membership"]
        assert (field.is_hidden, field.value()) == (True, cast.membership(cast.supplier).pk)

    def test_nobody_speaks_through_anothers_seat(self, cast, browse, give):
        borrowed = {"membership": cast.membership(cast.adopter).pk}
        response = browse(cast.supplier).post(give, {**WORDS, **borrowed, "then": "submit"})
        assert "membership" in response.context["form"].errors
        assert not Opinion.objects.exists()

    def test_who_may_not_speak_is_told_who_can(self, cast, browse, give):
        assert browse(cast.observer).get(give).status_code == 403
        assert browse(cast.stranger).get(give).status_code == 404
        assert browse(None).get(give).url.startswith(reverse("account_login"))

    def test_when_it_is_closed_the_form_says_so_and_keeps_what_was_typed(self, cast, browse, give):
        client, seat = browse(cast.supplier), {"membership": cast.membership(cast.supplier).pk}
        with clock.at(clock.now() + dt.timedelta(days=60)):
            assert "<textarea" not in client.get(give).text
            late = client.post(give, {**WORDS, **seat, "then": "submit"})
        assert late.context["form"].non_field_errors()
        assert WORDS["reason"] in late.text
        assert not Opinion.objects.exists()

    def test_a_passage_of_another_version_is_not_there(self, cast, browse, consultation):
        other = cast.version().passages.first()
        assert (
            browse(cast.supplier).get(reverse("web:give_opinion", args=[consultation.pk, other.pk])).status_code == 404
        )


class TestChanging:
    def test_a_draft_is_finished_and_given(self, cast, browse, consultation):
        draft = cast.drafted(consultation, reason="")
        response = browse(cast.supplier).post(
            page(draft, "edit_opinion"), {**WORDS, "revision": draft.revision, "then": "submit"}
        )
        draft.refresh_from_db()
        assert response.url == page(draft)
        assert (draft.state, draft.reason) == ("submitted", WORDS["reason"])

    def test_a_complete_draft_is_given_with_one_button(self, cast, browse, consultation):
        draft = cast.drafted(consultation)
        assert page(draft, "submit_opinion") in browse(cast.supplier).get(page(draft)).text
        browse(cast.supplier).post(page(draft, "submit_opinion"))
        draft.refresh_from_db()
        assert draft.state == "submitted"

    def test_what_someone_else_saved_meanwhile_is_shown_beside_what_was_typed(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        actions.edit(opinion, by=cast.supplier, reason="먼저 저장한 이유")
        stale = {**WORDS, "reason": "나중에 쓴 이유", "revision": 1, "then": "save"}
        response = browse(cast.supplier).post(page(opinion, "edit_opinion"), stale)
        assert response.context["form"].non_field_errors()
        assert "먼저 저장한 이유" in response.text
        assert "나중에 쓴 이유" in response.text
        assert '<input type="hidden" name="revision" value="2">' in response.text
        opinion.refresh_from_db()
        assert opinion.reason == "먼저 저장한 이유"
        browse(cast.supplier).post(page(opinion, "edit_opinion"), {**stale, "revision": 2})
        opinion.refresh_from_db()
        assert opinion.reason == "나중에 쓴 이유"

    def test_once_the_office_works_on_it_the_change_is_refused_and_not_lost(self, cast, browse, consultation):
        opinion = cast.triaged(consultation)
        assert page(opinion, "edit_opinion") not in browse(cast.supplier).get(page(opinion)).text
        late = {**WORDS, "reason": "늦은 생각", "revision": 1, "then": "save"}
        response = browse(cast.supplier).post(page(opinion, "edit_opinion"), late)
        assert response.context["form"].non_field_errors()
        assert "늦은 생각" in response.text

    @pytest.mark.parametrize("name", ["edit_opinion", "submit_opinion", "withdraw_opinion"])
    def test_only_the_author_may(self, cast, browse, consultation, name):
        opinion = cast.submitted(consultation)
        assert browse(cast.adopter).post(page(opinion, name)).status_code == 403
        assert browse(cast.secretary).post(page(opinion, name)).status_code == 403
        assert browse(cast.stranger).post(page(opinion, name)).status_code == 404

    def test_it_is_withdrawn(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        response = browse(cast.supplier).post(page(opinion, "withdraw_opinion"))
        assert (response.url, tones(response)) == (page(opinion), ["success"])
        opinion.refresh_from_db()
        assert opinion.state == "withdrawn"
        assert browse(cast.adopter).get(page(opinion)).status_code == 404

    def test_a_draft_is_deleted(self, cast, browse, consultation):
        draft = cast.drafted(consultation)
        response = browse(cast.supplier).post(page(draft, "withdraw_opinion"))
        assert response.url == consultation.get_absolute_url()
        assert not Opinion.objects.exists()

    def test_an_answered_one_stays(self, cast, browse, consultation):
        opinion = cast.published(consultation)
        here = f"http://testserver{page(opinion)}"
        response = browse(cast.supplier).post(page(opinion, "withdraw_opinion"), headers={"referer": here}, follow=True)
        assert [message.level_tag for message in response.context["messages"]] == ["error"]


class TestReading:
    def test_an_answer_is_told_to_nobody_before_it_is_published(self, cast, browse, consultation):
        opinion = cast.answered(consultation)
        for user in (cast.supplier, cast.adopter, cast.tp):
            response = browse(user).get(page(opinion))
            assert "예산 여건상" not in response.text
            assert "opinion.answered" not in response.text
            assert response.context["change"] is None
            assert not [event for event in response.context["events"] if event.icon == "answer"]
        for user in (cast.officer, cast.secretary):
            assert "예산 여건상" in browse(user).get(page(opinion)).text
        actions.release(consultation, by=cast.secretary)
        for user in (cast.supplier, cast.adopter):
            assert "예산 여건상" in browse(user).get(page(opinion)).text

    def test_an_accepted_one_shows_what_changed(self, cast, browse):
        version = cast.version()
        consultation = cast.consultation(version)
        opinion = cast.triaged(consultation)
        following = cast.next_version(version)
        documents.publish_version(following, by=cast.secretary)
        cast.answer(opinion, verdict="accepted", changed_passage=following.passages.earliest("position"))
        actions.release(consultation, by=cast.secretary)
        response = browse(cast.supplier).get(page(opinion))
        assert response.context["change"].kind == "changed"
        assert reverse("web:changes", args=[following.pk]) in response.text

    def test_history_tells_what_was_changed_in_words(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        actions.edit(opinion, by=cast.supplier, reason="더 나은 이유입니다.")
        events = browse(cast.adopter).get(page(opinion)).context["events"]
        assert [event.icon for event in events] == ["send", "pencil"]
        assert "더 나은 이유입니다" in [span.text for span in events[1].reason if span.kind == "added"]

    def test_what_was_once_for_the_office_alone_stays_out_of_the_history(self, cast, browse, consultation):
        opinion = cast.submitted(consultation, audience="office", reason="영업비밀: 단가 9,900원")
        actions.edit(opinion, by=cast.supplier, audience="council", reason="단가가 부담됩니다.")
        assert "9,900" not in browse(cast.adopter).get(page(opinion)).text
        for user in (cast.supplier, cast.secretary):
            assert "9,900" in browse(user).get(page(opinion)).text

    def test_what_is_for_the_office_is_not_there_for_others(self, cast, browse, consultation):
        opinion = cast.triaged(consultation, audience="office")
        assert browse(cast.adopter).get(page(opinion)).status_code == 404
        assert {browse(user).get(page(opinion)).status_code for user in (cast.supplier, cast.officer, cast.chair)} == {
            200
        }

    def test_it_takes_few_queries(self, cast, browse, consultation, django_assert_max_num_queries):
        opinion = cast.published(consultation)
        for user in (cast.supplier, cast.secretary, cast.officer):
            client = browse(user)
            client.get(page(opinion))
            with django_assert_max_num_queries(15):
                client.get(page(opinion))

    def test_while_it_is_worked_on_too(self, cast, browse, consultation, django_assert_max_num_queries):
        opinion = cast.answered(consultation)
        for user in (cast.secretary, cast.officer):
            client = browse(user)
            client.get(page(opinion))
            with django_assert_max_num_queries(15):
                client.get(page(opinion))


class TestAnswering:
    def test_it_is_assigned_by_the_rules_or_as_wanted(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        browse(cast.secretary).post(page(opinion, "triage"), {"triage-office": cast.office.pk, "triage-due_on": ""})
        opinion.refresh_from_db()
        assert (opinion.office, opinion.due_on) == (cast.office, clock.today() + dt.timedelta(days=14))
        day = clock.today() + dt.timedelta(days=3)
        browse(cast.secretary).post(
            page(opinion, "triage"), {"triage-office": cast.ministry.pk, "triage-due_on": f"{day}"}
        )
        opinion.refresh_from_db()
        assert (opinion.office, opinion.due_on) == (cast.ministry, day)

    def test_a_day_that_has_passed_is_objected_to(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        day = clock.today() - dt.timedelta(days=1)
        response = browse(cast.secretary).post(
            page(opinion, "triage"), {"triage-office": cast.office.pk, "triage-due_on": f"{day}"}
        )
        assert "due_on" in response.context["triage_form"].errors

    def test_only_the_secretary_assigns_and_only_the_office_answers(self, cast, browse, consultation):
        opinion = cast.triaged(consultation)
        assigned = {"triage-office": cast.office.pk, "triage-due_on": ""}
        answered = {"answer-verdict": "not_accepted", "answer-reason": "x", "revision": 0}
        assert browse(cast.officer).post(page(opinion, "triage"), assigned).status_code == 403
        assert browse(cast.supplier).post(page(opinion, "dispose"), answered).status_code == 403
        assert browse(cast.stranger).post(page(opinion, "dispose"), answered).status_code == 404
        for user in (cast.supplier, cast.adopter):
            shown = browse(user).get(page(opinion)).text
            assert page(opinion, "triage") not in shown
            assert page(opinion, "dispose") not in shown
        assert page(opinion, "dispose") in browse(cast.officer).get(page(opinion)).text

    def test_the_office_answers_and_revises(self, cast, browse, consultation):
        opinion, client = cast.triaged(consultation), browse(cast.officer)
        client.post(
            page(opinion, "dispose"),
            {"answer-verdict": "longer_term", "answer-reason": "내년에 다시 봅니다.", "revision": 0},
        )
        answer = Disposition.objects.get()
        assert (answer.verdict, answer.reason, answer.released_at) == ("longer_term", "내년에 다시 봅니다.", None)
        client.post(
            page(opinion, "dispose"), {"answer-verdict": "not_accepted", "answer-reason": "어렵습니다.", "revision": 1}
        )
        answer.refresh_from_db()
        assert (answer.verdict, answer.revision) == ("not_accepted", 2)

    def test_what_is_accepted_names_the_changed_passage(self, cast, browse):
        version = cast.version()
        opinion = cast.triaged(cast.consultation(version))
        following = cast.next_version(version)
        client = browse(cast.officer)
        same = following.passages.get(identity=opinion.passage.identity)
        form = client.get(page(opinion)).context["answer_form"]
        assert form["changed_passage"].value() == same.pk
        answer = {"answer-verdict": "accepted", "answer-reason": "고쳤습니다.", "revision": 0}
        response = client.post(page(opinion, "dispose"), answer)
        assert "changed_passage" in response.context["answer_form"].errors
        assert "고쳤습니다." in response.text
        client.post(page(opinion, "dispose"), {**answer, "answer-changed_passage": same.pk})
        assert Disposition.objects.get().changed_passage == same

    def test_an_answer_saved_meanwhile_is_not_overwritten_and_nothing_typed_is_lost(self, cast, browse, consultation):
        opinion = cast.answered(consultation)
        response = browse(cast.secretary).post(
            page(opinion, "dispose"),
            {"answer-verdict": "accepted", "answer-reason": "제가 쓴 답변", "revision": 0},
        )
        assert response.context["answer_form"].errors
        assert "제가 쓴 답변" in response.text
        assert "예산 여건상" in response.text
        assert Disposition.objects.get().reason.startswith("예산")

    def test_after_logging_in_again_the_form_s_address_leads_to_the_opinion(self, cast, browse, consultation):
        opinion = cast.triaged(consultation)
        for name in ("triage", "dispose"):
            assert browse(cast.officer).get(page(opinion, name)).url == page(opinion)
