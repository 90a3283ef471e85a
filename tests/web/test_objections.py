"""The second round: an author replies once to an answer; the office confirms or revises it."""

import datetime as dt

import pytest
from django.urls import reverse

from council.core import clock
from council.documents import actions as documents
from council.opinions import actions
from council.opinions.models import Disposition, Objection, Opinion
from tests.cast import Cast

REPLY = "인근 지자체는 이미 30%로 운영합니다."


@pytest.fixture
def opinion(cast: Cast) -> Opinion:
    return cast.published(cast.consultation())


@pytest.fixture
def answer(opinion) -> Disposition:
    return Disposition.objects.get(point__opinion=opinion)


@pytest.fixture
def objection(cast, answer) -> Objection:
    return actions.object_to(answer, text=REPLY, by=cast.supplier)


def reply(answer: Disposition) -> str:
    return reverse("web:object_to", args=[answer.pk])


def decision(objection: Objection) -> str:
    return reverse("web:decide_objection", args=[objection.pk])


def listed(opinion: Opinion) -> str:
    return reverse("web:objections", args=[opinion.consultation_id])


class TestReplying:
    def test_the_author_is_offered_it_beside_the_answer(self, cast, browse, opinion, answer):
        assert reply(answer) in browse(cast.supplier).get(opinion.get_absolute_url()).text
        for user in (cast.adopter, cast.officer, cast.secretary, cast.colleague()):
            assert reply(answer) not in browse(user).get(opinion.get_absolute_url()).text

    def test_it_is_given_once(self, cast, browse, opinion, answer):
        client = browse(cast.supplier)
        assert client.post(reply(answer), {"text": REPLY}).url == answer.get_absolute_url()
        assert Objection.objects.get().text == REPLY
        text = client.get(opinion.get_absolute_url()).text
        assert REPLY in text
        assert reply(answer) not in text
        again = client.post(reply(answer), {"text": "한 번 더"})
        assert again.context["form"].non_field_errors()
        assert "한 번 더" in again.text

    def test_an_empty_one_is_not(self, cast, browse, answer):
        assert "text" in browse(cast.supplier).post(reply(answer), {"text": " "}).context["form"].errors

    def test_after_the_councils_days_it_is_no_longer_offered(self, cast, browse, opinion, answer):
        last = clock.end_of_day(answer.objections_until)
        with clock.at(last):
            assert reply(answer) in browse(cast.supplier).get(opinion.get_absolute_url()).text
        with clock.at(last + dt.timedelta(seconds=1)):
            assert reply(answer) not in browse(cast.supplier).get(opinion.get_absolute_url()).text
            assert browse(cast.supplier).post(reply(answer), {"text": REPLY}).context["form"].non_field_errors()

    def test_others_reply_nothing(self, cast, browse, answer):
        for user in (cast.adopter, cast.officer):
            assert browse(user).post(reply(answer), {"text": REPLY}).status_code == 403
        assert browse(cast.stranger).get(reply(answer)).status_code == 404

    def test_a_prepared_answer_takes_none(self, cast, browse):
        prepared = Disposition.objects.get(point__opinion=cast.answered(cast.consultation()))
        for user in (cast.supplier, cast.officer):
            assert browse(user).get(reply(prepared)).status_code == 404


class TestDeciding:
    def test_the_office_finds_what_waits(self, cast, browse, opinion, objection):
        for user in (cast.officer, cast.secretary):
            response = browse(user).get(listed(opinion))
            assert response.context["page"].rows == [objection]
            assert decision(objection) in browse(user).get(opinion.get_absolute_url()).text
        assert browse(cast.supplier).get(listed(opinion)).status_code == 403
        assert browse(cast.stranger).get(listed(opinion)).status_code == 404
        assert decision(objection) not in browse(cast.supplier).get(opinion.get_absolute_url()).text

    def test_it_confirms(self, cast, browse, opinion, answer, objection):
        asked = {"outcome": "confirmed", "reason": "재정 여건이 같습니다.", "verdict": "accepted", "answer": "무시됨"}
        assert browse(cast.officer).post(decision(objection), asked).url == answer.get_absolute_url()
        answer.refresh_from_db()
        objection.refresh_from_db()
        assert (answer.verdict, objection.outcome) == ("not_accepted", "confirmed")
        assert "재정 여건이 같습니다." in browse(cast.supplier).get(opinion.get_absolute_url()).text
        assert browse(cast.officer).get(listed(opinion), {"state": "decided"}).context["page"].rows == [objection]

    def test_it_revises_and_both_answers_are_read(self, cast, browse, opinion, answer, objection):
        following = cast.next_version(opinion.consultation.version)
        documents.publish_version(following, by=cast.secretary)
        changed = following.passages.earliest("position")
        asked = {
            "outcome": "revised",
            "reason": "자료를 다시 보았습니다.",
            "verdict": "accepted",
            "answer": "30%로 낮춥니다.",
            "changed_passage": changed.pk,
        }
        browse(cast.officer).post(decision(objection), asked)
        answer.refresh_from_db()
        assert (answer.verdict, answer.changed_passage) == ("accepted", changed)
        text = browse(cast.supplier).get(opinion.get_absolute_url()).text
        for words in (REPLY, "자료를 다시 보았습니다.", "30%로 낮춥니다.", "예산 여건상 당장은 어렵습니다."):
            assert words in text

    def test_revising_needs_the_new_answer_and_its_passage(self, cast, browse, objection):
        asked = {"outcome": "revised", "reason": "이유", "verdict": "accepted", "answer": ""}
        errors = browse(cast.officer).post(decision(objection), asked).context["form"].errors
        assert set(errors) == {"answer", "changed_passage"}

    def test_passages_of_a_version_in_work_are_not_offered(self, cast, browse, opinion, objection):
        following = cast.next_version(opinion.consultation.version)
        form = browse(cast.officer).get(decision(objection)).context["form"]
        assert not form.fields["changed_passage"].queryset.filter(version=following).exists()

    def test_members_decide_nothing(self, cast, browse, objection):
        for user in (cast.supplier, cast.adopter):
            assert browse(user).get(decision(objection)).status_code == 403
        assert browse(cast.stranger).get(decision(objection)).status_code == 404

    def test_a_decided_one_is_not_decided_again(self, cast, browse, objection):
        actions.decide_objection(objection, outcome="confirmed", reason="그대로", by=cast.officer)
        response = browse(cast.secretary).get(decision(objection))
        assert 'name="outcome"' not in response.text
