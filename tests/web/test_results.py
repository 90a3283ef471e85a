"""What we heard, what we did, why: for members, and in public for everybody."""

import pytest
from django.urls import reverse

from council.documents import actions as documents
from council.opinions import actions
from council.opinions.models import Consultation, Disposition, Opinion
from council.web.gathered.results import figures
from tests.cast import Cast
from tests.web.crowd import copies

SECRET = "당사 영업비밀인 납품 단가는 개당 1,200원입니다."


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


def page(consultation: Consultation, name: str = "result") -> str:
    return reverse(f"web:{name}", args=[consultation.pk])


def accepted(cast: Cast, consultation: Consultation, **words) -> Opinion:
    """An opinion that was accepted and changed the first passage; published."""
    following = cast.next_version(consultation.version)
    opinion = cast.triaged(consultation, **words)
    cast.answer(opinion, verdict="accepted", changed_passage=following.passages.earliest("position"))
    documents.publish_version(following, by=cast.secretary)
    actions.release(consultation, by=cast.secretary)
    opinion.refresh_from_db()
    return opinion


def redacted(cast: Cast, consultation: Consultation) -> Opinion:
    """A confidential opinion, answered, with its approved public form."""
    opinion = cast.published(consultation, audience="confidential", reason=SECRET)
    redaction = actions.redact(opinion, reason="단가 부담이 큽니다.", by=cast.supplier)
    actions.approve_redaction(redaction, by=cast.secretary)
    return opinion


def public(cast: Cast, consultation: Consultation) -> Consultation:
    return actions.publish_result(consultation, by=cast.secretary)


class TestWhoReads:
    def test_members_read_it_and_strangers_do_not(self, cast, browse, consultation):
        cast.published(consultation)
        for user in (cast.secretary, cast.officer, cast.supplier, cast.observer):
            assert browse(user).get(page(consultation)).status_code == 200
            assert browse(user).get(page(consultation, "answers")).status_code == 200
        for user in (cast.stranger, cast.expired):
            assert browse(user).get(page(consultation)).status_code == 404
            assert browse(user).get(page(consultation, "answers")).status_code == 404
        assert browse(None).get(page(consultation)).url.startswith(reverse("account_login"))

    def test_a_stranger_is_led_to_the_public_page_where_there_is_one(self, cast, browse, consultation):
        cast.published(consultation)
        public(cast, consultation)
        assert browse(cast.stranger).get(page(consultation)).url == page(consultation, "public_result")

    def test_before_anything_is_published_it_says_so(self, cast, browse, consultation):
        cast.answered(consultation)
        response = browse(cast.supplier).get(page(consultation))
        assert response.context["result"] is None
        assert 'class="empty"' in response.text


class TestWhatItSays:
    def test_figures_count_every_published_answer(self, cast, browse, consultation):
        accepted(cast, consultation)
        cast.published(consultation, by=cast.adopter, audience="office", reason="부서만 읽습니다.")
        result = browse(cast.tp).get(page(consultation)).context["result"]
        assert (result.figures.answers, result.figures.accepted) == (2, 1)
        [by_sector, by_kind] = result.figures.tables
        assert sum(row.total for row in by_sector.rows) == sum(row.total for row in by_kind.rows) == 2
        assert [row.key for row in by_sector.rows] == ["supplier", "adopter"]

    def test_what_was_changed_stands_beside_what_it_was_with_the_opinions_behind_it(self, cast, browse, consultation):
        opinion = accepted(cast, consultation)
        response = browse(cast.tp).get(page(consultation))
        [change] = response.context["result"].changes
        assert change.total == 1
        assert [answer.number for answer in change.group.answers] == [opinion.number]
        assert f'id="c-{change.key}"' in response.text
        assert reverse("web:passage", args=[consultation.pk, opinion.passage_id]) in response.text
        assert opinion.get_absolute_url() in response.text

    def test_what_was_not_accepted_is_grouped_by_verdict_with_its_reason(self, cast, browse, consultation):
        cast.published(consultation)
        response = browse(cast.tp).get(page(consultation))
        [(verdict, total, group)] = response.context["result"].others
        assert (verdict, total, len(group.answers)) == ("not_accepted", 1, 1)
        assert "예산 여건상 당장은 어렵습니다." in response.text

    def test_my_organisation_comes_first_with_what_still_waits(self, cast, browse, consultation):
        mine = cast.published(consultation)
        cast.published(consultation, by=cast.adopter)
        cast.submitted(consultation)
        for user in (cast.supplier, cast.colleague()):
            context = browse(user).get(page(consultation)).context
            assert [answer.number for answer in context["mine"]] == [mine.number]
            assert context["mine_waiting"] == 1

    def test_every_passage_leads_to_what_was_said_about_it(self, cast, browse, consultation):
        opinion = cast.published(consultation)
        result = browse(cast.tp).get(page(consultation)).context["result"]
        assert [(row.given, row.answered) for row in result.passages] == [(1, 1), (0, 0), (0, 0)]
        listed = browse(cast.tp).get(page(consultation, "answers"), {"passage": opinion.passage_id})
        assert [answer.number for answer in listed.context["answers"]] == [opinion.number]

    def test_an_opinion_split_into_points_has_an_answer_for_each(self, cast, browse, consultation):
        opinion = cast.submitted(consultation)
        points = actions.split(opinion, gists=["자부담 비율", "지원 대상"], by=cast.secretary)
        for point, verdict in zip(points, ("not_accepted", "longer_term"), strict=True):
            actions.triage(point, by=cast.secretary)
            actions.dispose(point, verdict=verdict, reason="검토했습니다.", by=cast.officer)
        actions.release(consultation, by=cast.secretary)
        result = browse(cast.tp).get(page(consultation)).context["result"]
        assert result.figures.answers == 2
        assert [group.answers[0].anchor for _v, _t, group in result.others] == ["opinion-1", "opinion-1-2"]


class TestWhatIsNotForEverybody:
    def test_a_confidential_opinion_is_read_in_its_public_form_alone(self, cast, browse, consultation):
        redacted(cast, consultation)
        text = browse(cast.adopter).get(page(consultation)).text
        assert "단가 부담이 큽니다." in text
        assert SECRET not in text
        assert cast.supplying.name not in text
        assert "예산 여건상" not in text

    def test_its_own_organisation_reads_it_in_full(self, cast, browse, consultation):
        redacted(cast, consultation)
        assert SECRET in browse(cast.colleague()).get(page(consultation)).text

    def test_without_a_public_form_it_is_only_counted(self, cast, browse, consultation):
        cast.published(consultation, audience="confidential", reason=SECRET)
        response = browse(cast.adopter).get(page(consultation))
        [(_verdict, total, group)] = response.context["result"].others
        assert (total, group.readable) == (1, 0)
        assert SECRET not in response.text

    def test_what_is_hidden_is_counted_and_not_shown(self, cast, browse, consultation):
        opinion = cast.published(consultation, reason="모욕적인 말")
        actions.hide(opinion, reason="행동강령 위반", by=cast.secretary)
        response = browse(cast.adopter).get(page(consultation))
        assert response.context["result"].figures.answers == 1
        assert "모욕적인 말" not in response.text

    def test_a_hidden_confidential_opinion_loses_its_public_form_too(self, cast, browse, consultation):
        opinion = redacted(cast, consultation)
        actions.hide(opinion, reason="행동강령 위반", by=cast.secretary)
        assert "단가 부담이 큽니다." not in browse(cast.adopter).get(page(consultation)).text


class TestInPublic:
    def test_without_an_account_there_is_nothing_before_it_is_made_public(self, cast, browse, consultation):
        cast.published(consultation)
        for user in (None, cast.supplier, cast.stranger):
            assert browse(user).get(page(consultation, "public_result")).status_code == 404
            assert browse(user).get(page(consultation, "public_answers")).status_code == 404

    def test_the_secretary_makes_it_public_and_private_again(self, cast, browse, consultation):
        cast.published(consultation)
        client = browse(cast.secretary)
        assert client.post(page(consultation, "publish_result")).url == page(consultation)
        assert browse(None).get(page(consultation, "public_result")).status_code == 200
        client.post(page(consultation, "publish_result"), {"public": "no"})
        assert browse(None).get(page(consultation, "public_result")).status_code == 404

    def test_members_make_nothing_public(self, cast, browse, consultation):
        cast.published(consultation)
        for user in (cast.supplier, cast.officer):
            assert browse(user).post(page(consultation, "publish_result")).status_code == 403

    def test_organisations_are_named_and_people_are_not(self, cast, browse, consultation):
        accepted(cast, consultation)
        public(cast, consultation)
        for name in ("public_result", "public_answers"):
            text = browse(None).get(page(consultation, name)).text
            assert cast.supplying.name in text
            assert not [user.name for user in (cast.supplier, cast.officer, cast.secretary) if user.name in text]

    def test_personal_data_is_masked(self, cast, browse, consultation):
        opinion = cast.published(consultation)
        Opinion.objects.filter(pk=opinion.pk).update(reason="연락처는 010-1234-5678입니다.")
        Disposition.objects.update(reason="hong@example.com 으로 안내했습니다.")
        public(cast, consultation)
        for name in ("public_result", "public_answers"):
            text = browse(None).get(page(consultation, name)).text
            assert "010-****-5678" in text
            assert "1234-5678" not in text
            assert "hong@" not in text

    def test_only_what_was_given_to_the_whole_council_is_read(self, cast, browse, consultation):
        redacted(cast, consultation)
        cast.published(consultation, by=cast.adopter, audience="office", reason="부서만 읽습니다.")
        hidden = cast.published(consultation, by=cast.tp, reason="숨겨진 의견")
        actions.hide(hidden, reason="행동강령 위반", by=cast.secretary)
        public(cast, consultation)
        for name in ("public_result", "public_answers"):
            for user in (None, cast.secretary, cast.supplier):
                text = browse(user).get(page(consultation, name)).text
                assert "단가 부담이 큽니다." in text
                for unread in (SECRET, "부서만 읽습니다.", "숨겨진 의견", cast.supplying.name):
                    assert unread not in text
        assert browse(None).get(page(consultation, "public_result")).context["result"].figures.answers == 3

    def test_what_is_not_answered_yet_is_not_there(self, cast, browse, consultation):
        cast.published(consultation)
        cast.answered(consultation, by=cast.adopter, reason="아직 답변 전")
        public(cast, consultation)
        assert "아직 답변 전" not in browse(None).get(page(consultation, "public_answers")).text

    def test_it_may_be_kept_by_caches_and_sets_no_cookie(self, cast, browse, consultation):
        cast.published(consultation)
        public(cast, consultation)
        response = browse(None).get(page(consultation, "public_result"))
        assert "public" in response.headers["Cache-Control"]
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in response.text

    def test_it_is_read_in_english_by_who_asks(self, cast, browse, consultation):
        cast.published(consultation)
        public(cast, consultation)
        client = browse(None)
        assert client.get(page(consultation, "public_result"), {"lang": "en"}).url == page(
            consultation, "public_result"
        )
        assert 'lang="en"' in client.get(page(consultation, "public_result")).text

    def test_every_answer_can_be_cited(self, cast, browse, consultation):
        opinion = cast.published(consultation)
        public(cast, consultation)
        response = browse(None).get(page(consultation, "public_answers"), {"opinion": opinion.number})
        assert [answer.number for answer in response.context["answers"]] == [opinion.number]
        assert f'id="opinion-{opinion.number}"' in response.text


class TestManyAnswers:
    def test_they_come_page_by_page(self, cast, browse, consultation):
        copies(cast.published(consultation), 44)
        client = browse(cast.tp)
        [(_verdict, total, group)] = client.get(page(consultation)).context["result"].others
        assert (total, len(group.answers)) == (45, 5)
        seen, address = [], f"{page(consultation, 'answers')}?verdict=not_accepted&after={group.after}"
        while address:
            context = client.get(address).context
            seen += [answer.number for answer in context["answers"]]
            address = context["next_url"] and page(consultation, "answers") + context["next_url"]
        assert seen == list(range(6, 46))

    def test_filters_narrow_them(self, cast, browse, consultation):
        cast.published(consultation)
        cast.published(consultation, by=cast.adopter, kind="delete", proposed_text="")
        client = browse(cast.tp)
        asked = {"sector": "adopter"}, {"kind": "delete"}, {"opinion": "2"}
        for each in asked:
            assert [answer.number for answer in client.get(page(consultation, "answers"), each).context["answers"]] == [
                2
            ]
        assert client.get(page(consultation, "answers"), {"verdict": "no such", "after": "x.y"}).context["total"] == 2
        mine = browse(cast.supplier).get(page(consultation, "answers"), {"mine": "on"})
        assert [answer.number for answer in mine.context["answers"]] == [1]

    @pytest.mark.parametrize("name", ["result", "answers", "public_result", "public_answers"])
    def test_queries_do_not_grow_with_them(self, cast, browse, consultation, name, django_assert_max_num_queries):
        both = [accepted(cast, consultation), cast.published(consultation, by=cast.adopter)]
        public(cast, consultation)
        counts = []
        for number in (0, 29):
            for opinion in both:
                copies(opinion, number)
            for user in (cast.secretary, cast.supplier):
                client = browse(user)
                client.get(page(consultation, name))
                with django_assert_max_num_queries(15) as queries:
                    assert client.get(page(consultation, name)).status_code == 200
                counts.append(len(queries))
        assert counts[:2] == counts[2:]

    def test_figures_agree_with_the_rows(self, cast, consultation):
        copies(cast.published(consultation), 29)
        assert figures(consultation).by_verdict == {"not_accepted": Disposition.objects.count()}
