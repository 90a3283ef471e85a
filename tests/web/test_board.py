"""The disposition board: what is still to be answered, by whom, by many at once; and the look before publishing."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from council.core import clock
from council.documents import actions as documents
from council.opinions import actions
from council.opinions.models import Batch, Campaign, Consultation, Opinion, Point
from council.web import presence
from tests.cast import Cast
from tests.web.crowd import copies

HTMX = {"HX-Request": "true"}


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


@pytest.fixture
def board(consultation) -> str:
    return reverse("web:board", args=[consultation.pk])


def rows(response) -> list[Opinion]:
    return [row.point.opinion for row in response.context["page"].rows]


def counts(response) -> dict[str, int]:
    return {tab.overdue or tab.state or "all": tab.count for tab in response.context["tabs"]}


def the_point(opinion: Opinion) -> Point:
    return opinion.points.get()


class TestWhoSees:
    def test_it_is_for_the_secretary_and_the_offices(self, cast, browse, board):
        assert {browse(user).get(board).status_code for user in (cast.secretary, cast.chair, cast.officer)} == {200}
        assert {browse(user).get(board).status_code for user in (cast.supplier, cast.observer)} == {403}
        assert {browse(user).get(board).status_code for user in (cast.stranger, cast.expired)} == {404}
        assert browse(None).get(board).url.startswith(reverse("account_login"))

    def test_drafts_are_on_nobodys_board(self, cast, browse, board, consultation):
        cast.drafted(consultation, by=cast.secretary)
        assert rows(browse(cast.secretary).get(board)) == []

    def test_an_office_sees_what_is_for_offices_only_if_it_is_its_own(self, cast, browse, board, consultation):
        cast.submitted(consultation, audience="office")
        own = cast.triaged(consultation, audience="office")
        assert rows(browse(cast.officer).get(board)) == [own]
        assert counts(browse(cast.officer).get(board))["all"] == 1
        assert len(rows(browse(cast.secretary).get(board))) == 2

    def test_members_do_nothing_there(self, cast, browse, consultation):
        point = cast.point(consultation)
        client = browse(cast.supplier)
        for name in ("assign_many", "tag_many", "answer_many", "working", "release"):
            address = reverse(f"web:{name}", args=[consultation.pk])
            assert client.post(address, {"points": [point.pk]}).status_code == 403, name
        assert client.get(reverse("web:before_release", args=[consultation.pk])).status_code == 403
        assert client.get(reverse("web:answer_templates", args=[cast.council.pk])).status_code == 403
        for name in ("triage", "dispose", "await_input"):
            address = reverse(f"web:{name}", args=[point.pk])
            sent = {"office": cast.office.pk, "verdict": "accepted", "reason": "그렇습니다.", "waiting_for": "자료"}
            assert client.post(address, sent).status_code == 403, name


class TestFilters:
    def test_by_state_overdue_and_what_is_in_it(self, cast, browse, board, consultation):
        given, assigned = cast.submitted(consultation), cast.triaged(consultation, by=cast.adopter)
        answered = cast.answered(consultation, reason="로봇이 먼저입니다.")
        client = browse(cast.secretary)
        every = [given, assigned, answered]
        assert rows(client.get(board)) == every
        assert rows(client.get(f"{board}?state=submitted")) == [given]
        assert rows(client.get(f"{board}?sector=adopter")) == [assigned]
        assert rows(client.get(f"{board}?office={cast.office.pk}")) == [assigned, answered]
        assert rows(client.get(f"{board}?verdict=not_accepted")) == [answered]
        assert rows(client.get(f"{board}?q=로봇이 먼저")) == [answered]
        assert rows(client.get(f"{board}?q=%23{given.number}")) == [given]
        assert rows(client.get(f"{board}?source=written&passage={given.passage_id}&phase=before")) == every
        assert rows(client.get(f"{board}?state=nonsense&office=nonsense&after=nonsense&campaign=nonsense")) == every
        Point.objects.filter(opinion=assigned).update(due_on=clock.today().replace(year=2020))
        assert rows(client.get(f"{board}?overdue=on")) == [assigned]

    def test_tabs_count_what_the_filters_leave(self, cast, browse, board, consultation):
        cast.submitted(consultation)
        cast.answered(consultation)
        actions.await_input(cast.point(consultation, by=cast.adopter), waiting_for="예산 자료", by=cast.officer)
        empty = {"all": 0, "submitted": 0, "triaged": 0, "waiting": 0, "on": 0, "answered": 0, "published": 0}
        client = browse(cast.secretary)
        assert counts(client.get(board)) == {**empty, "all": 3, "submitted": 1, "waiting": 1, "answered": 1}
        assert counts(client.get(f"{board}?sector=adopter")) == {**empty, "all": 1, "waiting": 1}

    def test_by_tag_and_by_what_needs_a_public_form(self, cast, browse, board, consultation):
        tagged = cast.submitted(consultation)
        secret = cast.submitted(consultation, audience="confidential")
        actions.tag_all([the_point(tagged)], add=["예산"], by=cast.secretary)
        client = browse(cast.secretary)
        assert rows(client.get(f"{board}?tag=예산")) == [tagged]
        assert rows(client.get(f"{board}?secret=on")) == [secret]

    def test_filters_stay_in_the_address_of_every_tab_and_page(self, cast, browse, board, consultation):
        copies(cast.submitted(consultation), 51)
        first = browse(cast.secretary).get(f"{board}?sector=supplier")
        assert [opinion.number for opinion in rows(first)] == list(range(1, 51))
        assert "sector=supplier&amp;after=50-1" in first.text
        assert "sector=supplier&amp;state=triaged" in first.text
        rest = browse(cast.secretary).get(f"{board}?sector=supplier&after=50-1")
        assert [opinion.number for opinion in rows(rest)] == [51, 52]
        assert rest.context["page"].after is None

    def test_near_identical_opinions_stand_there_once_and_open_by_themselves(self, cast, browse, board, consultation):
        first, alone = cast.submitted(consultation), cast.submitted(consultation, by=cast.adopter)
        alike = [first, *copies(first, 3)]
        campaign = Campaign.objects.create(council=cast.council, consultation=consultation, first=first, size=4)
        Opinion.objects.filter(pk__in=[each.pk for each in alike]).update(campaign=campaign)
        client = browse(cast.secretary)
        grouped = client.get(f"{board}?group=on")
        assert rows(grouped) == [first, alone]
        assert [row.alike for row in grouped.context["page"].rows] == [4, 0]
        assert f"campaign={campaign.pk}" in grouped.text
        assert rows(client.get(f"{board}?campaign={campaign.pk}")) == alike
        actions.triage(the_point(first), by=cast.secretary)
        later = client.get(f"{board}?group=on&state=submitted")
        assert rows(later) == [alone, alike[1]]  # the first of those that are left stands for them


class TestManyAtOnce:
    def test_chosen_ones_are_assigned_together_and_taken_back(self, cast, browse, board, consultation):
        points = [the_point(cast.submitted(consultation)) for _ in range(3)]
        client = browse(cast.secretary)
        assign = reverse("web:assign_many", args=[consultation.pk]) + "?sector=supplier"
        chosen = {"points": [each.pk for each in points[:2]], "office": cast.office.pk, "due_on": ""}
        response = client.post(assign, chosen, follow=True)
        assert response.redirect_chain[-1][0] == f"{board}?sector=supplier"
        step = Batch.objects.get()
        assert reverse("web:undo", args=[step.pk]) in str(next(iter(response.context["messages"])))
        assert [Point.objects.get(pk=each.pk).state for each in points] == ["triaged", "triaged", "submitted"]
        client.post(reverse("web:undo", args=[step.pk]))
        assert {Point.objects.get(pk=each.pk).state for each in points} == {"submitted"}

    def test_all_that_match_the_filters(self, cast, browse, consultation):
        copies(cast.submitted(consultation), 60)
        other = the_point(cast.submitted(consultation, by=cast.adopter))
        assign = reverse("web:assign_many", args=[consultation.pk]) + "?sector=supplier"
        browse(cast.secretary).post(assign, {"everything": "on", "office": cast.office.pk})
        assert Point.objects.filter(state="triaged").count() == 61
        assert Point.objects.get(pk=other.pk).state == "submitted"

    def test_nobody_chooses_what_they_may_not_see(self, cast, browse, consultation):
        hidden = the_point(cast.submitted(consultation, audience="office"))
        cast.triaged(consultation)
        tag = reverse("web:tag_many", args=[consultation.pk])
        browse(cast.officer).post(tag, {"points": [hidden.pk, "nonsense"], "add": "예산"})
        assert Point.objects.get(pk=hidden.pk).tags == []

    def test_tags_are_put_on_and_taken_off(self, cast, browse, consultation):
        point, client = cast.point(consultation), browse(cast.officer)
        tag = reverse("web:tag_many", args=[consultation.pk])
        client.post(tag, {"points": [point.pk], "add": "예산, 로봇"})
        client.post(tag, {"points": [point.pk], "remove": "로봇"})
        assert Point.objects.get(pk=point.pk).tags == ["예산"]

    def test_a_form_that_is_not_in_order_keeps_the_choice(self, cast, browse, consultation):
        point = the_point(cast.submitted(consultation))
        assign = reverse("web:assign_many", args=[consultation.pk])
        sent = {"points": [point.pk], "office": cast.office.pk, "due_on": "2020-01-01"}
        response = browse(cast.secretary).post(assign, sent)
        assert response.status_code == 422
        assert f'name="points" value="{point.pk}"' in response.text
        assert response.context["form"].errors.keys() == {"due_on"}

    def test_what_failed_is_named_with_the_reason_and_a_link(self, cast, browse, consultation):
        good, published = the_point(cast.submitted(consultation)), the_point(cast.published(consultation))
        assign = reverse("web:assign_many", args=[consultation.pk])
        client = browse(cast.secretary)
        page = client.post(assign, {"points": [good.pk, published.pk], "office": cast.office.pk}, follow=True)
        assert page.redirect_chain[-1][0] == reverse("web:batch", args=[Batch.objects.first().pk])
        assert [(row.point, bool(row.problem)) for row in page.context["failed"]] == [(published, True)]
        assert reverse("web:point", args=[published.pk]) in page.text
        assert browse(cast.supplier).get(page.redirect_chain[-1][0]).status_code == 404


class TestWhoWorksOnIt:
    def test_the_others_are_named_on_the_row_and_in_it(self, cast, browse, board, consultation):
        point = cast.point(consultation)
        browse(cast.officer).get(reverse("web:point", args=[point.pk]), headers=HTMX)
        client = browse(cast.secretary)
        assert [row.working for row in client.get(board).context["page"].rows] == [["사무관"]]
        assert "사무관" in client.get(reverse("web:point", args=[point.pk]), headers=HTMX).text
        polled = client.post(reverse("web:working", args=[consultation.pk]), {"seen": [point.pk]}, headers=HTMX)
        assert f'data-on="{point.pk}"' in polled.text
        assert [row.working for row in browse(cast.officer).get(board).context["page"].rows] == [["간사"]]

    def test_who_left_is_forgotten_within_a_minute(self, cast, consultation):
        point = cast.point(consultation)
        presence.arrive(point.pk, cast.officer)
        with clock.at(clock.now() + dt.timedelta(seconds=presence.SECONDS + 1)):
            assert presence.others([point.pk], cast.secretary) == {}

    def test_authors_are_not_among_them(self, cast, browse, consultation):
        point = cast.point(consultation)
        browse(cast.supplier).get(reverse("web:point", args=[point.pk]))
        assert presence.others([point.pk], cast.secretary) == {}
        assert browse(cast.supplier).post(reverse("web:present", args=[point.pk])).status_code == 403


class TestBeforePublishing:
    def test_it_says_what_is_open_and_what_is_in_the_way(self, cast, browse):
        version = cast.version()
        consultation = cast.consultation(version)
        release = reverse("web:release", args=[consultation.pk])
        waiting = cast.submitted(consultation)
        pointing = cast.triaged(consultation)
        following = cast.next_version(version)
        changed = following.passages.earliest("position")
        cast.answer(pointing, verdict="accepted", changed_passage=changed)
        check = reverse("web:before_release", args=[consultation.pk])
        shown = browse(cast.secretary).get(check)
        assert release not in shown.text
        for address in (
            waiting.get_absolute_url(),
            reverse("web:point", args=[the_point(pointing).pk]),
            changed.get_absolute_url(),
        ):
            assert address in shown.text, address
        refused = browse(cast.secretary).post(release, headers={"referer": f"http://testserver{check}"}, follow=True)
        assert [message.level_tag for message in refused.context["messages"]] == ["error"]

    def test_a_change_the_version_lacks_leads_to_its_passage(self, cast, browse):
        version = cast.version()
        consultation = cast.consultation(version)
        following = documents.start_version(version.document, by=cast.secretary)
        passage = following.passages.earliest("position")
        cast.answer(cast.triaged(consultation), verdict="accepted", changed_passage=passage)
        edit = reverse("web:edit_passage", args=[passage.pk])
        shown = browse(cast.secretary).get(reverse("web:before_release", args=[consultation.pk]))
        assert [answer.changed_passage for answer in shown.context["unmade"]] == [passage]
        assert edit in shown.text

    def test_all_prepared_answers_are_published_together(self, cast, browse, consultation):
        opinions = [cast.answered(consultation), cast.answered(consultation, by=cast.adopter)]
        release = reverse("web:release", args=[consultation.pk])
        check = reverse("web:before_release", args=[consultation.pk])
        assert release in browse(cast.secretary).get(check).text
        assert release not in browse(cast.officer).get(check).text
        assert browse(cast.officer).post(release).status_code == 403
        response = browse(cast.secretary).post(release)
        assert response.url == reverse("web:result", args=[consultation.pk])
        assert {Opinion.objects.get(pk=opinion.pk).state for opinion in opinions} == {"published"}

    def test_authors_without_an_account_are_named(self, cast, browse, consultation):
        entered = actions.enter(
            consultation,
            consultation.version.passages.earliest("position"),
            organisation=cast.supplying,
            source="paper",
            source_note="2023-09-01 접수 공문",
            submitter="김철수",
            kind="general",
            reason="문서로 낸 의견입니다.",
            by=cast.secretary,
        )
        shown = browse(cast.secretary).get(reverse("web:before_release", args=[consultation.pk]))
        assert [opinions for name, opinions, _total in shown.context["lists"] if name == "untold"] == [[entered]]
        assert "김철수" in shown.text


class TestVersionInWork:
    def test_each_passage_lists_the_accepted_opinions_behind_it(self, cast, browse):
        version = cast.version()
        consultation = cast.consultation(version)
        following = cast.next_version(version)
        passage = following.passages.earliest("position")
        accepted = cast.triaged(consultation)
        cast.answer(accepted, verdict="accepted", changed_passage=passage)
        shown = browse(cast.secretary).get(following.get_absolute_url())
        behind = {each.pk: [answer.point.opinion for answer in each.accepted] for each in shown.context["passages"]}
        assert [opinions for opinions in behind.values() if opinions] == [[accepted]]
        assert the_point(accepted).get_absolute_url() in shown.text
        assert shown.context["unmade"] == []


@pytest.mark.parametrize("who", ["secretary", "officer"])
@pytest.mark.parametrize("query", ["", "?group=on", "?sector=supplier&q=기업"])
def test_thirty_rows_take_as_many_queries_as_one(
    cast, browse, consultation, board, who, query, django_assert_max_num_queries
):
    client, asked = browse(getattr(cast, who)), []
    given = [cast.answered(consultation), cast.triaged(consultation, by=cast.adopter)]
    for number in (0, 29):
        for row in given:
            copies(row, number)
        client.get(board + query)
        with django_assert_max_num_queries(15) as queries:
            assert client.get(board + query).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_page_of_many_answers_reads_its_choices_once(cast, browse, consultation, django_assert_max_num_queries):
    cast.next_version(consultation.version)
    point, client, asked = cast.point(consultation), browse(cast.secretary), []
    address = reverse("web:answer_many", args=[consultation.pk])
    for number in (0, 29):
        copies(point.opinion, number)
        everything = {"points": list(Point.objects.values_list("pk", flat=True))}
        with django_assert_max_num_queries(15) as queries:
            page = client.post(address, everything)
        assert len(re.findall(r'name="points"', page.text)) == len(everything["points"])
        asked.append(len(queries))
    assert asked[0] == asked[1]
