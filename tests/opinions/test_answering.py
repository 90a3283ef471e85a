"""Opinions are split into points, assigned, answered by the office that owes it, and published together."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from council.core import clock
from council.core.errors import Refused
from council.documents import actions as documents
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.opinions import actions
from council.opinions.models import Disposition, Objection, Opinion, Point
from council.people import actions as people
from tests.cast import TEXT


def fields_of(refusal) -> list[str]:
    return sorted(refusal.value.message_dict)


def dispatch() -> None:
    while notifications.dispatch():
        pass


def told(verb: str) -> set[str]:
    return {notice.recipient.name for notice in Notification.objects.filter(entry__verb=verb)}


# --- assigning


def test_triage_takes_the_consultations_office_and_the_councils_days(cast):
    point = cast.point(cast.consultation())
    assert (point.office, point.due_on) == (cast.office, cast.today + dt.timedelta(days=14))


def test_an_office_that_nobody_speaks_for_is_refused(cast):
    empty = people.register_organisation(by=cast.secretary, name="빈 부서", kind="central_government")
    with pytest.raises(ValidationError) as refusal:
        actions.triage(cast.submitted(cast.consultation()).points.get(), office=empty, by=cast.secretary)
    assert fields_of(refusal) == ["office"]


def test_members_and_offices_triage_nothing(cast):
    opinion = cast.submitted(cast.consultation())
    for person in (cast.supplier, cast.officer):
        with pytest.raises(PermissionDenied):
            actions.triage(opinion.points.get(), by=person)


def test_an_assignment_made_on_an_older_state_is_refused(cast):
    point = cast.point(cast.consultation())
    with pytest.raises(Refused):
        actions.triage(point, office=cast.ministry, revision=point.revision - 1, by=cast.secretary)
    assert (
        actions.triage(point, office=cast.ministry, revision=point.revision, by=cast.secretary).office == cast.ministry
    )


def test_an_answer_is_overdue_from_the_day_after(cast):
    point = cast.point(cast.consultation())
    with clock.at(clock.end_of_day(point.due_on)):
        assert not point.is_overdue
    with clock.at(clock.end_of_day(point.due_on) + dt.timedelta(seconds=1)):
        assert point.is_overdue
        assert point in Point.objects.overdue()


# --- answering


def test_an_answer_needs_a_reason_and_what_is_accepted_its_passage(cast):
    point = cast.point(cast.consultation())
    with pytest.raises(ValidationError) as refusal:
        actions.dispose(point, verdict="accepted", reason=" ", by=cast.officer)
    assert fields_of(refusal) == ["changed_passage", "reason"]


@pytest.mark.parametrize("verdict", ["accepted", "partly"])
def test_the_database_keeps_what_is_accepted_to_its_passage(cast, verdict: str):
    disposition = cast.answer(cast.triaged(cast.consultation()))
    with pytest.raises(IntegrityError, match="what_is_accepted_names_the_changed_passage"), transaction.atomic():
        Disposition.objects.filter(pk=disposition.pk).update(verdict=verdict)


def test_the_database_keeps_every_answer_to_its_reason(cast):
    disposition = cast.answer(cast.triaged(cast.consultation()))
    with pytest.raises(IntegrityError, match="an_answer_has_a_reason"), transaction.atomic():
        Disposition.objects.filter(pk=disposition.pk).update(reason=" \n")


def test_the_changed_passage_is_of_a_later_version_of_the_same_document(cast):
    version = cast.version()
    opinion = cast.triaged(cast.consultation(version))
    with pytest.raises(ValidationError) as refusal:
        cast.answer(opinion, verdict="accepted", changed_passage=opinion.passage)
    assert fields_of(refusal) == ["changed_passage"]
    with pytest.raises(ValidationError):
        cast.answer(opinion, verdict="accepted", changed_passage=cast.version().passages.earliest("position"))


def test_an_answer_is_private_until_it_is_published(cast):
    consultation = cast.consultation()
    disposition = cast.answer(cast.triaged(consultation))
    seen = {name: disposition in Disposition.objects.visible_to(getattr(cast, name)) for name in PEOPLE}
    assert [name for name, sees in seen.items() if sees] == ["chair", "secretary", "officer"]
    actions.release(consultation, by=cast.secretary)
    seen = {name: disposition in Disposition.objects.visible_to(getattr(cast, name)) for name in PEOPLE}
    assert [name for name, sees in seen.items() if not sees] == ["expired", "stranger"]


PEOPLE = ("chair", "secretary", "officer", "tp", "supplier", "adopter", "observer", "expired", "stranger")


def test_an_office_no_longer_answers_what_was_given_to_another_meanwhile(cast):
    opinion = cast.triaged(cast.consultation())
    actions.triage(opinion.points.get(), office=cast.ministry, by=cast.secretary)
    with pytest.raises(PermissionDenied):
        cast.answer(opinion)  # as the office's page still shows it


def test_only_the_office_and_the_secretariat_answer(cast):
    point = cast.point(cast.consultation())
    for person in (cast.supplier, cast.adopter, cast.tp):
        with pytest.raises(PermissionDenied):
            actions.dispose(point, verdict="not_accepted", reason="이유", by=person)


def test_an_answer_can_be_revised_until_it_is_published(cast):
    consultation = cast.consultation()
    opinion = cast.answered(consultation)
    seen = opinion.points.get().revision
    revised = cast.answer(opinion, verdict="longer_term", revision=seen)
    assert (revised.verdict, revised.revision) == ("longer_term", 2)
    with pytest.raises(Refused):
        cast.answer(opinion, revision=seen)
    actions.release(consultation, by=cast.secretary)
    with pytest.raises(Refused):
        cast.answer(opinion)


def test_an_untriaged_opinion_is_not_answered(cast):
    with pytest.raises(Refused):
        cast.answer(cast.submitted(cast.consultation()), by=cast.secretary)


# --- points


def test_an_opinion_has_one_point_until_it_is_split(cast):
    opinion = cast.submitted(cast.consultation())
    assert opinion.points.get().gist == ""
    points = actions.split(opinion, gists=["자부담을 낮출 것", "교육 인력을 지원할 것"], by=cast.secretary)
    assert [(point.number, point.gist) for point in points] == [(1, "자부담을 낮출 것"), (2, "교육 인력을 지원할 것")]
    assert [str(point) for point in points] == ["#1", "#1-2"]


def test_what_somebody_works_on_is_not_split(cast):
    with pytest.raises(Refused):
        actions.split(cast.triaged(cast.consultation()), gists=["하나", "둘"], by=cast.secretary)


def test_an_opinion_is_answered_when_its_last_point_is(cast):
    consultation = cast.consultation()
    opinion = cast.submitted(consultation)
    first, second = actions.split(opinion, gists=["하나", "둘"], by=cast.secretary)
    states = []
    for step in (
        lambda: actions.triage(first, by=cast.secretary),
        lambda: actions.triage(second, by=cast.secretary),
        lambda: actions.dispose(first, verdict="not_accepted", reason="이유", by=cast.officer),
        lambda: actions.await_input(second, waiting_for="기재부 검토", by=cast.officer),
        lambda: actions.dispose(second, verdict="longer_term", reason="이유", by=cast.officer),
        lambda: actions.release(consultation, by=cast.secretary),
    ):
        step()
        opinion.refresh_from_db()
        states.append(opinion.state)
    assert states == ["triaged", "triaged", "triaged", "waiting", "answered", "published"]


def test_a_half_answered_opinion_is_not_published(cast):
    consultation = cast.consultation()
    first, _second = actions.split(cast.submitted(consultation), gists=["하나", "둘"], by=cast.secretary)
    actions.triage(first, by=cast.secretary)
    actions.dispose(first, verdict="not_accepted", reason="이유", by=cast.officer)
    with pytest.raises(Refused):
        actions.release(consultation, by=cast.secretary)
    assert consultation.points.filter(disposition__released_at__isnull=False).count() == 0


# --- many at once


def several(cast, consultation, count: int = 3) -> list[Point]:
    for _ in range(count):
        cast.submitted(consultation)
    return list(consultation.points.order_by("opinion__number"))


def test_many_are_assigned_in_one_step_and_the_office_is_told_once(cast):
    consultation = cast.consultation()
    batch = actions.triage_all(several(cast, consultation), by=cast.secretary)
    assert (batch.applied, batch.total) == (3, 3)
    dispatch()
    assert Notification.objects.filter(entry__verb="consultation.opinions_assigned", channel="mail").count() == 1
    assert not told("opinion.triaged_together")


def test_of_many_answers_those_without_a_reason_of_their_own_fail_and_are_named(cast):
    consultation = cast.consultation()
    points = several(cast, consultation)
    actions.triage_all(points, by=cast.secretary)
    template = actions.keep_template(
        cast.council, title="예산", verdict="not_accepted", text="귀한 의견에 감사드립니다.", by=cast.officer
    )
    reasons = {points[0].pk: "올해 예산에 없습니다.", points[1].pk: "  ", points[2].pk: "법 개정이 먼저입니다."}
    batch = actions.dispose_all(points, verdict="not_accepted", template=template, reasons=reasons, by=cast.officer)
    assert (batch.applied, batch.total) == (2, 3)
    [failed] = batch.rows.exclude(problem="")
    assert failed.point == points[1]
    assert Disposition.objects.get(point=points[0]).reason == "귀한 의견에 감사드립니다.\n\n올해 예산에 없습니다."


def test_a_step_is_taken_back_for_what_nobody_has_touched_since(cast):
    consultation = cast.consultation()
    points = several(cast, consultation)
    batch = actions.triage_all(points, by=cast.secretary)
    actions.dispose(points[0], verdict="not_accepted", reason="이유", by=cast.officer)
    batch = actions.undo(batch, by=cast.secretary)
    assert (batch.undone, batch.applied) == (2, 3)
    assert sorted(consultation.points.values_list("state", flat=True)) == ["answered", "submitted", "submitted"]
    with pytest.raises(Refused):
        actions.undo(batch, by=cast.secretary)


def test_an_answer_taken_back_leaves_the_one_before_it(cast):
    opinion = cast.answered(cast.consultation())
    point = opinion.points.get()
    actions.dispose(point, verdict="longer_term", reason="다시 생각했습니다.", by=cast.officer)
    actions.undo(point.consultation.batches.first(), by=cast.officer)
    assert Disposition.objects.get(point=point).verdict == "not_accepted"


def test_a_first_answer_taken_back_leaves_none(cast):
    opinion = cast.answered(cast.consultation())
    consultation = opinion.consultation
    actions.undo(consultation.batches.first(), by=cast.officer)
    assert not Disposition.objects.exists()
    opinion.refresh_from_db()
    consultation.refresh_from_db()
    assert (opinion.state, consultation.answered) == ("triaged", 0)


def test_tags_are_put_on_and_taken_off(cast):
    points = several(cast, cast.consultation())
    actions.tag_all(points, add=["예산", "법 개정"], by=cast.secretary)
    actions.tag_all(points[:1], remove=["예산"], by=cast.secretary)
    assert Point.objects.filter(tags__contains=["예산"]).count() == 2


def test_assigning_takes_as_many_queries_for_thirty_as_for_one(cast, django_assert_max_num_queries):
    points = several(cast, cast.consultation(), 30)
    with django_assert_max_num_queries(25):
        assert actions.triage_all(points, by=cast.secretary).applied == 30


# --- the text


def test_accepting_a_wording_changes_the_next_versions_draft(cast):
    version = cast.version()
    point = cast.point(
        cast.consultation(version), current_text="자부담 비율은 50%로 한다.", proposed_text="자부담 비율은 30%로 한다."
    )
    answer = actions.accept_wording(point, reason="받아들입니다.", by=cast.officer)
    assert answer.changed_passage.text == TEXT.replace("50%", "30%")
    assert (answer.changed_passage.version.number, answer.changed_passage.version.is_published) == (2, False)


def test_words_that_stand_in_the_draft_no_more_are_put_in_by_hand(cast):
    version = cast.version()
    consultation = cast.consultation(version)
    following = cast.next_version(version)
    words = {"current_text": "자부담 비율은 50%로 한다.", "proposed_text": "자부담 비율은 20%로 한다."}
    point = cast.point(consultation, **words)
    with pytest.raises(ValidationError) as refusal:
        actions.accept_wording(point, reason="받아들입니다.", by=cast.officer)
    assert fields_of(refusal) == ["text"]
    actions.accept_wording(point, reason="받아들입니다.", text="자부담 비율은 20%로 한다.", by=cast.officer)
    assert following.passages.earliest("position").text == "자부담 비율은 20%로 한다."


def test_a_version_is_not_published_while_an_accepted_opinion_lacks_its_change(cast):
    version = cast.version()
    consultation = cast.consultation(version)
    following = documents.start_version(version.document, by=cast.secretary)
    opinion = cast.triaged(consultation)
    passage = following.passages.get(identity=opinion.passage.identity)
    cast.answer(opinion, verdict="accepted", changed_passage=passage)
    with pytest.raises(Refused) as refusal:
        documents.publish_version(following, by=cast.secretary)
    assert len(refusal.value.problems) == 1
    documents.change_passage(passage, text="고친 글", by=cast.officer)
    assert documents.publish_version(following, by=cast.secretary).is_published


def test_a_passage_answers_point_to_is_not_removed(cast):
    version = cast.version()
    consultation = cast.consultation(version)
    following = cast.next_version(version)
    opinion = cast.triaged(consultation)
    passage = following.passages.get(identity=opinion.passage.identity)
    cast.answer(opinion, verdict="accepted", changed_passage=passage)
    with pytest.raises(Refused):
        documents.remove_passage(passage, by=cast.secretary)


# --- publishing


def test_answers_that_point_to_an_unpublished_version_wait_for_it(cast):
    version = cast.version()
    consultation = cast.consultation(version)
    opinion = cast.triaged(consultation)
    following = cast.next_version(version)
    cast.answer(opinion, verdict="accepted", changed_passage=following.passages.get(identity=opinion.passage.identity))
    with pytest.raises(Refused) as refusal:
        actions.release(consultation, by=cast.secretary)
    assert len(refusal.value.problems) == 1
    documents.publish_version(following, by=cast.secretary)
    assert actions.release(consultation, by=cast.secretary) == 1


def test_there_must_be_something_to_publish(cast):
    consultation = cast.consultation()
    cast.triaged(consultation)
    with pytest.raises(Refused):
        actions.release(consultation, by=cast.secretary)


def test_what_is_answered_later_is_published_in_a_second_round(cast):
    consultation = cast.consultation()
    cast.published(consultation)
    cast.answered(consultation, by=cast.adopter)
    assert actions.release(consultation, by=cast.secretary) == 1
    consultation.refresh_from_db()
    assert (consultation.submitted, consultation.answered, consultation.published) == (2, 2, 2)


def test_publishing_takes_as_many_queries_for_thirty_answers_as_for_one(cast, django_assert_max_num_queries):
    consultation = cast.consultation()
    for _ in range(30):
        cast.answered(consultation)
    with django_assert_max_num_queries(15):
        assert actions.release(consultation, by=cast.secretary) == 30


def test_members_publish_nothing(cast):
    consultation = cast.consultation()
    cast.answered(consultation)
    for person in (cast.supplier, cast.officer):
        with pytest.raises(PermissionDenied):
            actions.release(consultation, by=person)


def test_before_publishing_the_check_names_what_is_lacking(cast):
    consultation = cast.consultation()
    cast.submitted(consultation)
    letter = actions.enter(
        consultation,
        consultation.version.passages.first(),
        organisation=cast.adopting,
        source="paper",
        source_note="2023. 9. 4. 접수 제12호",
        reason="현장 의견입니다.",
        by=cast.secretary,
    )
    lacking = actions.lacking(consultation)
    assert [opinion.number for opinion in lacking.undisposed] == [1, 2]
    assert list(lacking.untold) == [letter]
    assert not lacking.in_the_way


def test_an_author_without_account_is_told_by_letter(cast):
    consultation = cast.consultation()
    letter = actions.enter(
        consultation,
        consultation.version.passages.first(),
        organisation=cast.adopting,
        source="paper",
        source_note="2023. 9. 4. 접수 제12호",
        reason="현장 의견입니다.",
        by=cast.secretary,
    )
    with pytest.raises(Refused):
        actions.tell_author(letter, channel="letter", by=cast.secretary)
    actions.triage(letter.points.get(), by=cast.secretary)
    cast.answer(letter)
    actions.release(consultation, by=cast.secretary)
    letter.refresh_from_db()
    actions.tell_author(letter, channel="letter", note="등기 1234", by=cast.secretary)
    assert not actions.lacking(consultation).untold


# --- the second round


def test_an_author_replies_once_to_an_answer_and_the_office_revises_it(cast):
    opinion = cast.published(cast.consultation())
    answer = Disposition.objects.get(point__opinion=opinion)
    objection = actions.object_to(answer, text="예산이 아니라 규정의 문제입니다.", by=cast.supplier)
    with pytest.raises(Refused):
        actions.object_to(answer, text="한 번 더", by=cast.supplier)
    actions.decide_objection(
        objection,
        outcome="revised",
        reason="규정을 다시 보았습니다.",
        verdict="longer_term",
        answer="내년 규정 개정 때 검토합니다.",
        by=cast.officer,
    )
    answer.refresh_from_db()
    objection.refresh_from_db()
    assert (answer.verdict, objection.first_verdict) == ("longer_term", "not_accepted")
    dispatch()
    assert told("objection.raised") == {"사무관"}
    assert told("objection.decided") == {"공급 대표"}


def test_after_the_days_the_council_allows_nobody_replies(cast):
    opinion = cast.published(cast.consultation())
    answer = Disposition.objects.get(point__opinion=opinion)
    assert answer.objections_until is not None
    with clock.at(clock.end_of_day(answer.objections_until) + dt.timedelta(seconds=1)), pytest.raises(Refused):
        actions.object_to(answer, text="늦었습니다.", by=cast.supplier)


def test_only_the_author_replies_to_an_answer(cast):
    answer = Disposition.objects.get(point__opinion=cast.published(cast.consultation()))
    for person in (cast.adopter, cast.secretary):
        with pytest.raises(PermissionDenied):
            actions.object_to(answer, text="남의 일", by=person)
    assert not Objection.objects.exists()


# --- the result in public


def test_the_result_is_public_only_once_someone_says_so(cast):
    consultation = cast.consultation()
    with pytest.raises(Refused):
        actions.publish_result(consultation, by=cast.secretary)
    cast.published(consultation)
    assert actions.publish_result(consultation, by=cast.secretary).public_at
    assert not actions.publish_result(consultation, public=False, by=cast.secretary).public_at
    assert Opinion.objects.public().count() == 1
