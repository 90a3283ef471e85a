"""One opinion: written, given, changed, withdrawn, assigned, answered."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from council.core import clock
from council.documents import actions as documents
from council.opinions import actions
from council.opinions.models import Consultation, Opinion
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


class TestKeeping:
    """What is typed saves itself."""

    @pytest.fixture
    def keep(self, give) -> str:
        return give.replace("/opinion/", "/keep/")

    def test_the_first_words_make_a_draft_that_is_kept_on(self, cast, browse, keep):
        client, seat = browse(cast.supplier), {"membership": cast.membership(cast.supplier).pk}
        first = client.post(keep, {**WORDS, "reason": "처음", **seat}).json()
        draft = Opinion.objects.get()
        assert (first["keep"], first["edit"]) == (page(draft, "keep_opinion"), page(draft, "edit_opinion"))
        second = client.post(first["keep"], {**WORDS, "reason": "처음부터", "revision": first["revision"]}).json()
        draft.refresh_from_db()
        assert (draft.state, draft.reason, draft.revision) == ("draft", "처음부터", second["revision"])

    def test_the_quoted_words_are_kept_too(self, cast, browse, keep):
        seat = {"membership": cast.membership(cast.supplier).pk}
        browse(cast.supplier).post(f"{keep}?quote=자부담 비율은 50%25로 한다.", {**WORDS, **seat})
        assert Opinion.objects.get().current_text == "자부담 비율은 50%로 한다."

    def test_what_someone_else_saved_meanwhile_comes_back_and_is_not_overwritten(self, cast, browse, consultation):
        draft = cast.drafted(consultation)
        actions.edit(draft, by=cast.supplier, reason="다른 창에서 쓴 이유")
        stale = {**WORDS, "reason": "이 창에서 쓴 이유", "revision": 1}
        response = browse(cast.supplier).post(page(draft, "keep_opinion"), stale)
        assert (response.status_code, response.json()["revision"]) == (409, 2)
        assert "다른 창에서 쓴 이유" in response.json()["newer"]
        draft.refresh_from_db()
        assert draft.reason == "다른 창에서 쓴 이유"

    def test_a_given_opinion_changes_only_when_it_is_saved(self, cast, browse, consultation):
        given = cast.submitted(consultation)
        words = {**WORDS, "reason": "몰래", "revision": 1}
        browse(cast.supplier).post(page(given, "keep_opinion"), words)
        given.refresh_from_db()
        assert given.reason != "몰래"

    def test_who_is_no_longer_logged_in_is_told_so(self, give, browse, keep):
        assert browse(None).post(keep, WORDS, headers={"HX-Request": "true"}).status_code == 401

    def test_it_is_ones_own(self, cast, browse, consultation):
        draft = cast.drafted(consultation)
        assert browse(cast.adopter).post(page(draft, "keep_opinion"), WORDS).status_code == 404


class TestPersonalData:
    SEEN = "personal_data_checked"

    def test_it_is_shown_before_it_is_given_and_may_stay_if_one_says_so(self, cast, browse, give):
        client, seat = browse(cast.supplier), {"membership": cast.membership(cast.supplier).pk}
        words = {**WORDS, "reason": "문의는 010-1234-5678로 주십시오.", **seat, "then": "submit"}
        assert self.SEEN not in client.get(give).text
        found = client.post(give, words)
        assert "010-1234-5678" in found.text
        assert f'name="{self.SEEN}"' in found.text
        assert not Opinion.objects.exists()
        client.post(give, {**words, self.SEEN: "on"})
        assert Opinion.objects.get().state == "submitted"

    def test_a_resident_number_cannot_be_waved_through(self, cast, browse, give):
        client, seat = browse(cast.supplier), {"membership": cast.membership(cast.supplier).pk}
        words = {**WORDS, "reason": "제 번호는 900101-1234567입니다.", **seat, "then": "submit"}
        response = client.post(give, {**words, self.SEEN: "on"})
        assert "reason" in response.context["form"].errors
        assert not Opinion.objects.exists()

    def test_a_draft_given_with_one_button_asks_in_its_form(self, cast, browse, consultation):
        draft = cast.drafted(consultation, reason="문의는 010-1234-5678로 주십시오.")
        response = browse(cast.supplier).post(page(draft, "submit_opinion"))
        assert f'name="{self.SEEN}"' in response.text
        assert f'action="{page(draft, "edit_opinion")}"' in response.text


class TestForAnOrganisation:
    def test_who_is_not_its_coordinator_shares_instead_of_submitting(self, cast, browse, give):
        cast.colleague(coordinates=True)
        client, seat = browse(cast.supplier), {"membership": cast.membership(cast.supplier).pk}
        form = client.get(give).text
        assert 'value="share"' in form
        assert 'value="submit"' not in form
        client.post(give, {**WORDS, **seat, "then": "share"})
        shared = Opinion.objects.get()
        assert (shared.state, shared.number) == ("shared", None)

    def test_a_draft_is_shared_from_its_page(self, cast, browse, consultation):
        draft = cast.drafted(consultation)
        cast.colleague(coordinates=True)
        client = browse(cast.supplier)
        assert page(draft, "share_opinion") in client.get(page(draft)).text
        assert page(draft, "submit_opinion") not in client.get(page(draft)).text
        client.post(page(draft, "share_opinion"))
        draft.refresh_from_db()
        assert draft.state == "shared"


class TestSimilar:
    def test_what_others_said_alike_is_offered_to_agree_with(self, cast, browse, consultation, give):
        alike = cast.submitted(consultation, by=cast.adopter)
        cast.submitted(consultation, by=cast.tp, reason="로봇 안전 기준이 먼저입니다.")
        typed = {"reason": "영세한 기업은 자부담 절반을 감당하기 매우 어렵습니다"}
        offered = browse(cast.supplier).post(give.replace("/opinion/", "/similar/"), typed)
        assert [voice.opinion for voice in offered.context["alike"]] == [alike]
        assert page(alike, "react") in offered.text

    def test_what_is_for_the_office_is_not_offered(self, cast, browse, consultation, give):
        cast.submitted(consultation, by=cast.adopter, audience="office")
        typed = {"reason": "영세 기업은 자부담 절반을 감당하기 어렵습니다."}
        assert not browse(cast.supplier).post(give.replace("/opinion/", "/similar/"), typed).context["alike"]


class TestReacting:
    def votes(self, opinion: Opinion) -> list[int]:
        return list(opinion.reactions.values_list("value", flat=True))

    def test_an_organisation_says_one_thing_and_can_take_it_back(self, cast, browse, consultation):
        opinion, client = cast.submitted(consultation), browse(cast.adopter)
        client.post(page(opinion, "react"), {"value": "1"})
        pressed = client.post(page(opinion, "react"), {"value": "-1"}, headers={"HX-Request": "true"})
        assert self.votes(opinion) == [-1]
        assert pressed.text.count('aria-pressed="true"') == 1
        client.post(page(opinion, "react"), {"value": ""})
        assert self.votes(opinion) == []

    def test_it_is_not_offered_on_ones_own_nor_to_observers_nor_when_it_is_closed(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        assert page(opinion, "react") in browse(cast.adopter).get(page(opinion)).text
        for user in (cast.supplier, cast.observer):
            assert page(opinion, "react") not in browse(user).get(page(opinion)).text
        with clock.at(clock.now() + dt.timedelta(days=60)):
            assert page(opinion, "react") not in browse(cast.adopter).get(page(opinion)).text

    def test_nobody_sees_what_others_said(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        browse(cast.adopter).post(page(opinion, "react"), {"value": "1"})
        for user in (cast.tp, cast.secretary):
            assert 'aria-pressed="true"' not in browse(user).get(page(opinion)).text


class TestReading:
    def test_an_answer_is_told_to_nobody_before_it_is_published(self, cast, browse, consultation):
        opinion = cast.answered(consultation)
        for user in (cast.supplier, cast.adopter, cast.tp):
            response = browse(user).get(page(opinion))
            assert "예산 여건상" not in response.text
            assert "opinion.answered" not in response.text
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

    def test_it_says_which_version_it_quotes_and_what_became_of_the_passage(self, cast, browse):
        version = cast.version()
        opinion = cast.submitted(cast.consultation(version))
        assert "web:changes" not in browse(cast.supplier).get(page(opinion)).text
        following = cast.next_version(version)
        documents.publish_version(following, by=cast.secretary)
        there = f"{reverse('web:changes', args=[following.pk])}?from={version.pk}"
        shown = browse(cast.supplier).get(page(opinion)).text
        assert there in shown.replace("&amp;", "&")
        assert TEXT in shown
