"""Something of everything in one council, and every page on which it is seen."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from council.core import clock
from council.documents import actions as documents
from council.exchange import actions as exchange
from council.findings.models import Finding
from council.journal.verbs import Verb
from council.notifications import actions as notifications
from council.notifications.models import Kind, Mailbox, Notification
from council.notifications.unsubscribing import token_for
from council.opinions import actions as opinions
from council.opinions.models import Consultation, Opinion
from council.people import actions as people
from tests.cast import KIND, Cast, organisation
from tests.exchange.files import HEADER, as_csv
from tests.findings.crowd import found_in
from tests.integrations.hooks import around_webhooks
from tests.people.systems import client_of, system, token_of
from tests.seen import Seen, page
from tests.world_meetings import around_meetings

LETTER = "구축 실적은 도입기업의 동의를 받은 사업만 공개하고, 하자 처리 이력은 최근 3년으로 한정하여 주시기 바랍니다."


def world(cast: Cast) -> list[Seen]:
    """Something of everything, and where it is seen."""
    version = cast.version(passages=4)
    consultation = cast.consultation(version)
    answered = _answered(cast, consultation)
    pages = [
        *_documents(cast, consultation),
        *_saying(cast, consultation),
        *_inside(cast, consultation),
        *_order(cast, consultation),
        *_board(cast, consultation),
        *_files(cast, consultation),
        *answered,
        *around_meetings(cast),
        *_people(cast),
        *around_webhooks(cast),
    ]
    while notifications.dispatch():
        pass
    return [*pages, *_told(cast)]


def _told(cast: Cast) -> list[Seen]:
    """What was told to whom; the mail to one of them came back, another's is being sent anew."""
    council, mails = cast.council.pk, Notification.objects.filter(channel="mail", entry__council_id=cast.council.pk)
    invited = mails.filter(entry__verb=Verb.MEETING_CONVENED).earliest("id")
    mails.filter(pk=invited.pk).update(sent_at=clock.now(), bounced_at=clock.now(), bounce="5.1.1 no such user")
    Mailbox.objects.create(
        user=cast.tp, address=cast.tp.email, failing_since=clock.now(), reason="5.1.1 no such user", delays=2
    )
    return [
        page("supplier", "message_log"),
        page("operator", "message_log", state="waiting"),
        page("secretary", "council_message_log", council),
        page("secretary", "council_message_log", council, channel="mail", state="bounced"),
        page("secretary", "message", invited.pk),
        page("operator", "message", invited.pk),
        page("secretary", "told_events", council),
        page("secretary", "told", invited.entry_id),
        page("secretary", "mail_gallery"),
        page("operator", "mail_gallery", mail="digest", language="en"),
    ]


def _people(cast: Cast) -> list[Seen]:
    people.form_subcommittee(
        cast.council, name="데이터 분과", members=[cast.membership(cast.supplier)], by=cast.secretary
    )
    people.create_token(name="연계 시스템", by=cast.secretary)
    account = system(cast)
    token_of(cast, "meetings:read", "opinions:write", account=account)
    client_of(cast, account=account)
    council = cast.council.pk
    return [
        *(page(who, "home") for who in ("secretary", "supplier", "adopter", "officer", "stranger")),
        *(page(who, "notices") for who in ("secretary", "supplier", "officer", "stranger")),
        page("supplier", "notices", unread="yes", kind="summons"),
        page("secretary", "notification_settings"),
        page("stranger", "notification_settings"),
        page("nobody", "unsubscribe", token_for(cast.supplier, Kind.CONSULTATIONS)),
        page("nobody", "unsubscribe", token_for(cast.supplier)),
        page("secretary", "profile"),
        page("secretary", "tokens"),
        page("stranger", "tokens"),
        page("supplier", "council", council),
        page("secretary", "council", council),
        page("secretary", "revise_rules", council),
        page("secretary", "members", council),
        page("secretary", "appoint", council),
        page("supplier", "tokens"),
        page("secretary", "systems", council),
        page("secretary", "make_system", council),
        page("secretary", "system", account.pk),
        page("secretary", "change_system", account.pk),
        page("supplier", "system", account.pk),
        page("supplier", "make_system_token", account.pk),
        page("supplier", "make_client", account.pk),
        page("secretary", "dismiss", cast.membership(cast.tp).pk),
        ("supplier", "account_change_password", reverse("account_change_password")),
        ("supplier", "account_logout", reverse("account_logout")),
        ("nobody", "account_login", reverse("account_login")),
        ("nobody", "account_reset_password", reverse("account_reset_password")),
        ("nobody", "account_reset_password_done", reverse("account_reset_password_done")),
        ("nobody", "account_signup", reverse("account_signup")),
        ("nobody", "docs", reverse("api:docs")),
    ]


def _documents(cast: Cast, consultation: Consultation) -> list[Seen]:
    version = consultation.version
    following = version.document.versions.get(number=2)
    in_work = documents.start_version(version.document, by=cast.secretary)
    prepared = cast.prepared_consultation(following)
    return [
        page("supplier", "documents", cast.council.pk),
        page("secretary", "create_document", cast.council.pk),
        page("secretary", "document", version.document.pk),
        page("supplier", "version", version.pk),
        page("secretary", "version", in_work.pk),
        page("secretary", "add_passage", in_work.pk),
        page("secretary", "edit_passage", in_work.passages.earliest("position").pk),
        page("supplier", "changes", following.pk),
        page("secretary", "prepare_consultation", version.pk),
        page("secretary", "consultation", prepared.pk),
        page("secretary", "findings", prepared.pk),
        page("secretary", "fix_terms", prepared.pk),
        page("secretary", "start_version", cast.version().document.pk),
    ]


def _answered(cast: Cast, consultation: Consultation) -> list[Seen]:
    """What was answered in a first round: accepted, replied to, revised, told by letter; and the result."""
    following = cast.next_version(consultation.version)
    accepted = cast.triaged(consultation)
    cast.answer(accepted, verdict="accepted", changed_passage=following.passages.earliest("position"))
    documents.publish_version(following, by=cast.secretary)
    refused, revised = cast.answered(consultation, by=cast.adopter, kind="delete"), cast.answered(consultation)
    letter = _letter(cast, consultation, cast.adopting, audience="office")
    opinions.triage(letter.points.get(), by=cast.secretary)
    cast.answer(letter)
    opinions.release(consultation, by=cast.secretary)
    opinions.publish_result(consultation, by=cast.secretary)
    decided = opinions.object_to(revised.points.get().disposition, text="다시 보아 주십시오.", by=cast.supplier)
    opinions.decide_objection(decided, outcome="confirmed", reason="예산 사정은 같습니다.", by=cast.officer)
    waiting = opinions.object_to(refused.points.get().disposition, text="무엇이 문제입니까?", by=cast.adopter)
    opinions.tell_author(Opinion.objects.get(pk=accepted.pk), channel="letter", by=cast.secretary)
    return [
        page("supplier", "opinion", accepted.pk),
        page("supplier", "opinion", revised.pk),
        page("officer", "opinion", refused.pk),
        page("supplier", "result", consultation.pk),
        page("secretary", "result", consultation.pk),
        page("supplier", "answers", consultation.pk),
        page("nobody", "public_result", consultation.pk),
        page("nobody", "public_answers", consultation.pk),
        page("officer", "objections", consultation.pk),
        page("secretary", "objections", consultation.pk, state="decided"),
        page("supplier", "object_to", accepted.points.get().disposition.pk),
        page("officer", "decide_objection", waiting.pk),
        page("secretary", "telling", consultation.pk),
    ]


def _letter(cast: Cast, consultation: Consultation, whose: Any, **fields: Any) -> Opinion:
    return opinions.enter(
        consultation,
        consultation.version.passages.earliest("position"),
        source="paper",
        organisation=whose,
        reason="종이로도 신청을 받아 주십시오.",
        submitter="대표",
        source_note="접수번호 0417",
        by=cast.secretary,
        **fields,
    )


def _saying(cast: Cast, consultation: Consultation) -> list[Seen]:
    """Drafts, spoken words, letters, votes, more time."""
    passage = consultation.version.passages.earliest("position")
    draft = cast.drafted(consultation)
    cast.submitted(consultation, kind="general", proposed_text="", reason="데이터 표준이 먼저입니다.")
    opinions.enter(
        consultation,
        passage,
        source="spoken",
        membership=cast.membership(cast.supplier),
        reason="사람이 남게 하는 대책이 먼저입니다.",
        by=cast.secretary,
    )
    letter = _letter(
        cast, consultation, people.register_organisation(by=cast.secretary, name="여울목재", kind="adopter")
    )
    opinions.react(letter, value=1, membership=cast.membership(cast.adopter), by=cast.adopter)
    quiet = cast.member("quiet", "조용한 위원", organisation("세종특별자치시", KIND.LOCAL_GOVERNMENT))
    opinions.reply_without_opinion(consultation, membership=cast.membership(quiet), by=quiet)
    phase = consultation.phases.get()
    opinions.extend(
        phase, closes_at=phase.closes_at + dt.timedelta(days=3), reason="추석 연휴가 끼어 있습니다.", by=cast.secretary
    )
    Finding.objects.create(council=cast.council, consultation=consultation, number=1, votes=40, **found_in(letter))
    return [
        page("adopter", "react_to_opinions", consultation.pk),
        page("adopter", "react_to_opinions", consultation.pk, begin=""),
        page("supplier", "findings", consultation.pk),
        page("secretary", "findings", consultation.pk),
        page("supplier", "consultation", consultation.pk),
        page("secretary", "consultation", consultation.pk),
        page("observer", "consultation", consultation.pk),
        page("supplier", "passage", consultation.pk, passage.pk),
        page("adopter", "give_opinion", consultation.pk, passage.pk),
        page("supplier", "opinion", draft.pk),
        page("adopter", "opinion", letter.pk),
        page("supplier", "edit_opinion", draft.pk),
        page("secretary", "extend_consultation", consultation.pk),
        page("secretary", "turnout", consultation.pk),
        page("supplier", "turnout", consultation.pk),
        page("supplier", "phases", consultation.pk),
        page("secretary", "record", consultation.pk),
        page("secretary", "enter", consultation.pk),
    ]


def _inside(cast: Cast, consultation: Consultation) -> list[Seen]:
    """What the supplier's organisation says to itself."""
    colleague = cast.colleague()
    shared = [opinions.share(cast.drafted(consultation, by=colleague), by=colleague) for _number in range(4)]
    opinions.remark(shared[0], text="한 줄 더 넣읍시다.", by=cast.supplier)
    opinions.choose(shared[1], by=cast.supplier)
    opinions.keep_inside(shared[2], by=cast.supplier)
    return [
        page("supplier", "room", consultation.pk),
        page("adopter", "room", consultation.pk),
        page("supplier", "opinion", shared[0].pk),
        page("supplier", "merge_opinions", consultation.pk, opinion=[shared[0].pk, shared[3].pk]),
    ]


def _order(cast: Cast, consultation: Consultation) -> list[Seen]:
    """Reports, what is hidden, public forms of what is confidential, the same letter from many."""
    hidden, reported = cast.submitted(consultation, by=cast.tp), cast.submitted(consultation, by=cast.tp)
    for opinion in (hidden, reported):
        opinions.report(opinion, reason="특정 회사를 비방합니다.", by=cast.adopter)
    opinions.hide(hidden, reason="운영 규칙 제7조", by=cast.secretary)
    secrets = [
        cast.submitted(consultation, audience="confidential", reason="불량률은 3.1%입니다.") for _number in "123"
    ]
    forms = [opinions.redact(secret, reason="불량률이 높습니다.", by=cast.secretary) for secret in secrets[:2]]
    opinions.approve_redaction(forms[1], by=cast.supplier)
    for person in (cast.supplier, cast.adopter, cast.tp):
        cast.submitted(consultation, by=person, kind="general", proposed_text="", reason=LETTER)
    while opinions.recognise_campaigns() >= 0:
        pass
    campaign = consultation.campaigns.latest("size")
    return [
        *(page("secretary", "order", consultation.pk, list=name) for name in ("reports", "hidden", "campaigns")),
        page("secretary", "order", consultation.pk, list="confidential"),
        page("supplier", "report_opinion", reported.pk),
        page("secretary", "hide_opinion", reported.pk),
        page("secretary", "restore_opinion", hidden.pk),
        page("secretary", "opinion", reported.pk),
        page("tp", "opinion", hidden.pk),
        page("secretary", "redact", secrets[2].pk),
        page("supplier", "redaction", forms[0].pk),
        page("adopter", "redaction", forms[1].pk),
        page("supplier", "opinion", secrets[0].pk),
        page("adopter", "campaign", campaign.pk),
    ]


def _board(cast: Cast, consultation: Consultation) -> list[Seen]:
    """Points to assign, to answer, waiting and answered; a step that failed in part; templates."""
    question = cast.triaged(consultation, by=cast.tp, kind="question", proposed_text="")
    cast.answered(consultation, by=cast.adopter)
    whole = cast.submitted(consultation, by=cast.adopter)
    points = opinions.split(
        cast.submitted(consultation, by=cast.adopter), gists=["국비 분담", "표준 예산"], by=cast.secretary
    )
    waiting = opinions.triage(points[0], by=cast.secretary)
    opinions.await_input(waiting, waiting_for="재정당국과의 협의 결과", by=cast.officer)
    opinions.tag_all(points, add=["예산", "지방비"], by=cast.secretary)
    opinions.keep_template(cast.council, title="예산", verdict="longer_term", text="고맙습니다.", by=cast.officer)
    step = opinions.triage_all(consultation.points.all(), by=cast.secretary)
    return [
        page("secretary", "board", consultation.pk),
        page("officer", "board", consultation.pk),
        page("officer", "opinion", question.pk),
        page("secretary", "opinion", waiting.opinion_id),
        page("officer", "point", question.points.get().pk),
        page("secretary", "point", waiting.pk),
        page("secretary", "batch", step.pk),
        page("secretary", "split", whole.pk),
        page("secretary", "before_release", consultation.pk),
        page("officer", "answer_templates", cast.council.pk),
    ]


def _files(cast: Cast, consultation: Consultation) -> list[Seen]:
    """A file that came in, with a row to correct; one asked for."""
    rows = [
        ["1", "누리솔루션", "공급 대표", "1 과제 1", "찬성", "", "", "지역에 필요합니다."],
        ["2", "이름 없는 회사", "", "99", "수정", "", "", ""],
    ]
    file = SimpleUploadedFile("의견.csv", as_csv([HEADER, *rows]))
    upload = exchange.upload(consultation, file=file, by=cast.secretary)
    export = exchange.request_export(kind="opinions", format="csv", consultation=consultation, by=cast.supplier)
    return [
        page("secretary", "imports", consultation.pk),
        page("supplier", "imports", consultation.pk),
        page("secretary", "import", upload.pk),
        page("secretary", "import_row", upload.rows.latest("position").pk),
        page("secretary", "files", consultation.pk),
        page("supplier", "files", consultation.pk),
        page("supplier", "export", export.pk),
    ]
