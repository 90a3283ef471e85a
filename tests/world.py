"""Something of everything in one council, and every page on which it is seen."""

import datetime as dt

from django.urls import reverse

from council.core import clock
from council.documents import actions as documents
from council.meetings import actions as meetings
from council.notifications import actions as notifications
from council.opinions import actions as opinions
from council.people import actions as people
from tests.cast import Cast


def world(cast: Cast) -> list[tuple[str, str, str]]:
    """Something of everything, and where it is seen: (who, name, address)."""
    version = cast.version(passages=4)
    consultation = cast.consultation(version)
    following = cast.next_version(version)
    changed = following.passages.earliest("position")
    accepted = cast.triaged(consultation)
    cast.answer(accepted, verdict="accepted", changed_passage=changed)
    documents.publish_version(following, by=cast.secretary)
    cast.answered(consultation, by=cast.adopter, kind="delete")
    opinions.release(consultation, by=cast.secretary)
    draft = cast.drafted(consultation)
    open_opinion = cast.triaged(consultation, by=cast.tp, kind="question", proposed_text="")
    cast.answered(consultation, by=cast.adopter)
    in_work = documents.start_version(version.document, by=cast.secretary)
    passage = version.passages.earliest("position")
    prepared = cast.prepared_consultation(following)
    planned = cast.planned_meeting(place="")
    item = planned.items.get()
    people.form_subcommittee(
        cast.council, name="데이터 분과", members=[cast.membership(cast.supplier)], by=cast.secretary
    )
    meeting = cast.planned_meeting(mode="hybrid", online_url="https://meet.council.example/1")
    child = cast.item(meeting, title="세부 토의", parent=meeting.items.get())
    meetings.add_paper(child, attachment=cast.attachment(), by=cast.secretary)
    meetings.convene(meeting, by=cast.secretary)
    meetings.answer_invitation(cast.invitation(meeting, cast.tp), answer="online", note="늦습니다", by=cast.tp)
    held = cast.meeting(days=8)
    with clock.at(held.ends_at + dt.timedelta(hours=1)):
        meetings.close(held, by=cast.secretary)
    people.create_token(name="연계 시스템", by=cast.secretary)
    while notifications.dispatch():
        pass
    council = cast.council.pk
    return [
        ("secretary", "home", "/"),
        ("supplier", "home", "/"),
        ("stranger", "home", "/"),
        ("supplier", "notices", reverse("web:notices")),
        ("stranger", "notices", reverse("web:notices")),
        ("secretary", "profile", reverse("web:profile")),
        ("secretary", "tokens", reverse("web:tokens")),
        ("stranger", "tokens", reverse("web:tokens")),
        ("supplier", "council", reverse("web:council", args=[council])),
        ("secretary", "members", reverse("web:members", args=[council])),
        ("secretary", "appoint", reverse("web:appoint", args=[council])),
        ("secretary", "dismiss", reverse("web:dismiss", args=[cast.membership(cast.tp).pk])),
        ("secretary", "meetings", reverse("web:meetings", args=[council])),
        ("secretary", "plan_meeting", reverse("web:plan_meeting", args=[council])),
        ("secretary", "meeting", planned.get_absolute_url()),
        ("supplier", "meeting", meeting.get_absolute_url()),
        ("supplier", "meeting", held.get_absolute_url()),
        ("secretary", "revise_meeting", reverse("web:revise_meeting", args=[planned.pk])),
        ("secretary", "convene", reverse("web:convene", args=[planned.pk])),
        ("secretary", "cancel_meeting", reverse("web:cancel_meeting", args=[planned.pk])),
        ("secretary", "add_item", reverse("web:add_item", args=[planned.pk])),
        ("secretary", "revise_item", reverse("web:revise_item", args=[item.pk])),
        ("secretary", "add_paper", reverse("web:add_paper", args=[item.pk])),
        ("supplier", "documents", reverse("web:documents", args=[council])),
        ("secretary", "create_document", reverse("web:create_document", args=[council])),
        ("secretary", "document", version.document.get_absolute_url()),
        ("supplier", "version", version.get_absolute_url()),
        ("secretary", "version", in_work.get_absolute_url()),
        ("secretary", "add_passage", reverse("web:add_passage", args=[in_work.pk])),
        ("secretary", "edit_passage", reverse("web:edit_passage", args=[in_work.passages.earliest("position").pk])),
        ("supplier", "changes", reverse("web:changes", args=[following.pk])),
        ("secretary", "prepare_consultation", reverse("web:prepare_consultation", args=[version.pk])),
        ("supplier", "consultation", consultation.get_absolute_url()),
        ("secretary", "consultation", prepared.get_absolute_url()),
        ("supplier", "passage", reverse("web:passage", args=[consultation.pk, passage.pk])),
        ("adopter", "give_opinion", reverse("web:give_opinion", args=[consultation.pk, passage.pk])),
        ("supplier", "opinion", accepted.get_absolute_url()),
        ("officer", "opinion", open_opinion.get_absolute_url()),
        ("secretary", "opinion", open_opinion.get_absolute_url()),
        ("supplier", "opinion", draft.get_absolute_url()),
        ("supplier", "edit_opinion", reverse("web:edit_opinion", args=[draft.pk])),
        ("secretary", "board", reverse("web:board", args=[consultation.pk])),
        ("supplier", "result", reverse("web:result", args=[consultation.pk])),
        ("supplier", "account_change_password", reverse("account_change_password")),
        ("supplier", "account_logout", reverse("account_logout")),
        ("nobody", "account_login", reverse("account_login")),
        ("nobody", "account_reset_password", reverse("account_reset_password")),
        ("nobody", "account_reset_password_done", reverse("account_reset_password_done")),
        ("nobody", "account_signup", reverse("account_signup")),
        ("nobody", "docs", reverse("api:docs")),
        ("secretary", "start_version", reverse("web:start_version", args=[cast.version().document.pk])),
    ]
