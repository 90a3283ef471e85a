"""One thing that happens tells each person once."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.utils import translation

from council.core import clock
from council.decisions import actions as decisions
from council.documents import actions as documents
from council.exchange import actions as exchange
from council.exchange.models import Import
from council.journal.actions import record
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.meetings import actions as meetings
from council.notifications import actions
from council.notifications.actions.returning import address_failed
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.messages import notices
from council.notifications.models import Notification
from council.opinions import actions as opinions
from council.people import actions as people
from council.people.models import User
from tests.decisions import records
from tests.integrations import hooks
from tests.meetings import prepared
from tests.people.systems import client_of, system
from tests.world import world


def dispatch() -> None:
    while actions.dispatch():
        pass


def send() -> list[Any]:
    dispatch()
    while actions.send_mails():
        pass
    return mail.outbox


def told(verb: Verb, channel: str = "screen") -> set[User]:
    dispatch()
    return {n.recipient for n in Notification.objects.filter(entry__verb=verb, channel=channel)}


@pytest.fixture
def quiet(cast):
    """Nothing left to tell from setting up."""
    dispatch()
    Notification.objects.all().delete()
    return cast


def test_everyone_invited_is_told_of_a_meeting_but_not_who_convened_it(quiet):
    quiet.meeting()
    expected = {quiet.chair, quiet.officer, quiet.tp, quiet.supplier, quiet.adopter, quiet.observer}
    assert told(Verb.MEETING_CONVENED) == expected
    assert told(Verb.MEETING_CONVENED, "mail") == expected


def test_a_meeting_that_was_never_convened_is_cancelled_in_silence(quiet):
    meetings.cancel(quiet.planned_meeting(), reason="취소", by=quiet.secretary)
    assert told(Verb.MEETING_CANCELLED) == set()


def test_the_office_is_told_what_it_owes_and_the_secretary_what_came_in(quiet):
    quiet.triaged(quiet.consultation())
    assert told(Verb.OPINION_SUBMITTED) == {quiet.secretary}
    assert told(Verb.OPINION_TRIAGED) == {quiet.officer}
    assert told(Verb.OPINION_SUBMITTED, "mail") == set()


def test_the_author_is_told_when_the_answer_is_published_and_not_before(quiet):
    consultation = quiet.consultation()
    quiet.answered(consultation)
    assert told(Verb.ANSWER_RELEASED) == set()
    opinions.release(consultation, by=quiet.secretary)
    assert told(Verb.ANSWER_RELEASED) == {quiet.supplier}


def test_nobody_is_told_of_a_draft_that_is_deleted(quiet):
    opinions.withdraw(quiet.drafted(quiet.consultation()), by=quiet.supplier)
    assert told(Verb.DRAFT_DELETED) == told(Verb.OPINION_WITHDRAWN) == set()


def test_dispatching_again_tells_nobody_again(quiet):
    quiet.meeting()
    dispatch()
    before = Notification.objects.count()
    with_every_entry_open = Entry.objects.all()
    with_every_entry_open.update(dispatched_at=None)
    dispatch()
    assert Notification.objects.filter(entry__verb=Verb.MEETING_CONVENED).count() == 12
    assert Notification.objects.filter(entry__verb=Verb.MEETING_CONVENED).count() <= before


def test_an_entry_that_fails_steps_aside_and_comes_back(quiet, monkeypatch):
    quiet.meeting()
    quiet.triaged(quiet.consultation())

    def broken(entry: Entry):
        raise RuntimeError("poison")

    poisoned = replace(ANNOUNCEMENTS[Verb.MEETING_CONVENED], hears=broken)
    monkeypatch.setitem(ANNOUNCEMENTS, Verb.MEETING_CONVENED, poisoned)
    assert told(Verb.OPINION_TRIAGED) == {quiet.officer}
    entry = Entry.objects.get(verb=Verb.MEETING_CONVENED)
    assert (entry.dispatched_at, entry.attempts, entry.error) == (None, 1, "RuntimeError: poison")
    assert entry.retry_at is not None
    assert entry.retry_at > clock.now()
    monkeypatch.undo()
    with clock.at(entry.retry_at):
        assert quiet.supplier in told(Verb.MEETING_CONVENED)


def test_a_verb_that_concerns_nobody_is_done_at_once(quiet):
    quiet.planned_meeting()
    dispatch()
    assert not Entry.objects.undispatched().exists()
    assert not Notification.objects.exists()


def test_who_may_not_log_in_is_not_told(quiet):
    User.objects.filter(pk=quiet.supplier.pk).update(is_active=False)
    quiet.meeting()
    assert quiet.supplier not in told(Verb.MEETING_CONVENED)


@pytest.mark.parametrize("members", [1, 30])
def test_telling_many_takes_as_many_queries_as_telling_one(quiet, members: int, django_assert_max_num_queries):
    for number in range(members):
        quiet.member(f"extra{number}", f"위원 {number}", quiet.supplying)
    dispatch()
    documents.publish_version(quiet.document().versions.get(), by=quiet.secretary)
    with django_assert_max_num_queries(12):
        actions.dispatch()


# --- on screen


def test_a_notice_leads_to_the_place(quiet):
    opinion = quiet.published(quiet.consultation())
    dispatch()
    mine = Notification.objects.visible_to(quiet.supplier).on_screen().select_related("entry__target_type")
    [notice] = notices(quiet.supplier, mine.filter(entry__verb=Verb.ANSWER_RELEASED))
    assert notice.path == opinion.get_absolute_url()


def test_a_notice_of_what_one_may_no_longer_see_leads_nowhere(quiet):
    quiet.meeting()
    dispatch()
    people.dismiss(quiet.membership(quiet.supplier), reason="사임", by=quiet.secretary)
    mine = Notification.objects.visible_to(quiet.supplier).on_screen().select_related("entry__target_type")
    assert [notice.path for notice in notices(quiet.supplier, mine)] == [""]


def proposals_withdrawn_and_merged(cast) -> None:
    meeting = prepared.asking(cast)
    meetings.withdraw_proposal(prepared.proposed(cast, meeting), by=cast.supplier)
    two = [prepared.proposed(cast, meeting, title=title) for title in ("로봇 교육", "로봇 보급")]
    meetings.merge_proposals(two, title="로봇", by=cast.secretary)


def item_taken_up_by_a_subcommittee(cast) -> None:
    body = people.form_subcommittee(
        cast.council, name="실증 분과", members=[cast.membership(cast.tp)], by=cast.secretary
    )
    item = cast.meeting().items.latest("position")
    referral = meetings.forward(item, subcommittee=body, request="검토", by=cast.secretary)
    meeting = cast.planned_meeting(kind="subcommittee", subcommittee=body)
    meetings.take_up_referral(referral, meeting=meeting, by=cast.secretary)


def systems_and_what_fails(cast) -> None:
    account = system(cast)
    client, _secret = client_of(cast, account=account)
    people.renew_secret(client, by=cast.supplier)
    people.create_token(name="곧 끝나는 연계", expires_at=clock.now() + dt.timedelta(days=30), by=cast.supplier)
    with clock.at(clock.now() + dt.timedelta(days=20)):
        people.announce_ends()
    people.change_service_account(account, responsible=cast.tp, by=cast.secretary)
    people.disable_service_account(account, by=cast.secretary)
    webhook = hooks.make(cast)
    record(Verb.WEBHOOK_DISABLED, webhook, by=None, name=webhook.name, why=webhook.Why.GONE)
    address_failed(cast.adopter, address=cast.adopter.email, reason="5.1.1 no such mailbox")


def test_every_announcement_can_be_put_into_words(quiet):
    """Each verb's words fit the data its entries carry."""
    world(quiet)
    consultation = quiet.consultation()
    opinions.choose(opinions.share(quiet.drafted(consultation), by=quiet.supplier), by=quiet.supplier)
    opinions.submit_set(consultation, membership=quiet.membership(quiet.supplier), by=quiet.supplier)
    opinions.remind(consultation, by=quiet.secretary)
    shown = opinions.hide(quiet.submitted(consultation), reason="운영 규칙 제7조", by=quiet.secretary)
    opinions.restore(shown, reason="다시 살펴봄", by=quiet.secretary)
    exchange.start(Import.objects.filter(state="preview", rows__state="ready").earliest("id"), by=quiet.secretary)
    while exchange.run_imports():
        pass
    exchange.request_export(kind="opinions", format="csv", by=quiet.tp, consultation=consultation)
    opinions.withdraw(quiet.submitted(consultation), by=quiet.supplier)
    record(Verb.FINDINGS_RELEASED, consultation, by=None, title=consultation.title, number=1, is_last=False)
    meeting = quiet.meeting()
    meetings.revise_meeting(meeting, place="세종", by=quiet.secretary)
    meetings.cancel(meeting, reason="취소", by=quiet.secretary)
    proposals_withdrawn_and_merged(quiet)
    item_taken_up_by_a_subcommittee(quiet)
    decisions.recall(records.circulated(quiet), reason="오기를 고칩니다.", by=quiet.secretary)
    people.create_token(name="연계", by=quiet.supplier)
    systems_and_what_fails(quiet)
    people.request_password_reset(quiet.supplier.email)
    people.invite_user(email="new@council.example", name="새 위원", by=quiet.secretary)
    people.appoint(
        quiet.council, user=quiet.stranger, organisation=quiet.supplying, role="observer", by=quiet.secretary
    )
    people.dismiss(quiet.membership(quiet.tp), reason="사임", by=quiet.secretary)
    while exchange.run_exports():
        pass
    spoken = {}
    for entry in Entry.objects.filter(verb__in=ANNOUNCEMENTS):
        with translation.override("en"):
            spoken[entry.verb] = str(ANNOUNCEMENTS[Verb(entry.verb)].sentence) % entry.data
    assert [verb for verb in ANNOUNCEMENTS if verb not in spoken] == []
    assert not [sentence for sentence in spoken.values() if "%(" in sentence]


# --- mail


def test_a_mail_is_in_the_readers_language_and_links_straight_to_the_place(quiet):
    User.objects.filter(pk=quiet.supplier.pk).update(language="en")
    opinion = quiet.published(quiet.consultation())
    [answer] = [m for m in send() if m.to == [quiet.supplier.email] and opinion.get_absolute_url() in m.body]
    assert answer.subject == "Your opinion has been answered: 전략(안) 의견수렴"
    html, media_type = answer.alternatives[0]
    assert media_type == "text/html"
    assert opinion.get_absolute_url() in html
    assert answer.extra_headers["Message-ID"].startswith("<notification-")


def test_an_invitation_says_when_and_where(quiet):
    meeting = quiet.meeting()
    [invitation] = [m for m in send() if m.to == [quiet.tp.email] and meeting.get_absolute_url() in m.body]
    assert f"{meeting.starts_at.astimezone(clock.SEOUL):%H:%M} · 대한상공회의소 중회의실" in invitation.body


def test_a_mail_is_not_sent_to_who_lost_the_right_in_between(quiet):
    quiet.meeting()
    dispatch()
    people.dismiss(quiet.membership(quiet.supplier), reason="사임", by=quiet.secretary)
    subjects = [message.subject for message in send() if message.to == [quiet.supplier.email]]
    assert len(subjects) == 1  # only that the membership ended
    dropped = Notification.objects.get(recipient=quiet.supplier, channel="mail", entry__verb=Verb.MEETING_CONVENED)
    assert dropped.failed_at is not None


def test_a_password_link_sets_a_password_once(quiet, client):
    people.request_password_reset(quiet.supplier.email)
    [message] = send()
    assert message.to == [quiet.supplier.email]
    path = next(word for word in message.body.split() if "/account/" in word).split("localhost:8000")[-1]
    page = client.get(path, follow=True)
    action = page.request["PATH_INFO"]
    client.post(action, {"password1": "another-good-password", "password2": "another-good-password"})
    quiet.supplier.refresh_from_db()
    assert quiet.supplier.check_password("another-good-password")


def test_sending_again_sends_nothing_again(quiet):
    quiet.meeting()
    first = len(send())
    assert len(send()) == first


def test_reading_marks_ones_own_notices_only(quiet):
    quiet.meeting()
    dispatch()
    other = Notification.objects.visible_to(quiet.adopter).unread().get()
    actions.read(other, by=quiet.supplier)
    other.refresh_from_db()
    assert other.read_at is None
    assert actions.read_all(by=quiet.supplier) == 1
    assert actions.read_all(by=quiet.supplier) == 0
