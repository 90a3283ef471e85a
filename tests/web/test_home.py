"""What waits for someone, and their own details."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from council.core import clock
from council.meetings import actions as meetings
from council.notifications import actions as notifications
from council.opinions import actions as opinions
from council.people.models import Membership
from council.web.gathered.waiting import results, waiting
from tests.meetings import prepared

HOME = "/"


def things(user):
    own = Membership.objects.current().filter(user=user).select_related("council", "organisation")
    return [(each.icon, each.title, each.for_whom) for each in waiting(user, list(own))]


def test_anonymous_is_asked_to_log_in(client, db):
    assert client.get(HOME).headers["Location"].startswith(reverse("account_login"))


def test_nothing_waits_and_the_page_says_what_will_appear(cast, browse):
    page = browse(cast.stranger).get(HOME, headers={"accept-language": "en"})
    assert page.status_code == 200
    assert page.context["waiting"] == []
    assert 'class="empty"' in page.content.decode()


def test_what_nobody_waits_for_is_not_asked_for_at_length(cast, django_assert_num_queries):
    own = list(Membership.objects.current().filter(user=cast.supplier).select_related("council", "organisation"))
    with django_assert_num_queries(2):  # which kinds there are, and open consultations
        assert waiting(cast.supplier, own) == []


def test_an_invitation_waits_until_it_is_answered(cast, browse):
    meeting = cast.meeting()
    assert things(cast.supplier) == [("calendar", meeting.title, "누리솔루션")]
    page = browse(cast.supplier).get(HOME).content.decode()
    assert reverse("web:answer_invitation", args=[cast.invitation(meeting, cast.supplier).pk]) in page
    invitation = cast.invitation(meeting, cast.supplier)
    meetings.answer_invitation(invitation, answer="attending", by=cast.supplier)
    assert things(cast.supplier) == []


def test_a_consultation_waits_until_the_organisation_has_spoken(cast):
    consultation = cast.consultation()
    assert things(cast.supplier) == [("speech", consultation.title, "누리솔루션")]
    cast.submitted(consultation)
    assert things(cast.supplier) == []


def test_a_draft_waits_instead_of_its_consultation(cast):
    consultation = cast.consultation()
    draft = cast.drafted(consultation)
    [(icon, title, _for)] = things(cast.supplier)
    assert (icon, title) == ("pencil", f"{draft.passage} · {consultation.title}")
    opinions.submit(draft, by=cast.supplier)
    assert things(cast.supplier) == []


def test_nobody_hears_of_anothers_draft(cast):
    cast.drafted(cast.consultation())
    assert [icon for icon, *_ in things(cast.adopter)] == ["speech"]


def test_a_closed_consultation_waits_for_nobody(cast):
    consultation = cast.consultation()
    cast.drafted(consultation)
    with clock.at(clock.now() + dt.timedelta(days=30)):
        assert things(cast.supplier) == []


@pytest.mark.parametrize("who", ["observer", "secretary", "chair", "officer"])
def test_who_watches_writes_or_answers_is_not_asked_for_an_opinion(cast, who):
    cast.consultation()
    assert "speech" not in [icon for icon, *_ in things(getattr(cast, who))]


def test_who_sits_for_two_organisations_is_asked_for_each(cast):
    cast.member("supplier", "공급 대표", cast.adopting)
    consultation = cast.consultation()
    assert {for_whom for _, _, for_whom in things(cast.supplier)} == {"누리솔루션", "한빛정밀"}
    cast.submitted(consultation)
    assert [for_whom for _, _, for_whom in things(cast.supplier)] == ["한빛정밀"]


def test_an_office_owes_answers_grouped_with_their_number_and_what_is_overdue(cast, browse):
    consultation = cast.consultation()
    for _number in range(3):
        cast.triaged(consultation)
    [owed] = waiting(cast.officer, list(Membership.objects.current().filter(user=cast.officer)))
    filters = {"state": "triaged", "office": cast.office.pk}
    assert owed.url == reverse("web:board", args=[consultation.pk], query=filters)
    assert owed.for_whom == "제조혁신 담당 부서"
    assert not owed.is_overdue
    with clock.at(clock.now() + dt.timedelta(days=20)):
        page = browse(cast.officer).get(HOME)
        assert [each.is_overdue for each in page.context["waiting"]] == [True]
        assert page.context["late"] == 1


def test_the_secretary_sees_what_is_not_assigned_and_what_is_not_published(cast):
    consultation = cast.consultation()
    cast.submitted(consultation)
    cast.answered(consultation)
    assert sorted(icon for icon, *_ in things(cast.secretary)) == ["inbox", "send"]
    assert things(cast.chair) == []


def test_the_most_urgent_comes_first_and_what_has_no_date_last(cast):
    consultation = cast.consultation()
    cast.triaged(consultation)
    cast.submitted(consultation)
    early = cast.meeting(days=8, title="먼저")
    late = cast.meeting(days=60, title="나중")
    titles = [title for _, title, _ in things(cast.secretary)]
    assert titles == [early.title, late.title, consultation.title]


def test_an_answer_waits_to_be_read_until_its_notice_is_followed(cast, browse):
    consultation = cast.consultation()
    opinion = cast.published(consultation)
    notifications.dispatch()
    [result] = results(cast.supplier)
    assert result.opinion == opinion
    browser = browse(cast.supplier)
    assert "과제 1" in browser.get(HOME).content.decode()
    answer = browser.post(reverse("web:notice", args=[result.notification.pk]))
    assert answer.headers["Location"] == opinion.get_absolute_url()
    assert results(cast.supplier) == []


def test_an_answer_not_published_is_no_result(cast):
    cast.answered(cast.consultation())
    notifications.dispatch()
    assert results(cast.supplier) == []


def test_answering_an_invitation_on_the_first_page_leads_back_there(cast):
    invitation = cast.invitation(cast.meeting(), cast.supplier)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.supplier)
    page = browser.get(HOME).content.decode()
    [form] = re.findall(r'<form class="actions".*?</form>', page, re.DOTALL)
    typed = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', form))
    answer = browser.post(reverse("web:answer_invitation", args=[invitation.pk]), {**typed, "answer": "declined"})
    assert answer.headers["Location"] == HOME
    invitation.refresh_from_db()
    assert invitation.answer == "declined"


# --- Inside an organisation


def icons(user) -> list[str]:
    return [icon for icon, *_ in things(user)]


def test_who_coordinates_decides_on_what_colleagues_share_and_submits_the_set(cast):
    coordinator = cast.colleague("총괄", coordinates=True)
    consultation = cast.consultation()
    opinion = opinions.share(cast.drafted(consultation), by=cast.supplier)
    assert things(coordinator) == [("users", consultation.title, "누리솔루션")]
    assert things(cast.supplier) == []
    opinions.choose(opinion, by=coordinator)
    assert icons(coordinator) == ["send"]
    reply = {"membership": cast.membership(coordinator), "by": coordinator}
    opinions.submit_set(consultation, **reply)
    assert things(coordinator) == things(cast.supplier) == []


def test_where_nobody_coordinates_every_member_does(cast):
    colleague = cast.colleague()
    opinions.share(cast.drafted(cast.consultation()), by=cast.supplier)
    assert icons(colleague) == icons(cast.supplier) == ["users"]


def test_who_has_said_nothing_is_asked_although_a_colleague_has(cast):
    cast.colleague("총괄", coordinates=True)
    colleague = cast.colleague()
    opinions.share(cast.drafted(cast.consultation()), by=cast.supplier)
    assert icons(colleague) == ["speech"]


def test_that_there_is_no_opinion_is_a_reply(cast):
    consultation = cast.consultation()
    opinions.reply_without_opinion(consultation, membership=cast.membership(cast.supplier), by=cast.supplier)
    assert things(cast.supplier) == []


def test_nothing_inside_an_organisation_waits_for_anyone_outside(cast):
    before = {who: things(getattr(cast, who)) for who in ("secretary", "chair", "officer", "adopter", "tp")}
    consultation = cast.consultation()
    asked = {who: things(getattr(cast, who)) for who in before}
    colleague = cast.colleague()
    opinion = opinions.share(cast.drafted(consultation), by=cast.supplier)
    opinions.remark(opinion, text="동의합니다.", by=colleague)
    opinions.choose(opinion, by=colleague)
    assert {who: things(getattr(cast, who)) for who in before} == asked


# --- Spoken, confidential, reported, objected to


def spoken(cast, consultation, **words):
    return opinions.enter(
        consultation,
        consultation.version.passages.earliest("position"),
        source="spoken",
        membership=cast.membership(cast.supplier),
        reason="현장에서 드린 말씀입니다.",
        by=cast.secretary,
        **words,
    )


def test_what_was_written_down_for_me_waits_to_be_confirmed(cast, browse):
    opinion = spoken(cast, cast.consultation())
    assert icons(cast.supplier) == ["question"]
    page = browse(cast.supplier).get(HOME).text
    address = reverse("web:confirm_opinion", args=[opinion.pk])
    assert address in page
    assert opinion.get_absolute_url() in page
    assert opinion.reason in page
    answer = browse(cast.supplier).post(address, {"from": "home"})
    assert answer.headers["Location"] == HOME
    opinion.refresh_from_db()
    assert opinion.confirmed_at
    assert things(cast.supplier) == []


def test_nobody_else_confirms_what_i_said(cast, browse):
    opinion = spoken(cast, cast.consultation())
    assert browse(cast.adopter).post(reverse("web:confirm_opinion", args=[opinion.pk])).status_code == 403
    assert icons(cast.colleague()) == []


def test_a_public_form_waits_for_the_other_side(cast):
    opinion = cast.submitted(cast.consultation(), audience="confidential")
    form = opinions.redact(opinion, reason="영업 비밀을 뺀 이유", by=cast.secretary)
    assert icons(cast.supplier) == ["eye"]
    assert "eye" not in icons(cast.secretary) + icons(cast.chair) + icons(cast.adopter)
    opinions.approve_redaction(form, by=cast.supplier)
    assert things(cast.supplier) == []
    opinions.redact(opinion, reason="다시 쓴 이유", by=cast.supplier)
    assert "eye" in icons(cast.secretary)
    assert things(cast.supplier) == []


def test_reports_wait_for_those_who_run_the_council_only(cast):
    opinion = cast.submitted(cast.consultation())
    opinions.report(opinion, reason="인신공격입니다.", by=cast.adopter)
    opinions.report(opinion, reason="광고입니다.", by=cast.tp)
    for officer in (cast.secretary, cast.chair):
        assert "flag" in icons(officer)
    for other in (cast.supplier, cast.adopter, cast.officer):
        assert "flag" not in icons(other)
    opinions.dismiss_reports(opinion, by=cast.secretary)
    assert "flag" not in icons(cast.chair)


def test_a_call_for_agenda_items_waits_until_one_has_proposed_or_it_is_too_late(cast, browse):
    meeting = prepared.asking(cast)
    assert things(cast.supplier) == [("plus", meeting.title, "")]
    assert reverse("web:propose_item", args=[meeting.pk]) in browse(cast.supplier).get(HOME).content.decode()
    prepared.proposed(cast, meeting)
    assert things(cast.supplier) == []
    assert things(cast.adopter) == [("plus", meeting.title, "")]
    for person in (cast.observer, cast.stranger, cast.expired):
        assert things(person) == []
    with clock.at(meeting.proposals_until + dt.timedelta(minutes=1)):
        assert things(cast.adopter) == []


def test_a_call_of_a_subcommittee_is_for_its_members(cast):
    meeting = prepared.asking(cast, kind="subcommittee", subcommittee=prepared.body(cast))
    assert things(cast.supplier) == [("plus", meeting.title, "")]
    assert things(cast.adopter) == []


def test_what_is_proposed_waits_for_the_secretary(cast, browse):
    proposal = prepared.proposed(cast)
    assert things(cast.secretary) == [("inbox", proposal.meeting.title, "")]
    assert reverse("web:proposals", args=[proposal.meeting_id]) in browse(cast.secretary).get(HOME).content.decode()
    meetings.decline_proposal(proposal, reason="다음 회의에서 다룹니다.", by=cast.secretary)
    assert things(cast.secretary) == []


def test_what_is_forwarded_waits_for_who_runs_the_receiving_council(cast):
    referral = prepared.forwarded(cast)
    waits = ("right", referral.item.title, "")
    assert waits in things(cast.secretary)
    assert waits in things(cast.chair)
    assert waits not in things(cast.supplier)
    meetings.return_referral(referral, result="세부안을 만들었습니다.", by=cast.secretary)
    assert waits not in things(cast.secretary)


def test_a_reply_to_an_answer_waits_for_the_office_and_its_decision_for_the_author(cast):
    opinion = cast.published(cast.consultation())
    answer = opinion.points.get().disposition
    objection = opinions.object_to(answer, text="다시 살펴 주십시오.", by=cast.supplier)
    assert icons(cast.officer) == ["speech"]
    opinions.decide_objection(objection, outcome="confirmed", reason="재정 여건이 같습니다.", by=cast.officer)
    assert things(cast.officer) == []
    while notifications.dispatch():
        pass
    assert [result.opinion for result in results(cast.supplier)] == [opinion, opinion]


# --- All of it


def let_everything_wait(cast, times: int):
    """For a secretary who also sits for a Techno Park that owes answers."""
    cast.member("secretary", "간사", cast.technopark)
    colleague = cast.member("tp2", "팀장", cast.ministry)
    for number in range(times):
        cast.meeting(days=8 + number)
        consultation = cast.consultation(cast.version())
        cast.published(consultation, by=cast.secretary)
        cast.drafted(consultation, by=cast.secretary)
        opinions.choose(opinions.share(cast.drafted(consultation, by=colleague), by=colleague), by=cast.secretary)
        opinions.share(cast.drafted(consultation, by=colleague), by=colleague)
        opinions.report(cast.submitted(consultation), reason="확인 바랍니다.", by=cast.adopter)
        secret = cast.submitted(consultation, audience="confidential")
        opinions.redact(secret, reason="공개할 수 있는 이유", by=cast.supplier)
        cast.answered(consultation)
        point = cast.submitted(consultation).points.get()
        opinions.triage(point, office=cast.technopark, by=cast.secretary)
        settled = cast.triaged(consultation, by=cast.adopter)
        opinions.triage(settled.points.get(), office=cast.technopark, by=cast.secretary)
        opinions.dispose(settled.points.get(), verdict="not_accepted", reason="어렵습니다.", by=cast.secretary)
        opinions.release(consultation, by=cast.secretary)
        settled.refresh_from_db()
        opinions.object_to(settled.points.get().disposition, text="다시 봐 주십시오.", by=cast.adopter)
        cast.answered(consultation)
        opinions.enter(
            consultation,
            consultation.version.passages.earliest("position"),
            source="spoken",
            membership=cast.membership(cast.secretary),
            reason="회의에서 한 말",
            by=cast.chair,
        )
    while notifications.dispatch(limit=10_000):
        pass


@pytest.mark.parametrize("times", [1, 4])
def test_the_number_of_queries_does_not_grow(cast, browse, django_assert_max_num_queries, times):
    let_everything_wait(cast, times)
    browser = browse(cast.secretary)
    with django_assert_max_num_queries(20):
        page = browser.get(HOME)
    shown = [each.icon for each in page.context["waiting"]]
    assert {icon: shown.count(icon) for icon in shown} == {
        "calendar": 2 * times,
        "pencil": times,
        "users": times,
        "question": times,
        "eye": times,
        "speech": 2 * times,
        "answer": times,
        "flag": times,
        "inbox": times,
        "send": 2 * times,
    }
    assert len(page.context["results"]) == times


# --- One's details


def test_one_changes_name_and_language(cast, browse):
    browser = browse(cast.supplier)
    assert browser.get(reverse("web:profile")).status_code == 200
    answer = browser.post(reverse("web:profile"), {"name": "새 이름", "language": "en"})
    assert answer.headers["Location"] == reverse("web:profile")
    cast.supplier.refresh_from_db()
    assert (cast.supplier.name, cast.supplier.language) == ("새 이름", "en")
    assert "Your details have been changed." in browser.get(reverse("web:profile")).content.decode()


def test_a_name_is_needed(cast, browse):
    page = browse(cast.supplier).post(reverse("web:profile"), {"name": " ", "language": "ko"})
    assert page.context["form"].errors.keys() == {"name"}
    cast.supplier.refresh_from_db()
    assert cast.supplier.name == "공급 대표"


def test_the_password_of_nobody_is_changed_by_the_profile(cast, browse):
    before = cast.supplier.password
    browse(cast.supplier).post(
        reverse("web:profile"), {"name": "새 이름", "language": "ko", "password": "x", "email": "x@y"}
    )
    cast.supplier.refresh_from_db()
    assert (cast.supplier.password, cast.supplier.email) == (before, "supplier@council.example")
