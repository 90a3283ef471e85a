"""The answer from the mail, alternates, recusals and closed matters on the pages."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from council.core import clock
from council.exchange.calendar import feed_ics
from council.meetings import actions
from council.meetings.models import Alternate, Recusal
from council.meetings.rsvp import token_for
from council.people import actions as people
from tests.cast import Cast
from tests.meetings.test_alternates import NEW, named


def url(name: str, thing: Any) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def found(client: Client, address: str) -> bool:
    answer = client.get(address)
    if answer.streaming:
        answer.getvalue()
    return answer.status_code != 404


def in_english(*people: Any) -> None:
    for person in people:
        person.language = "en"
        person.save()


def link(cast: Cast, meeting: Any, who: Any = None) -> str:
    return reverse("web:rsvp", args=[token_for(cast.invitation(meeting, who or cast.supplier))])


# --- From the mail


def test_looking_at_the_link_changes_nothing(cast, browse):
    meeting = cast.meeting()
    for _again in range(2):
        assert browse(None).get(link(cast, meeting)).status_code == 200
        assert browse(None).head(link(cast, meeting)).status_code == 200
        assert browse(None).get(link(cast, meeting), {"answer": "attending"}).status_code == 200
    assert cast.invitation(meeting, cast.supplier).answer == "none"


def test_a_button_answers_without_logging_in_and_shows_the_answer(cast):
    meeting = cast.meeting()
    cast.supplier.language = "en"
    cast.supplier.save()
    stranger_to_us = Client(enforce_csrf_checks=True)
    answer = stranger_to_us.post(link(cast, meeting), {"answer": "attending"}, headers={"origin": "null"})
    assert (answer.status_code, answer["Location"]) == (302, link(cast, meeting))
    assert cast.invitation(meeting, cast.supplier).answer == "attending"
    assert "Attending" in text(stranger_to_us, link(cast, meeting))


def test_a_note_to_the_secretary_is_kept(cast, browse):
    meeting = cast.meeting()
    invitation = cast.invitation(meeting, cast.supplier)
    actions.answer_invitation(invitation, answer="declined", note="출장", by=cast.supplier)
    browse(None).post(link(cast, meeting), {"answer": "attending"})
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.note) == ("attending", "출장")


def test_the_page_says_when_and_where_and_nothing_of_the_agenda(cast, browse):
    meeting = cast.meeting()
    actions.revise_item(meeting.items.get(), title="비밀안건", note="비밀설명", by=cast.secretary)
    page = text(browse(None), link(cast, meeting))
    assert meeting.title in page
    assert meeting.place in page
    assert cast.supplier.name in page
    for other in ("비밀안건", "비밀설명", cast.adopter.name, cast.council.name):
        assert other not in page


def test_the_link_is_for_no_index_and_told_to_nobody(cast, browse):
    answer = browse(None).get(link(cast, cast.meeting()))
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_a_dead_link_says_so_and_a_made_up_one_leads_nowhere(cast, browse):
    meeting = cast.meeting()
    mine, yours = link(cast, meeting), link(cast, meeting, cast.adopter)
    people.dismiss(cast.membership(cast.adopter), reason="사임", by=cast.secretary)
    gone = browse(None).get(yours)
    assert (gone.status_code, meeting.title in gone.content.decode()) == (410, False)
    assert browse(None).post(yours, {"answer": "attending"}).status_code == 410
    actions.cancel(meeting, reason="일정", by=cast.secretary)
    assert browse(None).get(mine).status_code == 410
    assert browse(None).get(reverse("web:rsvp", args=["0" * 32 + ".x"])).status_code == 404


@pytest.mark.parametrize("wrong", ["", "none", "waiting", "online", "x" * 500])
def test_an_impossible_answer_is_refused_on_the_page(cast, browse, wrong: str):
    meeting = cast.meeting()
    assert browse(None).post(link(cast, meeting), {"answer": wrong}).status_code == 409
    assert cast.invitation(meeting, cast.supplier).answer == "none"


def test_who_holds_two_seats_answers_for_each_by_one_link(cast, browse):
    cast.member("supplier", "공급 대표", cast.adopting)
    meeting = cast.meeting()
    first, second = meeting.invitations.filter(membership__user=cast.supplier).order_by("id")
    address = reverse("web:rsvp", args=[token_for(first)])
    page = text(browse(None), address)
    assert all(str(each.membership.organisation) in page for each in (first, second))
    answer = {"answer": "attending", "seat": str(second.pk)}
    assert browse(None).post(address, answer).status_code == 302
    for each, expected in ((first, "none"), (second, "attending")):
        each.refresh_from_db()
        assert each.answer == expected
    others = {"answer": "declined", "seat": str(cast.invitation(meeting, cast.adopter).pk)}
    assert browse(None).post(address, others).status_code == 409
    assert browse(None).post(address, {"answer": "declined"}).status_code == 409
    assert cast.invitation(meeting, cast.adopter).answer == "none"


def test_who_asks_too_often_waits(cast, browse, monkeypatch):
    monkeypatch.setattr("council.web.views.coming.MOST_A_MINUTE", 2)
    meeting = cast.meeting()
    with clock.at(clock.now().replace(second=0)):
        assert [browse(None).get(link(cast, meeting)).status_code for _n in range(3)] == [200, 200, 429]


# --- On the meeting's page


def test_who_waits_reads_their_place_in_the_line(cast, browse):
    meeting = cast.meeting(capacity=1)
    in_english(cast.tp)
    for who in (cast.supplier, cast.adopter, cast.tp):
        actions.answer_invitation(cast.invitation(meeting, who), answer="attending", by=who)
    page = text(browse(cast.tp), meeting.get_absolute_url())
    assert "You are number 2 on the waiting list" in page


def test_a_newcomer_is_invited_with_one_button(cast, browse):
    meeting = cast.meeting()
    late = cast.member("late", "새 위원", cast.adopting)
    page = text(browse(cast.secretary), meeting.get_absolute_url())
    assert url("invite", meeting) in page
    assert "새 위원" in page
    assert url("invite", meeting) not in text(browse(cast.supplier), meeting.get_absolute_url())
    membership = str(cast.membership(late).pk)
    assert browse(cast.supplier).post(url("invite", meeting), {"membership": membership}).status_code == 403
    assert browse(cast.secretary).post(url("invite", meeting), {"membership": "x"}).status_code == 404
    browse(cast.secretary).post(url("invite", meeting), {"membership": membership})
    assert meeting.invitations.filter(membership__user=late).exists()


# --- In place of a member


def test_a_member_names_an_alternate_with_a_letter(cast, browse):
    meeting = cast.meeting()
    page = url("name_alternate", cast.invitation(meeting, cast.supplier))
    assert page in text(browse(cast.supplier), meeting.get_absolute_url())
    letter = SimpleUploadedFile("위임장.txt", "위임장".encode())
    assert browse(cast.supplier).post(page, {**NEW, "file": letter}).status_code == 302
    alternate = Alternate.objects.get()
    assert alternate.letter
    assert alternate.letter.name == "위임장.txt"
    assert url("attachment", alternate.letter) in text(browse(cast.supplier), meeting.get_absolute_url())
    assert browse(cast.adopter).get(url("attachment", alternate.letter)).status_code == 404


def test_what_is_wrong_with_an_alternate_stands_beside_the_field(cast, browse):
    page = url("name_alternate", cast.invitation(cast.meeting(), cast.supplier))
    answer = browse(cast.supplier).post(page, {**NEW, "email": cast.tp.email})
    assert answer.status_code == 200
    assert "email" in answer.context["form"].errors
    assert not Alternate.objects.exists()
    assert browse(cast.adopter).get(page).status_code == 403
    assert browse(cast.stranger).get(page).status_code == 404


def test_an_alternate_is_led_only_where_they_may_go(cast, browse):
    meeting = cast.planned_meeting()
    paper = actions.add_paper(meeting.items.get(), attachment=cast.attachment(), by=cast.secretary)
    version = cast.version()
    actions.add_paper(meeting.items.get(), version=version, by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    deputy = browse(named(cast, meeting).user)
    led_to: set[str] = set()
    for address in (reverse("web:home"), meeting.get_absolute_url(), url("recusals", meeting), url("version", version)):
        page = text(deputy, address)
        led_to |= {part.partition('"')[0].partition("#")[0] for part in page.split('href="/')[1:]}
    assert url("attachment", paper.attachment)[1:] in led_to
    ours = {address for address in led_to if not address.startswith(("static/", "account/", "api/"))}
    assert {address for address in ours if not found(deputy, f"/{address}")} == set()


def test_home_says_in_whose_place_one_comes(cast, browse):
    meeting = cast.meeting()
    deputy = named(cast, meeting).user
    in_english(deputy)
    page = text(browse(deputy), reverse("web:home"))
    assert "Come in place of 공급 대표" in page
    assert meeting.get_absolute_url() in page


def test_an_alternate_takes_it_back(cast, browse):
    meeting = cast.meeting()
    alternate = named(cast, meeting)
    page = url("withdraw_alternate", alternate)
    assert browse(alternate.user).get(page).status_code == 405
    assert browse(cast.adopter).post(page).status_code == 403
    assert browse(alternate.user).post(page).status_code == 302
    assert not Alternate.objects.exists()
    assert browse(alternate.user).get(meeting.get_absolute_url()).status_code == 404


# --- Interests and recusals


def test_one_declares_that_one_has_no_interest(cast, browse):
    meeting = cast.meeting()
    invitation = cast.invitation(meeting, cast.supplier)
    browse(cast.supplier).post(url("declare_no_interest", invitation))
    invitation.refresh_from_db()
    assert invitation.interests_declared_at
    assert browse(cast.adopter).post(url("declare_no_interest", invitation)).status_code == 403


def test_one_keeps_out_of_an_item_and_its_papers_are_gone_from_the_page(cast, browse):
    meeting = cast.planned_meeting()
    paper = actions.add_paper(meeting.items.get(), attachment=cast.attachment(), by=cast.secretary)
    actions.revise_item(meeting.items.get(), note="비밀설명", by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    supplier = browse(cast.supplier)
    sent = {
        "form": "own",
        "own-item": str(meeting.items.get().pk),
        "own-invitation": str(cast.invitation(meeting, cast.supplier).pk),
        "own-ground": "party",
        "own-reason": "계약 상대방입니다.",
    }
    assert supplier.post(url("recusals", meeting), sent).status_code == 302
    page = text(supplier, meeting.get_absolute_url())
    assert "비밀설명" not in page
    assert url("attachment", paper.attachment) not in page
    assert supplier.get(url("attachment", paper.attachment)).status_code == 404
    assert "비밀설명" in text(browse(cast.adopter), meeting.get_absolute_url())
    assert "계약 상대방입니다." in text(browse(cast.adopter), url("recusals", meeting))


def test_another_member_is_challenged_and_the_chair_decides_where_the_rules_say_so(cast, browse):
    cast.council.challenges_decided_by = "chair"
    cast.council.save()
    meeting = cast.meeting()
    sent = {
        "form": "other",
        "other-item": str(meeting.items.get().pk),
        "other-invitation": str(cast.invitation(meeting, cast.supplier).pk),
        "other-kind": "challenge",
        "other-ground": "relative",
        "other-reason": "친족입니다.",
    }
    assert browse(cast.adopter).post(url("recusals", meeting), sent).status_code == 302
    recusal = Recusal.objects.get()
    assert url("decide_recusal", recusal) in text(browse(cast.chair), url("recusals", meeting))
    assert url("decide_recusal", recusal) not in text(browse(cast.secretary), url("recusals", meeting))
    assert browse(cast.tp).get(url("decide_recusal", recusal)).status_code == 404
    decided = browse(cast.chair).post(url("decide_recusal", recusal), {"granted": "no", "decision": "근거 없음"})
    assert decided.status_code == 302
    recusal.refresh_from_db()
    assert recusal.state == "denied"


def test_what_is_wrong_with_a_recusal_stands_in_its_form(cast, browse):
    meeting = cast.meeting()
    answer = browse(cast.supplier).post(url("recusals", meeting), {"form": "own"})
    assert answer.status_code == 200
    assert {"item", "reason"} <= set(answer.context["forms"]["own"].errors)
    assert not answer.context["forms"]["other"].errors


# --- Closed matters


def test_a_closed_meeting_is_known_to_take_place_and_no_more(cast, browse):
    subcommittee = people.form_subcommittee(
        cast.council, name="데이터 분과", members=[cast.membership(cast.supplier)], by=cast.secretary
    )
    meeting = cast.planned_meeting(
        kind="subcommittee",
        subcommittee=subcommittee,
        closed=True,
        mode="hybrid",
        online_url="https://meet.council.example/secret",
    )
    item = meeting.items.get()
    actions.revise_item(item, title="비밀안건", note="비밀설명", by=cast.secretary)
    paper = actions.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    page = text(browse(cast.adopter), meeting.get_absolute_url())
    for secret in ("비밀안건", "비밀설명", "meet.council.example", cast.supplier.name, paper.attachment.name):
        assert secret not in page
    assert browse(cast.adopter).get(url("attachment", paper.attachment)).status_code == 404
    feed, mine = (feed_ics(who).replace("\r\n ", "") for who in (cast.adopter, cast.supplier))
    assert meeting.title in feed
    assert not any(secret in feed for secret in ("비밀안건", "meet.council.example"))
    assert "meet.council.example" in mine
    mine = text(browse(cast.supplier), meeting.get_absolute_url())
    assert "비밀안건" in mine
    assert "meet.council.example" in mine


def test_of_a_closed_item_observers_read_number_and_title(cast, browse):
    meeting = cast.planned_meeting()
    item = meeting.items.get()
    actions.revise_item(item, closed=True, note="비밀설명", by=cast.secretary)
    paper = actions.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    page = text(browse(cast.observer), meeting.get_absolute_url())
    assert item.title in page
    assert "비밀설명" not in page
    assert paper.attachment.name not in page
    assert browse(cast.observer).get(url("attachment", paper.attachment)).status_code == 404
    assert "비밀설명" in text(browse(cast.supplier), meeting.get_absolute_url())


def test_the_forms_close_meetings_and_items_and_count_places(cast, browse):
    meeting = cast.planned_meeting()
    secretary = browse(cast.secretary)
    page = secretary.get(url("revise_meeting", meeting))
    sent = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    starts = meeting.starts_at.astimezone(clock.SEOUL)
    times = {"starts_at": f"{starts:%Y-%m-%dT%H:%M}", "ends_at": f"{starts + dt.timedelta(hours=2):%Y-%m-%dT%H:%M}"}
    assert secretary.post(url("revise_meeting", meeting), {**sent, **times, "closed": "on", "capacity": "12"})
    meeting.refresh_from_db()
    assert (meeting.closed, meeting.capacity) == (True, 12)
    item = meeting.items.get()
    page = secretary.get(url("revise_item", item))
    sent = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    secretary.post(url("revise_item", item), {**sent, "closed": "on"})
    item.refresh_from_db()
    assert item.closed
