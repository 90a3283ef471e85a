"""Writing down what is said at the meeting, and entering what came on paper or by mail."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from council.core import clock
from council.opinions import actions
from council.opinions.models import Consultation, Opinion, Reply
from tests.cast import Cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


def spoken(cast: Cast, consultation: Consultation, **changes):
    return {
        "membership": cast.membership(cast.tp).pk,
        "passage": consultation.version.passages.get(number="2").pk,
        "kind": "general",
        "reason": "지역 수요가 큽니다.",
    } | changes


def received(cast: Cast, consultation: Consultation, **changes):
    return {
        "source": "paper",
        "source_note": "전북TP-1234(2023. 9. 4.)",
        "received_on": clock.today().isoformat(),
        "organisation": cast.technopark.pk,
        "submitter": "박 팀장",
        "passage": consultation.version.passages.get(number="1").pk,
        "kind": "general",
        "reason": "서면으로 냅니다.",
        "audience": "council",
    } | changes


class TestInTheRoom:
    def test_what_is_said_is_written_down_under_the_speakers_seat(self, cast, browse, consultation):
        page = reverse("web:record", args=[consultation.pk])
        response = browse(cast.secretary).post(page, spoken(cast, consultation))
        opinion = Opinion.objects.get()
        assert (opinion.author, opinion.source, opinion.recorded_by) == (cast.tp, "spoken", cast.secretary)
        assert opinion.needs_confirming
        assert f"membership={opinion.membership_id}" in response.url
        assert response.url.endswith("#said")

    def test_with_htmx_the_form_stands_ready_with_speaker_and_passage_as_they_were(self, cast, browse, consultation):
        page = reverse("web:record", args=[consultation.pk])
        response = browse(cast.secretary).post(page, spoken(cast, consultation), headers=HTMX)
        assert response.status_code == 200
        form = response.context["form"]
        assert not form.is_bound
        assert form.initial["membership"] == str(cast.membership(cast.tp).pk)
        assert "autofocus" in response.text
        assert "지역 수요가 큽니다." in response.text

    def test_what_is_wrong_keeps_what_was_typed(self, cast, browse, consultation):
        page = reverse("web:record", args=[consultation.pk])
        bad = spoken(cast, consultation, kind="amend", reason="이렇게 고칩시다.")
        response = browse(cast.secretary).post(page, bad, headers=HTMX)
        assert response.status_code == 422
        assert "이렇게 고칩시다." in response.text
        assert "data-unsent" in response.text
        assert not Opinion.objects.exists()

    def test_the_last_one_can_be_corrected_or_taken_back_until_it_is_confirmed(self, cast, browse, consultation):
        client = browse(cast.secretary)
        page = reverse("web:record", args=[consultation.pk])
        client.post(page, spoken(cast, consultation))
        opinion = Opinion.objects.get()
        edit = reverse("web:edit_opinion", args=[opinion.pk])
        assert edit in client.get(page).text
        assert client.get(edit).status_code == 200
        actions.edit(opinion, reason="지역 수요가 아주 큽니다.", by=cast.secretary)
        opinion.refresh_from_db()
        assert opinion.needs_confirming, "only its speaker confirms it"
        actions.confirm(opinion, by=cast.tp)
        assert edit not in client.get(page).text
        assert client.get(edit).status_code == 403

    def test_it_is_for_those_who_run_the_council(self, cast, browse, consultation):
        for name in ("record", "enter"):
            page = reverse(f"web:{name}", args=[consultation.pk])
            assert browse(cast.chair).get(page).status_code == 200
            assert browse(cast.supplier).get(page).status_code == 403
            assert browse(cast.stranger).get(page).status_code == 404
            assert browse(None).get(page).url.startswith(reverse("account_login"))

    def test_its_queries_do_not_grow(self, cast, browse, consultation):
        client, page = browse(cast.secretary), reverse("web:record", args=[consultation.pk])
        seat = cast.membership(cast.tp)
        passage = consultation.version.passages.first()

        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            return len(queries)

        actions.enter(consultation, passage, source="spoken", membership=seat, reason="하나", by=cast.secretary)
        before = asked()
        for number in range(15):
            actions.enter(
                consultation, passage, source="spoken", membership=seat, reason=f"{number}째", by=cast.secretary
            )
        assert asked() == before <= 15


class TestOnPaper:
    def test_it_is_entered_with_its_source_and_counts_as_a_reply(self, cast, browse, consultation):
        page = reverse("web:enter", args=[consultation.pk])
        browse(cast.secretary).post(page, received(cast, consultation))
        opinion = Opinion.objects.get()
        assert (opinion.source, opinion.submitter, opinion.author) == ("paper", "박 팀장", None)
        assert opinion.source_note.startswith("전북TP")
        assert Reply.objects.get().organisation == cast.technopark

    @pytest.mark.parametrize(
        "wrong",
        [
            {"source_note": ""},
            {"organisation": ""},
            {"received_on": (clock.today() + dt.timedelta(days=2)).isoformat()},
            {"reason": "주민번호 900101-1234567"},
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(self, cast, browse, consultation, wrong):
        page = reverse("web:enter", args=[consultation.pk])
        response = browse(cast.secretary).post(page, received(cast, consultation, **wrong))
        assert response.status_code == 200
        assert list(response.context["form"].errors) == list(wrong)
        assert not Opinion.objects.exists()
