"""Answering on pages: one point at a time, by two people at once, and many together with a template."""

import pytest
from django.urls import reverse

from council.documents import actions as documents
from council.documents.models import Passage
from council.opinions import actions
from council.opinions.models import AnswerTemplate, Batch, Consultation, Disposition, Opinion, Point
from tests.cast import TEXT, Cast

HTMX = {"HX-Request": "true"}
REASON = "부담이 크다는 점에 공감합니다."


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


def to(name: str, thing) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def said(point: Point, **words) -> dict[str, object]:
    """An answer as the form sends it."""
    return {"verdict": "not_accepted", "reason": REASON, "revision": point.revision, **words}


class TestOnePoint:
    def test_it_opens_in_place_and_is_worked_on_there(self, cast, browse, consultation):
        opinion, client = cast.submitted(consultation), browse(cast.secretary)
        point = opinion.points.get()
        opened = client.get(to("point", point), headers=HTMX)
        assert "<main" not in opened.text
        assert f'hx-post="{to("triage", point)}"' in opened.text
        assigned = client.post(to("triage", point), {"office": cast.office.pk, "due_on": ""}, headers=HTMX)
        assert assigned.status_code == 200
        for piece in (f'id="row-{point.pk}"', 'id="board-progress" hx-swap-oob="true"', 'id="last-step" hx-swap-oob'):
            assert piece in assigned.text, piece
        assert reverse("web:undo", args=[Batch.objects.get().pk]) in assigned.text
        answered = client.post(to("dispose", point), said(point, reason=""), headers=HTMX)
        assert answered.status_code == 422
        assert "data-unsent" in answered.text

    def test_without_script_it_is_a_page_that_leads_back_to_where_one_was(self, cast, browse, consultation):
        opinion, client = cast.submitted(consultation), browse(cast.secretary)
        point = opinion.points.get()
        assert "<main" in client.get(to("point", point)).text
        page = f"http://testserver{opinion.get_absolute_url()}"
        assigned = client.post(to("triage", point), {"office": cast.office.pk}, headers={"referer": page})
        assert assigned.url == page
        assert "hx-post" not in client.get(to("point", point)).text.split('<article class="point"')[1]

    def test_a_step_on_one_point_is_taken_back_too(self, cast, browse, consultation):
        point, client = cast.point(consultation), browse(cast.officer)
        client.post(to("dispose", point), said(point))
        assert fresh(point).state == "answered"
        client.post(to("undo", Batch.objects.first()))
        assert fresh(point).state == "triaged"
        assert not Disposition.objects.exists()

    def test_nobody_takes_back_what_a_stranger_did(self, cast, browse, consultation):
        point = cast.point(consultation)
        browse(cast.officer).post(to("dispose", point), said(point))
        assert browse(cast.supplier).post(to("undo", Batch.objects.first())).status_code == 404

    def test_an_answer_waits_for_input(self, cast, browse, consultation):
        point = cast.point(consultation)
        empty = browse(cast.officer).post(to("await_input", point), {"waiting_for": " "})
        assert empty.status_code == 422
        browse(cast.officer).post(to("await_input", point), {"waiting_for": "예산실의 검토"})
        assert (fresh(point).state, fresh(point).waiting_for) == ("waiting", "예산실의 검토")
        assert "예산실의 검토" in browse(cast.officer).get(to("point", point)).text
        assert "예산실의 검토" not in browse(cast.supplier).get(to("point", point)).text

    def test_the_author_sees_neither_forms_nor_a_prepared_answer_nor_tags(self, cast, browse, consultation):
        point = cast.answered(consultation).points.get()
        actions.tag_all([point], add=["내부표시"], by=cast.secretary)
        page = browse(cast.supplier).get(to("point", point)).text
        for hidden in ("예산 여건상", "내부표시", to("dispose", point), to("triage", point)):
            assert hidden not in page, hidden
        assert "예산 여건상" in browse(cast.officer).get(to("point", point)).text

    def test_someone_who_may_not_see_the_opinion_gets_404(self, cast, browse, consultation):
        point = cast.point(consultation, audience="office")
        assert browse(cast.adopter).get(to("point", point)).status_code == 404
        assert browse(cast.stranger).post(to("dispose", point), said(point)).status_code == 404


class TestTwoAtOnce:
    def test_a_stale_answer_stands_beside_the_newer_one_and_can_be_saved_on_top(self, cast, browse, consultation):
        point = cast.point(consultation)
        browse(cast.officer).post(to("dispose", point), said(point, reason="예산이 부족하여 어렵습니다."))
        client, mine = browse(cast.secretary), "예산이 부족하지만 검토하겠습니다."
        stale = client.post(to("dispose", point), said(point, verdict="longer_term", reason=mine), headers=HTMX)
        assert stale.status_code == 422
        newer = stale.context["work"].newer
        assert newer.who == cast.officer
        assert newer.answer.reason == "예산이 부족하여 어렵습니다."
        assert {(span.kind, span.text) for span in newer.reason} >= {
            ("same", "예산이 "),
            ("added", "부족하지만 검토하겠습니다"),
        }
        assert mine in stale.text.split("<textarea")[1]
        assert fresh(point).disposition.reason == "예산이 부족하여 어렵습니다."
        now = fresh(point).revision
        assert f'name="revision" value="{now}"' in stale.text
        on_top = said(point, verdict="longer_term", reason=mine, revision=now)
        assert client.post(to("dispose", point), on_top, headers=HTMX).status_code == 200
        assert fresh(point).disposition.reason == mine

    def test_what_was_typed_is_shown_also_when_it_can_no_longer_be_answered(self, cast, browse, consultation):
        point = cast.answered(consultation).points.get()
        actions.release(consultation, by=cast.secretary)
        late = browse(cast.officer).post(to("dispose", point), said(fresh(point), reason="늦은 답변입니다."))
        assert late.status_code == 422
        assert "늦은 답변입니다." in late.text

    def test_a_change_of_the_text_does_not_undo_another_one(self, cast, browse, consultation):
        first, second = cast.point(consultation), cast.point(consultation, by=cast.adopter)
        client = browse(cast.officer)
        draft = client.get(to("point", second)).context["work"].draft
        actions.accept_wording(first, reason=REASON, text=f"{TEXT} 첫째.", by=cast.officer)
        typed = {"verdict": "accepted", "makes_change": "on", "text": f"{TEXT} 둘째.", "suggested": draft.suggested}
        refused = client.post(to("dispose", second), said(second, **typed, text_revision=draft.revision))
        assert refused.status_code == 422
        assert f"{TEXT} 둘째." in refused.text
        assert Passage.objects.get(pk=fresh(first).disposition.changed_passage_id).text == f"{TEXT} 첫째."


class TestChangingTheText:
    def test_the_proposed_wording_goes_into_the_next_versions_draft(self, cast, browse, consultation):
        point, client = cast.point(consultation, proposed_text=TEXT.replace("50%", "30%")), browse(cast.officer)
        form = client.get(to("point", point)).context["work"].forms["answer"]
        assert form.initial["text"] == TEXT.replace("50%", "30%")
        words = {name: form.initial[name] for name in ("text", "suggested")}
        client.post(to("dispose", point), said(point, verdict="accepted", makes_change="on", **words))
        changed = fresh(point).disposition.changed_passage
        assert (changed.version.number, changed.text) == (2, TEXT.replace("50%", "30%"))

    def test_it_may_be_taken_over_in_other_words(self, cast, browse, consultation):
        point = cast.point(consultation)
        words = {"verdict": "partly", "makes_change": "on", "text": "자부담은\r\n40%로 한다.", "suggested": ""}
        browse(cast.officer).post(to("dispose", point), said(point, **words, text_revision=1))
        assert fresh(point).disposition.changed_passage.text == "자부담은\n40%로 한다."

    def test_an_empty_text_is_asked_for(self, cast, browse, consultation):
        point = cast.point(consultation, kind="question", proposed_text="")
        words = {"verdict": "accepted", "makes_change": "on", "text": "", "suggested": ""}
        response = browse(cast.officer).post(to("dispose", point), said(point, **words))
        assert response.context["work"].forms["answer"].errors.keys() == {"text"}

    def test_a_passage_that_changed_already_is_named_instead(self, cast, browse, consultation):
        point = cast.point(consultation)
        passage = cast.next_version(consultation.version).passages.earliest("position")
        words = {"verdict": "accepted", "changed_passage": passage.pk}
        browse(cast.officer).post(to("dispose", point), said(point, **words))
        assert fresh(point).disposition.changed_passage == passage
        assert "30%" in browse(cast.officer).get(to("point", point)).text


class TestSplitting:
    def test_an_opinion_becomes_points_one_field_at_a_time(self, cast, browse, consultation):
        opinion, client = cast.submitted(consultation), browse(cast.secretary)
        assert client.get(to("split", opinion)).context["gists"] == ["", ""]
        more = client.post(to("split", opinion), {"gists": ["자부담 비율", "지원 대상"], "then": "more"})
        assert more.context["gists"] == ["자부담 비율", "지원 대상", ""]
        client.post(to("split", opinion), {"gists": ["자부담 비율", "지원 대상", ""], "then": "save"})
        assert [point.gist for point in opinion.points.all()] == ["자부담 비율", "지원 대상"]
        board = client.get(reverse("web:board", args=[consultation.pk]))
        assert [str(row.point) for row in board.context["page"].rows] == ["#1", "#1-2"]

    def test_what_cannot_be_split_any_more_says_so_and_keeps_the_words(self, cast, browse, consultation):
        opinion = cast.triaged(consultation)
        response = browse(cast.secretary).post(to("split", opinion), {"gists": ["하나", "둘"], "then": "save"})
        assert response.status_code == 422
        assert "둘" in response.text
        assert browse(cast.officer).get(to("split", opinion)).status_code == 403


class TestManyTogether:
    def asked(self, points: list[Point], **own) -> dict[str, object]:
        """What the page of many answers sends; ``own`` are the reasons by the number of the opinion."""
        sent: dict[str, object] = {"points": [point.pk for point in points], "verdict": "not_accepted", "then": "save"}
        for point in points:
            sent[f"{point.pk.hex}-reason"] = own.get(f"no{point.opinion.number}", REASON)
            sent[f"{point.pk.hex}-revision"] = point.revision
        return sent

    def test_each_gets_the_template_and_a_reason_of_its_own(self, cast, browse, consultation):
        points = [cast.point(consultation), cast.point(consultation, by=cast.adopter)]
        template = actions.keep_template(
            cast.council, title="예산", verdict="not_accepted", text="예산 여건을 살폈습니다.", by=cast.officer
        )
        client, address = browse(cast.officer), to("answer_many", consultation)
        page = client.post(address, {"points": [point.pk for point in points]})
        assert [row.point for row in page.context["rows"]] == points
        sent = self.asked(points, no2="둘째 이유") | {"template": template.pk}
        assert client.post(address, sent).url == to("board", consultation)
        assert [fresh(point).disposition.reason for point in points] == [
            f"예산 여건을 살폈습니다.\n\n{REASON}",
            "예산 여건을 살폈습니다.\n\n둘째 이유",
        ]

    def test_without_one_reason_nothing_is_saved_and_nothing_lost(self, cast, browse, consultation):
        points = [cast.point(consultation), cast.point(consultation, by=cast.adopter)]
        response = browse(cast.officer).post(
            to("answer_many", consultation), self.asked(points, no1="첫째 이유", no2=" ")
        )
        assert response.status_code == 422
        assert "첫째 이유" in response.text
        assert not Disposition.objects.exists()

    def test_those_that_failed_stay_with_what_was_typed(self, cast, browse, consultation):
        good, stale = cast.point(consultation), cast.point(consultation, by=cast.adopter)
        sent = self.asked([good, stale], no1="첫째 이유", no2="둘째 이유")
        cast.answer(stale.opinion)
        client = browse(cast.officer)
        page = client.post(to("answer_many", consultation), sent)
        assert (page.context["batch"].applied, page.context["batch"].total) == (1, 2)
        assert [(row.point, bool(row.problem)) for row in page.context["rows"]] == [(stale, True)]
        assert "둘째 이유" in page.text
        assert "예산 여건상 당장은 어렵습니다." in page.text
        assert to("undo", page.context["batch"]) in page.text
        again = self.asked([fresh(stale)], no2="둘째 이유")
        assert client.post(to("answer_many", consultation), again).status_code == 302
        assert fresh(stale).disposition.reason == "둘째 이유"

    def test_accepted_ones_name_their_changed_passages(self, cast, browse, consultation):
        point = cast.point(consultation)
        passage = cast.next_version(consultation.version).passages.earliest("position")
        client, address = browse(cast.officer), to("answer_many", consultation)
        sent = self.asked([point]) | {"verdict": "accepted"}
        missing = client.post(address, sent)
        assert missing.context["rows"][0].problem
        client.post(address, sent | {f"{point.pk.hex}-changed_passage": passage.pk})
        assert fresh(point).disposition.changed_passage == passage

    def test_an_office_answers_only_its_own(self, cast, browse, consultation):
        own, other = cast.point(consultation), cast.submitted(consultation).points.get()
        actions.triage(other, office=cast.technopark, by=cast.secretary)
        page = browse(cast.officer).post(to("answer_many", consultation), self.asked([own, fresh(other)]))
        assert [row.point for row in page.context["rows"]] == [other]
        assert Disposition.objects.get().point == own


class TestTemplates:
    def test_they_are_kept_and_removed_by_those_who_answer(self, cast, browse):
        client, address = browse(cast.officer), to("answer_templates", cast.council)
        client.post(address, {"title": "예산", "verdict": "not_accepted", "text": "예산 여건을 살폈습니다."})
        template = AnswerTemplate.objects.get()
        assert "예산 여건을 살폈습니다." in browse(cast.secretary).get(address).text
        twice = client.post(address, {"title": "예산", "verdict": "not_accepted", "text": "다른 글"})
        assert "다른 글" in twice.text
        client.post(to("remove_template", template))
        assert not AnswerTemplate.objects.exists()


def test_a_point_takes_few_queries(cast, browse, consultation, django_assert_max_num_queries):
    documents.start_version(consultation.version.document, by=cast.secretary)
    point = cast.point(consultation)
    for user in (cast.secretary, cast.officer, cast.supplier):
        client = browse(user)
        client.get(to("point", point))
        with django_assert_max_num_queries(15):
            client.get(to("point", point))
        with django_assert_max_num_queries(15):
            client.get(to("point", point), headers=HTMX)
    assert Opinion.objects.count() == 1
