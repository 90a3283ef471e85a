"""A text put before the council: prepared, opened, read with its opinions, and its result."""

import datetime as dt

import pytest
from django.urls import reverse

from council.core import clock
from council.documents import actions as documents
from council.opinions import actions
from council.opinions.models import Consultation, Opinion
from tests.cast import Cast
from tests.web.crowd import copies

HTMX = {"HX-Request": "true"}


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


def page(consultation: Consultation, name: str = "consultation") -> str:
    return reverse(f"web:{name}", args=[consultation.pk])


def passage_page(opinion: Opinion) -> str:
    return reverse("web:passage", args=[opinion.consultation_id, opinion.passage_id])


def listed(response) -> list[Opinion]:
    return [getattr(voice, "opinion", voice) for voice in response.context["voices"]]


def moments(**days: tuple[int, int]) -> dict[str, str]:
    """The fields of the phases, from days counted from now."""
    fields = {}
    for kind, (opens, closes) in days.items():
        for name, day in (("opens", opens), ("closes", closes)):
            moment = clock.now() + dt.timedelta(days=day)
            fields[f"{kind}_{name}"] = f"{moment.astimezone(clock.SEOUL):%Y-%m-%dT%H:%M}"
    return fields


class TestWhoSees:
    def test_every_member_reads_an_open_one(self, cast, browse, consultation):
        for user in (cast.secretary, cast.officer, cast.supplier, cast.observer):
            assert browse(user).get(page(consultation)).status_code == 200

    def test_a_stranger_gets_404(self, cast, browse, consultation):
        for user in (cast.stranger, cast.expired):
            assert browse(user).get(page(consultation)).status_code == 404
            assert browse(user).get(passage_page(cast.drafted(consultation))).status_code == 404

    def test_nobody_is_asked_to_log_in(self, browse, consultation):
        assert browse(None).get(page(consultation)).url.startswith(reverse("account_login"))

    def test_one_in_preparation_is_for_who_runs_the_council(self, cast, browse):
        prepared = cast.prepared_consultation()
        assert browse(cast.secretary).get(page(prepared)).status_code == 200
        assert browse(cast.supplier).get(page(prepared)).status_code == 404

    def test_the_agenda_item_is_named_to_those_who_may_see_it(self, cast, browse):
        item = cast.item(cast.planned_meeting(), title="비공개 안건")
        consultation = cast.consultation()
        Consultation.objects.filter(pk=consultation.pk).update(agenda_item=item)
        assert "비공개 안건" in browse(cast.secretary).get(page(consultation)).text
        assert "비공개 안건" not in browse(cast.supplier).get(page(consultation)).text


class TestPreparing:
    def test_it_is_prepared_and_opened(self, cast, browse):
        version, client = cast.version(), browse(cast.secretary)
        asked = {"title": "의견을 여쭙니다", "office": cast.office.pk, **moments(before=(0, 12), after=(13, 20))}
        prepared = client.post(reverse("web:prepare_consultation", args=[version.pk]), asked)
        consultation = Consultation.objects.get(title="의견을 여쭙니다")
        assert prepared.url == page(consultation)
        assert sorted(consultation.phases.values_list("kind", flat=True)) == ["after", "before"]
        client.post(page(consultation, "open_consultation"))
        consultation.refresh_from_db()
        assert consultation.opened_at

    def test_a_phase_needs_both_moments(self, cast, browse):
        fields = moments(before=(0, 12))
        del fields["before_closes"]
        asked = {"title": "반쪽", "office": cast.office.pk, **fields}
        response = browse(cast.secretary).post(reverse("web:prepare_consultation", args=[cast.version().pk]), asked)
        assert "before_closes" in response.context["form"].errors
        assert "반쪽" in response.text

    def test_without_a_phase_nothing_is_prepared(self, cast, browse):
        asked = {"title": "단계 없음", "office": cast.office.pk}
        response = browse(cast.secretary).post(reverse("web:prepare_consultation", args=[cast.version().pk]), asked)
        assert response.context["form"].non_field_errors()
        assert not Consultation.objects.exists()

    def test_what_is_missing_before_opening_is_said(self, cast, browse):
        short = cast.prepared_consultation(days=2)
        response = browse(cast.secretary).post(
            page(short, "open_consultation"), headers={"referer": f"http://testserver{page(short)}"}, follow=True
        )
        assert [message.level_tag for message in response.context["messages"]] == ["error"]
        short.refresh_from_db()
        assert short.opened_at is None

    def test_it_is_not_for_members(self, cast, browse):
        version = cast.version()
        assert browse(cast.supplier).get(reverse("web:prepare_consultation", args=[version.pk])).status_code == 403
        assert browse(cast.supplier).post(page(cast.consultation(version), "open_consultation")).status_code == 403


class TestText:
    def test_each_passage_says_how_many_opinions_it_has_and_how_many_one_may_not_read(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        cast.drafted(consultation, by=cast.adopter)
        cast.submitted(consultation, by=cast.adopter, audience="office")
        counts = {
            user: self.counts(browse(user), consultation) for user in (cast.supplier, cast.adopter, cast.secretary)
        }
        said = [counts[user][opinion.passage_id] for user in (cast.supplier, cast.adopter, cast.secretary)]
        assert [(each.total, each.unseen) for each in said] == [(2, 1), (2, 0), (2, 0)]

    def counts(self, client, consultation):
        return {line.passage.pk: line.said for line in client.get(page(consultation)).context["lines"]}

    def test_the_opinions_of_a_passage_come_as_a_piece_or_as_a_page(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        client = browse(cast.adopter)
        whole, piece = client.get(passage_page(opinion)), client.get(passage_page(opinion), headers=HTMX)
        assert "<main" in whole.text
        assert "<main" not in piece.text
        for response in (whole, piece, client.get(f"{page(consultation)}?passage={opinion.passage_id}")):
            assert listed(response) == [opinion]

    def test_filters_stay_in_the_address(self, cast, browse, consultation):
        supplied, adopted = cast.submitted(consultation), cast.submitted(consultation, by=cast.adopter)
        client = browse(cast.tp)
        assert listed(client.get(f"{passage_page(supplied)}?sector=supplier")) == [supplied]
        assert listed(client.get(f"{passage_page(supplied)}?phase=before")) == [supplied, adopted]
        assert listed(client.get(f"{passage_page(supplied)}?sector=nonsense&passage=x")) == [supplied, adopted]
        narrowed = client.get(f"{page(consultation)}?sector=supplier")
        assert f"{passage_page(supplied)}?sector=supplier" in narrowed.text

    def test_an_answer_is_not_found_before_it_is_published(self, cast, browse, consultation):
        opinion = cast.answered(consultation)
        search = f"{passage_page(opinion)}?verdict=not_accepted"
        assert listed(browse(cast.officer).get(search)) == [opinion]
        for user in (cast.supplier, cast.adopter):
            assert listed(browse(user).get(search)) == []
            assert "예산 여건상" not in browse(user).get(passage_page(opinion)).text
        actions.release(consultation, by=cast.secretary)
        assert listed(browse(cast.adopter).get(search)) == [opinion]
        assert "예산 여건상" in browse(cast.adopter).get(passage_page(opinion)).text

    def test_a_long_discussion_comes_in_pages(self, cast, browse, consultation):
        opinions = [opinion := cast.submitted(consultation), *copies(opinion, 21)]
        first = browse(cast.adopter).get(f"{passage_page(opinions[0])}?sector=supplier", headers=HTMX)
        assert listed(first) == opinions[:20]
        assert listed(browse(cast.adopter).get(first.context["more_url"], headers=HTMX)) == opinions[20:]

    def test_nobody_is_invited_to_speak_when_it_is_closed(self, cast, browse, consultation):
        give = reverse("web:give_opinion", args=[consultation.pk, consultation.version.passages.first().pk])
        first = f"{page(consultation)}?passage={consultation.version.passages.first().pk}"
        assert f'href="{give}"' in browse(cast.supplier).get(first).text
        assert f'href="{give}"' not in browse(cast.observer).get(first).text
        with clock.at(clock.now() + dt.timedelta(days=60)):
            assert f'href="{give}"' not in browse(cast.supplier).get(first).text

    def test_ones_own_drafts_are_remembered(self, cast, browse, consultation):
        draft = cast.drafted(consultation)
        assert draft.get_absolute_url() in browse(cast.supplier).get(page(consultation)).text
        assert draft.get_absolute_url() not in browse(cast.secretary).get(page(consultation)).text


class TestPublicForms:
    def test_others_read_the_public_form_and_not_whose_it_is(self, cast, browse, consultation):
        secret = cast.submitted(consultation, audience="confidential", reason="단가는 9,900원입니다.")
        form = actions.redact(secret, reason="단가가 부담됩니다.", by=cast.supplier)
        before = browse(cast.adopter).get(passage_page(secret))
        assert (listed(before), before.context["said"].unseen) == ([], 1)
        actions.approve_redaction(form, by=cast.secretary)
        after = browse(cast.adopter).get(passage_page(secret))
        assert "단가가 부담됩니다." in after.text
        assert (after.context["said"].total, after.context["said"].unseen) == (1, 0)
        for kept_secret in ("9,900", cast.supplying.name, secret.get_absolute_url()):
            assert kept_secret not in after.text
        assert "9,900" in browse(cast.secretary).get(passage_page(secret)).text


class TestReplying:
    def test_who_speaks_for_an_organisation_replies_that_it_has_no_opinion(self, cast, browse, consultation):
        client = browse(cast.supplier)
        assert page(consultation, "reply_without_opinion") in client.get(page(consultation)).text
        client.post(page(consultation, "reply_without_opinion"))
        reply = consultation.replies.get()
        assert (reply.organisation, reply.kind) == (cast.supplying, "none")
        assert page(consultation, "reply_without_opinion") not in client.get(page(consultation)).text

    def test_it_is_not_offered_beside_a_coordinator_nor_to_those_not_asked(self, cast, browse, consultation):
        cast.colleague(coordinates=True)
        for user in (cast.supplier, cast.officer, cast.observer):
            assert page(consultation, "reply_without_opinion") not in browse(user).get(page(consultation)).text
        assert browse(cast.supplier).post(page(consultation, "reply_without_opinion")).status_code == 403

    def test_a_reply_of_an_organisation_is_told_to_its_people(self, cast, browse, consultation):
        cast.submitted(consultation)
        assert browse(cast.supplier).get(page(consultation)).context["standing"].kind == "opinions"
        assert browse(cast.adopter).get(page(consultation)).context["standing"].kind is None


class TestWindows:
    def extended(
        self, consultation: Consultation, days: int, reason: str = "자료 배포가 늦었습니다."
    ) -> dict[str, str]:
        phase = consultation.phases.get()
        closes_at = phase.closes_at + dt.timedelta(days=days)
        moment = f"{closes_at.astimezone(clock.SEOUL):%Y-%m-%dT%H:%M}"
        return {"phase": str(phase.pk), "closes_at": moment, "reason": reason}

    def test_a_phase_is_extended_and_everyone_reads_why(self, cast, browse, consultation):
        browse(cast.secretary).post(page(consultation, "extend_consultation"), self.extended(consultation, 7))
        shown = browse(cast.supplier).get(page(consultation))
        assert "자료 배포가 늦었습니다." in shown.text

    def test_it_needs_a_later_time(self, cast, browse, consultation):
        response = browse(cast.secretary).post(
            page(consultation, "extend_consultation"), self.extended(consultation, -1)
        )
        assert "closes_at" in response.context["form"].errors

    def test_it_is_for_who_runs_the_council(self, cast, browse, consultation):
        assert browse(cast.supplier).get(page(consultation, "extend_consultation")).status_code == 403
        assert page(consultation, "extend_consultation") not in browse(cast.supplier).get(page(consultation)).text

    def test_what_is_missing_before_opening_is_said_beforehand(self, cast, browse):
        assert browse(cast.secretary).get(page(cast.prepared_consultation(days=2))).context["lacks"]
        assert not browse(cast.secretary).get(page(cast.prepared_consultation())).context["lacks"]

    def test_a_procedure_of_the_law_asks_for_more_days(self, cast, browse):
        version = cast.version()
        asked = {
            "title": "행정예고",
            "office": cast.office.pk,
            "procedure": "administrative",
            **moments(before=(0, 12)),
        }
        browse(cast.secretary).post(reverse("web:prepare_consultation", args=[version.pk]), asked)
        prepared = Consultation.objects.get(title="행정예고")
        assert prepared.shortest_days == 20
        assert browse(cast.secretary).get(page(prepared)).context["lacks"]


def test_thirty_opinions_take_as_many_queries_as_one(cast, browse, django_assert_max_num_queries):
    version = cast.version()
    consultation = cast.consultation(version)
    following = cast.next_version(version)
    documents.publish_version(following, by=cast.secretary)
    first = version.passages.earliest("position")
    accepted, refused = cast.triaged(consultation), cast.triaged(consultation)
    cast.answer(accepted, verdict="accepted", changed_passage=following.passages.earliest("position"))
    cast.answer(refused)
    actions.release(consultation, by=cast.secretary)
    addresses = [
        f"{page(consultation)}?passage={first.pk}",
        reverse("web:passage", args=[consultation.pk, first.pk]),
        reverse("web:changes", args=[following.pk]),
    ]
    counts = []
    for number in (0, 29):
        for opinion in (accepted, refused):
            opinion.refresh_from_db()
            copies(opinion, number)
        for address in addresses:
            for user in (cast.secretary, cast.supplier):
                client = browse(user)
                client.get(address)
                with django_assert_max_num_queries(15) as queries:
                    assert client.get(address).status_code == 200
                counts.append(len(queries))
    half = len(counts) // 2
    assert counts[:half] == counts[half:]
