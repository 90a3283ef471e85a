"""Opinions are drafted, given, edited and withdrawn."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.opinions import actions
from council.opinions.models import Consultation, Opinion, Phase, Revision
from council.people import actions as people
from council.people.models import Membership
from tests.cast import TEXT


def fields_of(refusal) -> list[str]:
    return sorted(refusal.value.message_dict)


# --- consultations


def test_a_consultation_is_seen_when_it_is_opened(cast):
    consultation = cast.prepared_consultation()
    assert consultation not in Consultation.objects.visible_to(cast.supplier)
    actions.open_consultation(consultation, by=cast.secretary)
    assert consultation in Consultation.objects.visible_to(cast.supplier)


def test_it_asks_about_a_published_version_for_as_long_as_the_rules_say(cast):
    in_work = cast.document().versions.get()
    consultation = cast.prepared_consultation(in_work, days=2)
    with pytest.raises(Refused) as refusal:
        actions.open_consultation(consultation, by=cast.secretary)
    assert len(refusal.value.problems) == 2


def test_it_is_opened_once_and_not_by_members(cast):
    consultation = cast.consultation()
    with pytest.raises(Refused):
        actions.open_consultation(consultation, by=cast.secretary)
    with pytest.raises(PermissionDenied):
        actions.open_consultation(cast.prepared_consultation(consultation.version), by=cast.supplier)


def test_during_the_meeting_goes_before_the_phases_around_it(cast):
    now = clock.now()
    hour = dt.timedelta(hours=1)
    consultation = actions.prepare_consultation(
        cast.council,
        version=cast.version(),
        title="단계",
        office=cast.office,
        phases={"before": (now - 9 * hour, now + hour), "during": (now, now + hour), "after": (now, now + 300 * hour)},
        by=cast.secretary,
    )
    actions.open_consultation(consultation, by=cast.secretary)
    assert consultation.phase_at(now - hour).kind == Phase.Kind.BEFORE
    assert consultation.phase_at(now).kind == Phase.Kind.DURING
    assert consultation.phase_at(now + 2 * hour).kind == Phase.Kind.AFTER
    assert consultation.phase_at(now + 301 * hour) is None


# --- giving


def test_an_opinion_keeps_person_organisation_and_sector_of_its_moment(cast):
    opinion = cast.submitted(cast.consultation())
    assert (opinion.author, opinion.organisation, opinion.sector) == (cast.supplier, cast.supplying, "supplier")
    assert (opinion.number, opinion.phase, opinion.current_text) == (1, "before", TEXT)


def test_opinions_are_numbered_as_they_come(cast):
    consultation = cast.consultation()
    assert [cast.submitted(consultation, by=person).number for person in (cast.supplier, cast.adopter, cast.tp)] == [
        1,
        2,
        3,
    ]


def test_a_draft_is_its_authors_alone(cast):
    draft = cast.drafted(cast.consultation())
    others = (cast.secretary, cast.officer, cast.adopter, cast.operator)
    assert draft in Opinion.objects.visible_to(cast.supplier)
    assert not any(Opinion.objects.visible_to(other).exists() for other in others)


def test_a_draft_may_have_gaps_a_given_opinion_not(cast):
    draft = cast.drafted(cast.consultation(), reason="", proposed_text=" ")
    with pytest.raises(ValidationError) as refusal:
        actions.submit(draft, by=cast.supplier)
    assert fields_of(refusal) == ["proposed_text", "reason"]
    draft.refresh_from_db()
    assert draft.state == Opinion.State.DRAFT


def test_support_needs_no_wording(cast):
    assert cast.submitted(cast.consultation(), kind="support", proposed_text="").kind == "support"


def test_the_quoted_words_stand_in_the_passage(cast):
    consultation = cast.consultation()
    assert (
        cast.drafted(consultation, current_text="자부담 비율은 50%로 한다.").current_text == "자부담 비율은 50%로 한다."
    )
    with pytest.raises(ValidationError) as refusal:
        cast.drafted(consultation, current_text="없는 문장")
    assert fields_of(refusal) == ["current_text"]


def test_the_passage_is_of_the_version_asked_about(cast):
    version = cast.version()
    consultation = cast.consultation(version)
    elsewhere = cast.next_version(version).passages.earliest("position")
    with pytest.raises(ValidationError) as refusal:
        cast.drafted(consultation, passage=elsewhere)
    assert fields_of(refusal) == ["passage"]


def test_nothing_is_taken_after_the_last_phase(cast):
    consultation = cast.consultation()
    draft = cast.drafted(consultation)
    given = cast.submitted(consultation)
    with clock.at(consultation.closes_at + dt.timedelta(seconds=1)):
        with pytest.raises(Refused):
            cast.drafted(consultation)
        with pytest.raises(Refused):
            actions.submit(draft, by=cast.supplier)
        with pytest.raises(Refused):
            actions.edit(given, reason="늦은 이유", by=cast.supplier)


@pytest.mark.parametrize("who", ["observer", "expired", "stranger", "operator"])
def test_who_has_no_voice_gives_no_opinion(cast, who: str):
    consultation = cast.consultation()
    passage = consultation.version.passages.earliest("position")
    person = getattr(cast, who)
    membership = Membership.objects.filter(user=person).first() or cast.membership(cast.supplier)
    with pytest.raises(PermissionDenied):
        actions.draft(consultation, passage, membership=membership, reason="이유", by=person)


def test_nobody_speaks_through_someone_elses_seat(cast):
    consultation = cast.consultation()
    passage = consultation.version.passages.earliest("position")
    with pytest.raises(PermissionDenied):
        actions.draft(consultation, passage, membership=cast.membership(cast.adopter), by=cast.supplier)


# --- editing


def test_a_given_opinion_can_be_edited_until_it_is_triaged_and_keeps_its_history(cast):
    opinion = cast.submitted(cast.consultation())
    actions.edit(opinion, reason="더 나은 이유", by=cast.supplier)
    assert list(opinion.revisions.values_list("number", "reason")) == [
        (1, "영세 기업은 자부담 절반을 감당하기 어렵습니다."),
        (2, "더 나은 이유"),
    ]
    actions.triage(opinion.points.get(), by=cast.secretary)
    with pytest.raises(Refused):
        actions.edit(opinion, reason="늦은 이유", by=cast.supplier)


def test_an_edit_that_changes_nothing_leaves_no_trace(cast):
    opinion = cast.submitted(cast.consultation())
    actions.edit(opinion, reason=opinion.reason, by=cast.supplier)
    assert opinion.revisions.count() == 1


def test_a_stale_edit_is_refused_instead_of_overwriting(cast):
    opinion = cast.submitted(cast.consultation())
    actions.edit(opinion, reason="새 이유", revision=1, by=cast.supplier)
    with pytest.raises(Refused):
        actions.edit(opinion, reason="낡은 화면에서", revision=1, by=cast.supplier)


def test_a_given_opinion_cannot_lose_its_reason(cast):
    opinion = cast.submitted(cast.consultation())
    with pytest.raises(ValidationError):
        actions.edit(opinion, reason="  ", by=cast.supplier)


def test_only_the_author_edits(cast):
    opinion = cast.submitted(cast.consultation())
    for other in (cast.secretary, cast.officer, cast.adopter):
        with pytest.raises(PermissionDenied):
            actions.edit(opinion, reason="남의 말", by=other)


def test_an_author_whose_term_is_over_no_longer_edits_but_still_sees(cast):
    opinion = cast.submitted(cast.consultation())
    people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.secretary)
    opinion.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.edit(opinion, reason="나중에", by=cast.supplier)
    assert opinion in Opinion.objects.visible_to(cast.supplier)


# --- withdrawing


def test_a_withdrawn_opinion_is_out_of_sight_and_out_of_the_figures(cast):
    consultation = cast.consultation()
    opinion = cast.submitted(consultation)
    actions.withdraw(opinion, by=cast.supplier)
    consultation.refresh_from_db()
    assert consultation.submitted == 0
    assert opinion not in Opinion.objects.visible_to(cast.adopter)
    assert opinion in Opinion.objects.visible_to(cast.secretary)
    assert opinion in Opinion.objects.visible_to(cast.supplier)


def test_a_withdrawn_draft_is_gone(cast):
    draft = cast.drafted(cast.consultation())
    pk = draft.pk
    actions.withdraw(draft, by=cast.supplier)
    assert not Opinion.objects.filter(pk=pk).exists()


def test_an_answered_opinion_is_not_withdrawn(cast):
    opinion = cast.answered(cast.consultation())
    with pytest.raises(Refused):
        actions.withdraw(opinion, by=cast.supplier)


# --- who may see


def test_what_is_for_the_office_only_is_seen_by_author_secretariat_and_office(cast):
    opinion = cast.triaged(cast.consultation(), audience="office")
    everyone = ("chair", "secretary", "officer", "tp", "supplier", "adopter", "observer", "expired", "stranger")
    seen_by = [name for name in everyone if opinion in Opinion.objects.visible_to(getattr(cast, name))]
    assert seen_by == ["chair", "secretary", "officer", "supplier"]


def test_what_was_once_for_the_office_stays_so_when_the_opinion_is_opened_to_the_council(cast):
    opinion = cast.submitted(cast.consultation(), audience="office", reason="원가가 드러나는 이유")
    actions.edit(opinion, audience="council", reason="모두에게 말할 수 있는 이유", by=cast.supplier)
    assert list(Revision.objects.visible_to(cast.adopter).values_list("number", flat=True)) == [2]
    assert list(Revision.objects.visible_to(cast.supplier).values_list("number", flat=True)) == [1, 2]
