"""Order is kept: reports, hiding with a reason, redacted forms, campaigns, reactions, personal data."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.opinions import actions
from council.opinions.models import Campaign, Extension, Opinion, Reaction, Redaction, Report
from tests.cast import KIND, organisation

PEOPLE = ("chair", "secretary", "officer", "tp", "supplier", "adopter", "observer", "expired", "stranger")


def seeing(cast, model, thing) -> list[str]:
    return [name for name in PEOPLE if thing in model.objects.visible_to(getattr(cast, name))]


# --- hiding


def test_a_hidden_opinion_stays_with_its_author_and_those_who_run_the_council(cast):
    consultation = cast.consultation()
    opinion = cast.submitted(consultation)
    actions.report(opinion, reason="특정인을 비방합니다.", by=cast.adopter)
    actions.hide(opinion, reason="운영 규칙 7조", by=cast.secretary)
    assert seeing(cast, Opinion, opinion) == ["chair", "secretary", "supplier"]
    assert not Report.objects.open().exists()
    while notifications.dispatch():
        pass
    told = Notification.objects.filter(entry__verb="opinion.hidden", channel="mail")
    assert {notice.recipient for notice in told} == {cast.supplier}
    consultation.refresh_from_db()
    assert consultation.submitted == 1
    actions.restore(opinion, reason="이의를 받아들임", by=cast.chair)
    assert "adopter" in seeing(cast, Opinion, opinion)


def test_hiding_needs_a_reason(cast):
    opinion = cast.submitted(cast.consultation())
    with pytest.raises(ValidationError):
        actions.hide(opinion, reason=" ", by=cast.secretary)


def test_one_reports_once_and_sees_only_ones_own_reports(cast):
    opinion = cast.submitted(cast.consultation())
    report = actions.report(opinion, reason="광고입니다.", by=cast.adopter)
    assert seeing(cast, Report, report) == ["chair", "secretary", "adopter"]
    with pytest.raises(ValidationError):
        actions.report(opinion, reason="또 광고입니다.", by=cast.adopter)


# --- confidential


def confidential(cast, consultation) -> Opinion:
    return cast.submitted(consultation, audience="confidential", reason="우리 공정의 불량률은 3.1%입니다.")


def test_a_company_secret_is_read_by_others_only_in_a_form_both_sides_agreed_to(cast):
    consultation = cast.consultation()
    opinion = confidential(cast, consultation)
    assert seeing(cast, Opinion, opinion) == ["chair", "secretary", "supplier"]
    form = actions.redact(opinion, reason="불량률이 높은 공정이 있습니다.", by=cast.secretary)
    assert seeing(cast, Redaction, form) == ["chair", "secretary", "supplier"]
    with pytest.raises(PermissionDenied):
        actions.approve_redaction(form, by=cast.chair)
    actions.approve_redaction(form, by=cast.supplier)
    everyone = ["chair", "secretary", "officer", "tp", "supplier", "adopter", "observer"]
    assert seeing(cast, Redaction, form) == everyone
    assert seeing(cast, Opinion, opinion) == ["chair", "secretary", "supplier"]


def test_what_the_company_redacts_the_secretary_approves(cast):
    opinion = confidential(cast, cast.consultation())
    form = actions.redact(opinion, reason="불량률이 높은 공정이 있습니다.", by=cast.supplier)
    with pytest.raises(PermissionDenied):
        actions.approve_redaction(form, by=cast.supplier)
    assert actions.approve_redaction(form, by=cast.secretary).approved_by == cast.secretary


def test_a_changed_opinion_needs_its_public_form_approved_again(cast):
    opinion = confidential(cast, cast.consultation())
    form = actions.redact(opinion, reason="불량률이 높은 공정이 있습니다.", by=cast.supplier)
    actions.approve_redaction(form, by=cast.secretary)
    actions.edit(opinion, reason="불량률은 2.9%로 낮아졌습니다.", by=cast.supplier)
    form.refresh_from_db()
    assert form.approved_at is None


# --- reactions


def test_one_organisation_has_one_vote_and_may_change_it(cast):
    consultation = cast.consultation()
    opinion = cast.submitted(consultation)
    second = cast.member("adopter2", "다른 도입 위원", cast.adopting)
    actions.react(opinion, value=1, membership=cast.membership(cast.adopter), by=cast.adopter)
    actions.react(opinion, value=-1, membership=cast.membership(second), by=second)
    assert Reaction.objects.get().value == -1
    actions.react(opinion, value=None, membership=cast.membership(second), by=second)
    assert not Reaction.objects.exists()


def test_experts_vote_each_for_themselves(cast):
    opinion = cast.submitted(cast.consultation())
    institute = organisation("제조혁신연구회", KIND.EXPERT_BODY)
    experts = [cast.member(f"expert{number}", f"전문가 {number}", institute) for number in (1, 2)]
    for expert in experts:
        actions.react(opinion, value=1, membership=cast.membership(expert), by=expert)
    assert Reaction.objects.count() == 2


def test_nobody_sees_how_others_voted(cast):
    opinion = cast.submitted(cast.consultation())
    vote = actions.react(opinion, value=1, membership=cast.membership(cast.adopter), by=cast.adopter)
    assert seeing(cast, Reaction, vote) == ["adopter"]


def test_one_does_not_vote_on_ones_own_opinion_nor_after_the_window(cast):
    consultation = cast.consultation()
    opinion = cast.submitted(consultation)
    with pytest.raises(Refused):
        actions.react(opinion, value=1, membership=cast.membership(cast.supplier), by=cast.supplier)
    with clock.at(consultation.closes_at + dt.timedelta(seconds=1)), pytest.raises(Refused):
        actions.react(opinion, value=1, membership=cast.membership(cast.adopter), by=cast.adopter)


# --- campaigns

LETTER = "스마트공장 지원사업의 자부담 비율 50%는 영세 기업에 지나치게 높으므로 30%로 낮추어 주시기 바랍니다."


def test_near_identical_opinions_are_linked_and_all_stay(cast):
    consultation = cast.consultation()
    copies = [
        cast.submitted(consultation, by=who, kind="general", proposed_text="", reason=words)
        for who, words in (
            (cast.supplier, LETTER),
            (cast.adopter, LETTER.replace("지나치게 ", "지나치게")),
            (cast.tp, LETTER.replace("바랍니다", "바람")),
        )
    ]
    cast.submitted(consultation, kind="general", proposed_text="", reason="데이터 표준은 국제 표준을 따라야 합니다.")
    while actions.recognise_campaigns() >= 0:
        pass
    campaign = Campaign.objects.get()
    assert (campaign.size, campaign.first) == (3, copies[0])
    assert campaign.opinions.count() == 3
    assert Opinion.objects.given().count() == 4


def test_who_changes_their_words_leaves_the_campaign(cast):
    consultation = cast.consultation()
    words = {"kind": "general", "proposed_text": "", "reason": LETTER}
    copies = [cast.submitted(consultation, by=who, **words) for who in (cast.supplier, cast.adopter, cast.tp)]
    actions.recognise_campaigns()
    actions.edit(copies[1], reason="데이터 표준은 국제 표준을 따라야 하고 인력도 있어야 합니다.", by=cast.adopter)
    actions.recognise_campaigns()
    assert Campaign.objects.get().size == 2


# --- personal data


def test_personal_data_is_pointed_out_before_it_is_given(cast):
    consultation = cast.consultation()
    draft = cast.drafted(consultation, reason="자세한 내용은 010-1234-5678로 연락 주십시오.")
    with pytest.raises(ValidationError) as refusal:
        actions.submit(draft, by=cast.supplier)
    assert list(refusal.value.message_dict) == ["personal_data"]
    assert actions.submit(draft, by=cast.supplier, personal_data_checked=True).number == 1


def test_a_resident_number_is_never_taken(cast):
    draft = cast.drafted(cast.consultation(), reason="제 번호는 900101-1234567 입니다.")
    with pytest.raises(ValidationError) as refusal:
        actions.submit(draft, by=cast.supplier, personal_data_checked=True)
    assert list(refusal.value.message_dict) == ["reason"]


# --- windows


def test_a_phase_is_extended_with_a_reason_everyone_reads(cast):
    consultation = cast.consultation()
    phase = consultation.phases.get()
    later = phase.closes_at + dt.timedelta(days=3)
    with pytest.raises(ValidationError):
        actions.extend(phase, closes_at=later, reason=" ", by=cast.secretary)
    actions.extend(phase, closes_at=later, reason="추석 연휴", by=cast.secretary)
    assert seeing(cast, Extension, Extension.objects.get()) == [
        "chair",
        "secretary",
        "officer",
        "tp",
        "supplier",
        "adopter",
        "observer",
    ]


def test_a_phase_is_not_shortened(cast):
    phase = cast.consultation().phases.get()
    with pytest.raises(ValidationError):
        actions.extend(phase, closes_at=phase.closes_at - dt.timedelta(hours=1), reason="급함", by=cast.secretary)


def test_the_law_asks_for_more_days_than_the_council(cast):
    consultation = cast.prepared_consultation(days=14)
    consultation.procedure = "administrative"
    consultation.save()
    with pytest.raises(Refused) as refusal:
        actions.open_consultation(consultation, by=cast.secretary)
    assert len(refusal.value.problems) == 1


def test_the_clock_reminds_once_three_days_and_once_one_day_before_closing(cast):
    consultation = cast.consultation()
    closes_at = consultation.closes_at
    reminded = []
    for hours in (80, 71, 70, 25, 23, 22, 1):
        with clock.at(closes_at - dt.timedelta(hours=hours)):
            reminded.append(actions.remind_before_closing())
    assert reminded == [0, 1, 0, 0, 1, 0, 0]
