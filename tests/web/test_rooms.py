"""An organisation's room: what will we say together, and what nobody outside ever sees."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from council.opinions import actions
from council.opinions.models import Consultation, Opinion, Remark, Reply
from council.people import actions as people
from tests.cast import TEXT, Cast

OUTSIDE = ("secretary", "chair", "officer", "adopter", "tp", "observer", "operator", "expired", "stranger")
SECRET = "우리끼리만 아는 사정"


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


def room(consultation: Consultation, organisation=None) -> str:
    query = {"organisation": organisation.pk} if organisation else None
    return reverse("web:room", args=[consultation.pk], query=query)


def address(name: str, thing) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


def shared(cast: Cast, consultation: Consultation, **words) -> Opinion:
    opinion = cast.drafted(consultation, **words)
    assert opinion.author is not None
    return actions.share(opinion, by=opinion.author)


def chosen(cast: Cast, consultation: Consultation, **words) -> Opinion:
    return actions.choose(shared(cast, consultation, **words), by=cast.supplier)


def tones(response) -> list[str]:
    return [message.level_tag for message in get_messages(response.wsgi_request)]


class TestWhoIsInside:
    def test_the_first_sentence_says_by_when_and_that_no_reply_is_there(self, cast, browse, consultation):
        cast.supplier.language = "en"
        cast.supplier.save()
        page = browse(cast.supplier).get(room(consultation)).text
        assert "누리솔루션 has not replied yet." in page
        assert "The reply is due by" in page
        actions.reply_without_opinion(consultation, membership=cast.membership(cast.supplier), by=cast.supplier)
        assert "that it has no opinion." in browse(cast.supplier).get(room(consultation)).text

    def test_an_empty_room_says_how_to_begin(self, cast, browse, consultation):
        assert 'class="empty"' in browse(cast.supplier).get(room(consultation)).text

    def test_colleagues_read_what_is_shared_and_nobody_a_draft(self, cast, browse, consultation):
        colleague = cast.colleague()
        draft = cast.drafted(consultation, reason=SECRET)
        assert SECRET not in browse(colleague).get(room(consultation)).text
        answer = browse(cast.supplier).post(address("share_opinion", draft), {"next": room(consultation)})
        assert answer.headers["Location"].startswith(room(consultation))
        assert SECRET in browse(colleague).get(room(consultation)).text

    def test_a_draft_of_ones_own_can_be_shared_from_the_room(self, cast, browse, consultation):
        draft = cast.drafted(consultation)
        assert address("share_opinion", draft) in browse(cast.supplier).get(room(consultation)).text

    @pytest.mark.parametrize("who", OUTSIDE)
    def test_nobody_outside_sees_anything_inside(self, cast, browse, consultation, who):
        colleague = cast.colleague()
        first = shared(cast, consultation, reason=SECRET)
        second = shared(cast, consultation, reason=SECRET, by=colleague)
        actions.remark(first, text=SECRET, by=colleague)
        kept = actions.keep_inside(shared(cast, consultation, reason=SECRET), by=cast.supplier)
        merged = actions.merge([first, second], by=cast.supplier)
        user = getattr(cast, who)
        client = browse(user)
        inside = (first, second, kept, merged)
        for opinion in inside:
            for name in ("opinion", "edit_opinion"):
                assert client.get(address(name, opinion)).status_code == 404
            for name in ("share_opinion", "remark_opinion", "choose_opinion", "keep_inside"):
                assert client.post(address(name, opinion), {"text": "?"}).status_code == 404
        assert client.get(room(consultation, cast.supplying)).status_code == 404
        passage = reverse("web:passage", args=[consultation.pk, first.passage_id])
        for page in (room(consultation), consultation.get_absolute_url(), passage, "/"):
            assert SECRET not in client.get(page).text
        query = {"opinion": [str(first.pk), str(second.pk)]}
        assert SECRET not in client.get(reverse("web:merge_opinions", args=[consultation.pk]), query).text
        assert not Opinion.objects.visible_to(user).exists()
        assert not Remark.objects.visible_to(user).exists()
        consultation.refresh_from_db()
        assert consultation.submitted == 0

    def test_who_only_watches_is_told_who_speaks(self, cast, browse, consultation):
        assert browse(cast.observer).get(room(consultation)).status_code == 403

    def test_who_speaks_for_two_chooses_the_room(self, cast, browse, consultation):
        cast.member("supplier", "공급 대표", cast.adopting)
        shared(cast, consultation, by=cast.adopter, reason=SECRET)
        client = browse(cast.supplier)
        assert SECRET not in client.get(room(consultation, cast.supplying)).text
        page = client.get(room(consultation, cast.adopting)).text
        assert SECRET in page
        assert room(consultation, cast.supplying) in page

    def test_the_number_of_queries_does_not_grow(self, cast, browse, consultation, django_assert_max_num_queries):
        colleague = cast.colleague("총괄", coordinates=True)
        for number in range(10):
            opinion = shared(cast, consultation)
            actions.remark(opinion, text=f"{number}", by=colleague)
            actions.choose(shared(cast, consultation), by=colleague)
            actions.keep_inside(shared(cast, consultation), by=colleague)
            cast.submitted(consultation, by=colleague)
        client = browse(colleague)
        with django_assert_max_num_queries(15):
            assert client.get(room(consultation)).status_code == 200


class TestComments:
    def test_one_comments_without_script(self, cast, browse, consultation):
        colleague, opinion = cast.colleague(), shared(cast, consultation)
        answer = browse(colleague).post(address("remark_opinion", opinion), {"text": "숫자를 확인합시다."})
        assert answer.headers["Location"] == f"{room(consultation, cast.supplying)}#opinion-{opinion.pk}"
        assert "숫자를 확인합시다." in browse(cast.supplier).get(room(consultation)).text

    def test_with_htmx_only_the_comments_come_back(self, cast, browse, consultation):
        opinion = shared(cast, consultation)
        headers = {"hx-request": "true"}
        client = browse(cast.supplier)
        answer = client.post(address("remark_opinion", opinion), {"text": "좋습니다."}, headers=headers)
        assert "<html" not in answer.text
        assert "좋습니다." in answer.text
        answer = client.post(address("remark_opinion", opinion), {"text": " "}, headers=headers)
        assert answer.status_code == 422
        assert "data-unsent" in answer.text


class TestTheOfficialSet:
    def test_who_is_not_coordinator_sees_who_is_and_no_buttons(self, cast, browse, consultation):
        coordinator = cast.colleague("총괄", coordinates=True)
        opinion = shared(cast, consultation)
        page = browse(cast.supplier).get(room(consultation)).text
        assert "총괄" in page
        assert address("choose_opinion", opinion) not in page
        assert browse(cast.supplier).post(address("choose_opinion", opinion)).status_code == 403
        assert address("choose_opinion", opinion) in browse(coordinator).get(room(consultation)).text

    def test_the_coordinator_takes_into_the_set_and_keeps_inside(self, cast, browse, consultation):
        opinion, client = shared(cast, consultation), browse(cast.supplier)
        client.post(address("choose_opinion", opinion))
        opinion.refresh_from_db()
        assert opinion.state == "chosen"
        client.post(address("keep_inside", opinion))
        opinion.refresh_from_db()
        assert opinion.state == "kept"
        assert 'id="dissent"' in client.get(room(consultation)).text

    def test_several_are_merged_with_the_reasons_of_all(self, cast, browse, consultation):
        colleague = cast.colleague()
        first = shared(cast, consultation, reason="첫째 이유")
        second = shared(cast, consultation, reason="둘째 이유", by=colleague)
        client = browse(cast.supplier)
        url = reverse("web:merge_opinions", args=[consultation.pk], query={"opinion": [first.pk, second.pk]})
        form = client.get(url).context["form"]
        assert form["reason"].value() == "첫째 이유\n\n둘째 이유"
        words = {"kind": "amend", "proposed_text": TEXT.replace("50%", "20%"), "audience": "council"}
        client.post(url, {**words, "reason": "함께 쓴 이유"})
        merged = Opinion.objects.get(state="chosen")
        assert (merged.reason, merged.author) == ("함께 쓴 이유", cast.supplier)
        assert set(merged.merged.all()) == {first, second}

    def test_one_alone_is_not_merged(self, cast, browse, consultation):
        opinion = shared(cast, consultation)
        url = reverse("web:merge_opinions", args=[consultation.pk], query={"opinion": [opinion.pk]})
        answer = browse(cast.supplier).get(url)
        assert answer.status_code == 302
        assert tones(answer) == ["warning"]
        assert browse(cast.supplier).get(f"{url}&opinion=x").status_code == 404

    def test_the_set_is_given_whole(self, cast, browse, consultation):
        opinions = [chosen(cast, consultation) for _number in range(2)]
        answer = browse(cast.supplier).post(address("submit_set", consultation), {"organisation": cast.supplying.pk})
        assert answer.headers["Location"] == room(consultation, cast.supplying)
        assert {each.state for each in Opinion.objects.filter(pk__in=[each.pk for each in opinions])} == {"submitted"}
        assert Reply.objects.get().kind == "opinions"

    def test_what_one_of_them_lacks_is_said_with_its_passage_and_none_is_given(self, cast, browse, consultation):
        chosen(cast, consultation)
        passage = consultation.version.passages.latest("position")
        chosen(cast, consultation, passage=passage, reason="")
        answer = browse(cast.supplier).post(address("submit_set", consultation), {"organisation": cast.supplying.pk})
        assert answer.status_code == 200
        [problem] = answer.context["set_form"].non_field_errors()
        assert str(passage) in problem
        assert not Opinion.objects.given().exists()

    def test_personal_data_is_asked_about_only_where_it_was_found(self, cast, browse, consultation):
        chosen(cast, consultation, reason="문의: 010-1234-5678")
        client, whose = browse(cast.supplier), {"organisation": cast.supplying.pk}
        before = client.get(room(consultation)).text
        assert "personal_data_checked" not in before
        answer = client.post(address("submit_set", consultation), whose)
        assert "personal_data_checked" in answer.text
        assert "010-1234-5678" in answer.text
        client.post(address("submit_set", consultation), {**whose, "personal_data_checked": "on"})
        assert Opinion.objects.get().state == "submitted"

    def test_that_there_is_no_opinion_is_a_reply(self, cast, browse, consultation):
        client = browse(cast.supplier)
        assert address("reply_without_opinion", consultation) in client.get(room(consultation)).text
        client.post(address("reply_without_opinion", consultation), {"organisation": cast.supplying.pk})
        assert Reply.objects.get().kind == "none"
        assert address("reply_without_opinion", consultation) not in client.get(room(consultation)).text

    def test_nobody_replies_for_others(self, cast, browse, consultation):
        for name in ("reply_without_opinion", "submit_set"):
            answer = browse(cast.secretary).post(address(name, consultation), {"organisation": cast.supplying.pk})
            assert answer.status_code == 404
        coordinator = cast.colleague("총괄", coordinates=True)
        whose = {"organisation": cast.supplying.pk}
        assert browse(cast.supplier).post(address("reply_without_opinion", consultation), whose).status_code == 403
        assert browse(coordinator).post(address("reply_without_opinion", consultation), whose).status_code == 302


class TestNamingACoordinator:
    def test_those_who_run_the_council_name_one_and_take_it_back(self, cast, browse):
        membership, client = cast.membership(cast.supplier), browse(cast.secretary)
        members = reverse("web:members", args=[cast.council.pk])
        assert address("coordinate", membership) in client.get(members).text
        client.post(address("coordinate", membership), {"coordinates": "yes"})
        membership.refresh_from_db()
        assert membership.coordinates
        client.post(address("coordinate", membership), {"coordinates": "no"})
        membership.refresh_from_db()
        assert not membership.coordinates

    def test_members_do_not(self, cast, browse):
        membership = people.name_coordinator(cast.membership(cast.supplier), by=cast.secretary)
        page = browse(cast.supplier).get(reverse("web:members", args=[cast.council.pk])).text
        assert address("coordinate", membership) not in page
        assert browse(cast.supplier).post(address("coordinate", membership)).status_code == 403


class TestHistory:
    def test_what_happened_inside_is_told_inside_alone(self, cast, browse, consultation):
        colleague = cast.colleague()
        opinion = shared(cast, consultation)
        actions.remark(opinion, text="확인", by=colleague)
        actions.choose(opinion, by=cast.supplier)
        actions.submit_set(consultation, membership=cast.membership(cast.supplier), by=cast.supplier)
        assert [each.icon for each in browse(colleague).get(address("opinion", opinion)).context["events"]] == [
            "users",
            "speech",
            "check",
            "send",
        ]
        for outside in (cast.secretary, cast.officer, cast.adopter):
            events = browse(outside).get(address("opinion", opinion)).context["events"]
            assert [each.icon for each in events] == ["send"]
