"""Keeping order: reports, hiding with a reason, public forms of confidential opinions, near-identical opinions."""

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.backends.db import SessionStore
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from council.opinions import actions
from council.opinions.models import Campaign, Consultation, Opinion, Redaction, Report
from council.web.gathered.history import history
from tests.cast import Cast

RUN_IT = ("secretary", "chair")
OTHERS = ("supplier", "adopter", "officer", "tp")
SECRET = "거래처 납품 단가 1,234원"


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


@pytest.fixture
def opinion(cast: Cast, consultation: Consultation) -> Opinion:
    return cast.submitted(consultation)


def address(name: str, thing) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


def queue(consultation: Consultation, **query) -> str:
    return reverse("web:order", args=[consultation.pk], query=query)


def beside(opinion: Opinion, user) -> str:
    """The piece about order, as someone sees it beside an opinion."""
    request = RequestFactory().get("/")
    request.user = user
    request.session = SessionStore()
    fresh = Opinion.objects.visible_to(user).select_related("consultation", "campaign").get(pk=opinion.pk)
    return render_to_string("order/_order.html", {"opinion": fresh}, request=request)


class TestReporting:
    def test_members_report_with_a_reason_once(self, cast, browse, opinion):
        client = browse(cast.adopter)
        assert address("report_opinion", opinion) in beside(opinion, cast.adopter)
        answer = client.post(address("report_opinion", opinion), {"reason": "인신공격입니다."})
        assert answer.headers["Location"] == opinion.get_absolute_url()
        assert Report.objects.get().by == cast.adopter
        assert address("report_opinion", opinion) not in beside(opinion, cast.adopter)
        assert client.post(address("report_opinion", opinion), {"reason": "또"}).context["form"].errors

    def test_a_reason_is_needed_and_nobody_reports_their_own(self, cast, browse, opinion):
        answer = browse(cast.adopter).post(address("report_opinion", opinion), {"reason": " "})
        assert "reason" in answer.context["form"].errors
        assert address("report_opinion", opinion) not in beside(opinion, cast.supplier)

    def test_the_author_learns_of_no_report(self, cast, opinion):
        actions.report(opinion, reason="인신공격입니다.", by=cast.adopter)
        assert "인신공격입니다." not in beside(opinion, cast.supplier)
        assert "인신공격입니다." in beside(opinion, cast.secretary)
        assert [each.icon for each in history(opinion, cast.supplier, inside=False)] == ["pencil", "send"]

    @pytest.mark.parametrize("name", ["report_opinion", "hide_opinion", "restore_opinion", "redact"])
    def test_a_stranger_gets_404(self, cast, browse, opinion, name):
        assert browse(cast.stranger).post(address(name, opinion), {"reason": "?"}).status_code == 404


class TestHiding:
    @pytest.mark.parametrize("who", OTHERS)
    def test_only_those_who_run_the_council_hide(self, cast, browse, opinion, who):
        for name in ("hide_opinion", "restore_opinion", "dismiss_reports"):
            assert browse(getattr(cast, who)).post(address(name, opinion), {"reason": "?"}).status_code == 403
        assert address("hide_opinion", opinion) not in beside(opinion, getattr(cast, who))

    def test_what_is_hidden_is_seen_with_its_reason_by_those_concerned_alone(self, cast, browse, opinion):
        assert address("hide_opinion", opinion) in beside(opinion, cast.secretary)
        browse(cast.secretary).post(address("hide_opinion", opinion), {"reason": "개인 비방"})
        assert browse(cast.adopter).get(opinion.get_absolute_url()).status_code == 404
        for user in (cast.supplier, cast.secretary, cast.chair):
            assert "개인 비방" in beside(opinion, user)
        told = [each.sentence for each in history(opinion, cast.supplier, inside=False)]
        assert any("개인 비방" in sentence for sentence in told)

    def test_shown_again_it_tells_the_council_nothing_of_it(self, cast, browse, opinion):
        actions.hide(opinion, reason="개인 비방", by=cast.secretary)
        browse(cast.secretary).post(address("restore_opinion", opinion), {"reason": "오해였습니다."})
        opinion.refresh_from_db()
        assert opinion.hidden_at is None
        assert "개인 비방" not in beside(opinion, cast.adopter)
        assert [each.icon for each in history(opinion, cast.adopter, inside=False)] == ["send"]
        assert [each.icon for each in history(opinion, cast.chair, inside=True)] == ["send", "eye", "eye"]


class TestTheQueue:
    @pytest.mark.parametrize("who", OTHERS)
    def test_it_is_for_those_who_run_the_council(self, cast, browse, consultation, who):
        assert browse(getattr(cast, who)).get(queue(consultation)).status_code == 403

    def test_a_stranger_gets_404(self, cast, browse, consultation):
        assert browse(cast.stranger).get(queue(consultation)).status_code == 404

    def test_every_reported_opinion_stands_there_once_the_oldest_report_first(self, cast, browse, consultation):
        first, second = (cast.submitted(consultation) for _number in range(2))
        actions.report(second, reason="광고", by=cast.adopter)
        actions.report(first, reason="비방", by=cast.adopter)
        actions.report(second, reason="또 광고", by=cast.tp)
        page = browse(cast.secretary).get(queue(consultation))
        assert page.context["cases"] == [second, first]
        assert [report.reason for report in page.context["cases"][0].open_reports] == ["광고", "또 광고"]

    def test_both_decisions_are_made_in_place(self, cast, browse, consultation):
        hidden, left = (cast.submitted(consultation) for _number in range(2))
        for opinion in (hidden, left):
            actions.report(opinion, reason="광고", by=cast.adopter)
        client, headers = browse(cast.secretary), {"hx-request": "true"}
        answer = client.post(address("hide_opinion", hidden), {"reason": "광고", "from": "reports"}, headers=headers)
        assert "<html" not in answer.text
        answer = client.post(address("dismiss_reports", left), {"from": "reports"})
        assert answer.headers["Location"] == queue(consultation, list="reports")
        assert [message.level_tag for message in get_messages(answer.wsgi_request)] == ["success"]
        assert not Report.objects.open().exists()
        assert client.get(queue(consultation)).context["cases"] == []
        assert client.get(queue(consultation, list="hidden")).context["page"].rows == [hidden]

    def test_long_lists_go_on_where_they_stopped(self, cast, browse, consultation):
        for _number in range(32):
            actions.report(cast.submitted(consultation), reason="광고", by=cast.adopter)
        client = browse(cast.secretary)
        first = client.get(queue(consultation))
        assert len(first.context["cases"]) == 30
        following = client.get(f"{queue(consultation)}{first.context['page'].next_url}")
        assert len(following.context["cases"]) == 2
        assert client.get(queue(consultation, after="x")).status_code == 404

    @pytest.mark.parametrize("shown", ["reports", "hidden", "campaigns", "confidential"])
    def test_the_number_of_queries_does_not_grow(
        self, cast, browse, consultation, django_assert_max_num_queries, shown
    ):
        for number in range(8):
            opinion = cast.submitted(consultation)
            actions.report(opinion, reason="광고", by=cast.adopter)
            actions.hide(cast.submitted(consultation), reason="광고", by=cast.secretary)
            secret = cast.submitted(consultation, audience="confidential")
            if number % 2:
                actions.redact(secret, reason="공개", by=cast.secretary)
            Campaign.objects.create(council=cast.council, consultation=consultation, first=opinion, size=number + 2)
        client = browse(cast.secretary)
        with django_assert_max_num_queries(15):
            page = client.get(queue(consultation, list=shown))
        assert len(page.context["page"].rows) == 8


class TestPublicForms:
    @pytest.fixture
    def secret(self, cast: Cast, consultation: Consultation) -> Opinion:
        return cast.submitted(consultation, audience="confidential", reason=SECRET)

    def test_one_side_prepares_and_the_other_approves(self, cast, browse, secret):
        assert address("redact", secret) in beside(secret, cast.supplier)
        words = {"reason": "납품 단가가 오릅니다.", "proposed_text": secret.proposed_text}
        answer = browse(cast.secretary).post(address("redact", secret), words)
        form = Redaction.objects.get()
        assert answer.headers["Location"] == form.get_absolute_url()
        approve = address("approve_redaction", form)
        assert approve not in browse(cast.secretary).get(form.get_absolute_url()).text
        assert browse(cast.secretary).post(approve).status_code == 403
        page = browse(cast.supplier).get(form.get_absolute_url()).text
        assert approve in page
        assert "<del>" in page
        browse(cast.supplier).post(approve)
        form.refresh_from_db()
        assert form.approved_by == cast.supplier

    def test_the_council_reads_the_form_and_neither_the_name_nor_the_secret(self, cast, browse, secret):
        form = actions.redact(secret, reason="납품 단가가 오릅니다.", by=cast.secretary)
        assert browse(cast.adopter).get(form.get_absolute_url()).status_code == 404
        actions.approve_redaction(form, by=cast.supplier)
        page = browse(cast.adopter).get(form.get_absolute_url()).text
        assert "납품 단가가 오릅니다." in page
        for hidden in (SECRET, "누리솔루션", "공급 대표", "1,234"):
            assert hidden not in page
        assert browse(cast.adopter).get(secret.get_absolute_url()).status_code == 404
        assert browse(cast.stranger).get(form.get_absolute_url()).status_code == 404

    @pytest.mark.parametrize("who", ["adopter", "tp", "officer"])
    def test_nobody_else_prepares_one(self, cast, browse, secret, who):
        assert browse(getattr(cast, who)).get(address("redact", secret)).status_code == 404

    def test_both_sides_see_how_far_it_is(self, cast, browse, secret):
        form = actions.redact(secret, reason="납품 단가", by=cast.secretary)
        page = form.get_absolute_url()
        assert page in beside(secret, cast.supplier)
        assert page in beside(secret, cast.secretary)
        listed = queue(secret.consultation, list="confidential")
        assert browse(cast.secretary).get(listed).context["page"].rows == [secret]
        actions.approve_redaction(form, by=cast.supplier)
        assert browse(cast.secretary).get(listed).context["page"].rows == []


class TestNearIdentical:
    def test_the_list_shows_those_one_may_see(self, cast, browse, consultation):
        first = cast.submitted(consultation)
        alike = [cast.submitted(consultation, audience=audience) for audience in ("council", "office", "confidential")]
        campaign = Campaign.objects.create(council=cast.council, consultation=consultation, first=first, size=4)
        Opinion.objects.update(campaign=campaign)
        assert address("campaign", campaign) in beside(first, cast.adopter)
        page = browse(cast.adopter).get(address("campaign", campaign))
        assert page.context["page"].rows == [first, alike[0]]
        assert page.context["visible"] == 2
        assert len(browse(cast.secretary).get(address("campaign", campaign)).context["page"].rows) == 4
        assert browse(cast.stranger).get(address("campaign", campaign)).status_code == 404


class TestSpoken:
    def test_only_the_speaker_is_asked_whether_they_said_it(self, cast, browse, consultation):
        opinion = actions.enter(
            consultation,
            consultation.version.passages.earliest("position"),
            source="spoken",
            membership=cast.membership(cast.supplier),
            reason="현장에서 드린 말씀입니다.",
            by=cast.secretary,
        )
        assert address("confirm_opinion", opinion) in beside(opinion, cast.supplier)
        for other in (cast.secretary, cast.adopter, cast.colleague()):
            assert address("confirm_opinion", opinion) not in beside(opinion, other)
        answer = browse(cast.supplier).post(address("confirm_opinion", opinion))
        assert answer.headers["Location"] == opinion.get_absolute_url()
        assert address("confirm_opinion", opinion) not in beside(opinion, cast.supplier)
        assert [each.icon for each in history(opinion, cast.adopter, inside=False)] == ["speech", "check"]
