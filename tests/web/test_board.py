"""The disposition board: what is still to be answered, by whom, and the publication of the answers."""

import pytest
from django.urls import reverse

from council.core import clock
from council.opinions import actions
from council.opinions.models import Consultation, Opinion
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
    return list(response.context["page"].rows)


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
        assert browse(cast.officer).get(board).context["progress"].given == 1
        assert len(rows(browse(cast.secretary).get(board))) == 2


class TestFilters:
    def test_by_state_overdue_and_what_is_in_it(self, cast, browse, board, consultation):
        given, assigned = cast.submitted(consultation), cast.triaged(consultation, by=cast.adopter)
        answered = cast.answered(consultation, reason="로봇이 먼저입니다.")
        client = browse(cast.secretary)
        assert rows(client.get(board)) == [given, assigned, answered]
        assert rows(client.get(f"{board}?state=submitted")) == [given]
        assert rows(client.get(f"{board}?sector=adopter")) == [assigned]
        assert rows(client.get(f"{board}?office={cast.office.pk}")) == [assigned, answered]
        assert rows(client.get(f"{board}?verdict=not_accepted")) == [answered]
        assert rows(client.get(f"{board}?q=로봇이 먼저")) == [answered]
        assert rows(client.get(f"{board}?passage={given.passage_id}&phase=before")) == [given, assigned, answered]
        assert rows(client.get(f"{board}?state=nonsense&office=nonsense&after=nonsense")) == [given, assigned, answered]
        Opinion.objects.filter(pk=assigned.pk).update(due_on=clock.today().replace(year=2020))
        assert rows(client.get(f"{board}?overdue=on")) == [assigned]

    def test_withdrawn_ones_are_shown_only_when_asked_for(self, cast, browse, board, consultation):
        gone = actions.withdraw(cast.submitted(consultation), by=cast.supplier)
        assert rows(browse(cast.secretary).get(board)) == []
        assert rows(browse(cast.secretary).get(f"{board}?state=withdrawn")) == [gone]

    def test_pages_follow_the_last_number_seen(self, cast, browse, board, consultation):
        copies(cast.submitted(consultation), 51)
        first = browse(cast.secretary).get(f"{board}?sector=supplier")
        assert [row.number for row in rows(first)] == list(range(1, 51))
        assert "sector=supplier&amp;after=50" in first.text
        rest = browse(cast.secretary).get(f"{board}?sector=supplier&after=50")
        assert [row.number for row in rows(rest)] == [51, 52]
        assert rest.context["page"].after is None


class TestRow:
    def test_it_opens_in_place_and_is_worked_on_there(self, cast, browse, board, consultation):
        opinion, client = cast.submitted(consultation), browse(cast.secretary)
        opened = client.get(opinion.get_absolute_url(), headers=HTMX)
        assert "<main" not in opened.text
        assert reverse("web:triage", args=[opinion.pk]) in opened.text
        assigned = client.post(
            reverse("web:triage", args=[opinion.pk]),
            {"triage-office": cast.office.pk, "triage-due_on": ""},
            headers=HTMX,
        )
        assert assigned.status_code == 200
        assert f'id="row-{opinion.number}"' in assigned.text
        assert 'id="board-progress" hx-swap-oob="true"' in assigned.text
        answered = client.post(
            reverse("web:dispose", args=[opinion.pk]),
            {"answer-verdict": "accepted", "answer-reason": "", "revision": 0},
            headers=HTMX,
        )
        assert answered.status_code == 422
        assert "data-unsent" in answered.text

    def test_without_script_it_leads_to_the_opinion(self, cast, browse, board, consultation):
        opinion = cast.submitted(consultation)
        assert f'href="{opinion.get_absolute_url()}"' in browse(cast.officer).get(board).text


class TestPublishing:
    def test_before_publishing_it_says_what_is_open_and_what_is_in_the_way(self, cast, browse):
        version = cast.version()
        consultation = cast.consultation(version)
        board = reverse("web:board", args=[consultation.pk])
        release = reverse("web:release", args=[consultation.pk])
        cast.submitted(consultation)
        pointing = cast.triaged(consultation)
        following = cast.next_version(version)
        cast.answer(pointing, verdict="accepted", changed_passage=following.passages.earliest("position"))
        shown = browse(cast.secretary).get(board)
        assert shown.context["check"].unpublished_changes == [pointing]
        assert shown.context["progress"].unanswered == 1
        assert release not in shown.text
        refused = browse(cast.secretary).post(release, headers={"referer": f"http://testserver{board}"}, follow=True)
        assert [message.level_tag for message in refused.context["messages"]] == ["error"]

    def test_all_prepared_answers_are_published_together(self, cast, browse, board, consultation):
        opinions = [cast.answered(consultation), cast.answered(consultation, by=cast.adopter)]
        release = reverse("web:release", args=[consultation.pk])
        assert release in browse(cast.secretary).get(board).text
        assert release not in browse(cast.officer).get(board).text
        assert browse(cast.officer).post(release).status_code == 403
        response = browse(cast.secretary).post(release)
        assert response.url == reverse("web:result", args=[consultation.pk])
        assert {Opinion.objects.get(pk=opinion.pk).state for opinion in opinions} == {"published"}


@pytest.mark.parametrize("who", ["secretary", "officer"])
def test_thirty_rows_take_as_many_queries_as_one(cast, browse, consultation, board, who, django_assert_max_num_queries):
    client, counts = browse(getattr(cast, who)), []
    rows = [cast.answered(consultation), cast.triaged(consultation, by=cast.adopter)]
    for number in (0, 29):
        for row in rows:
            copies(row, number)
        client.get(board)
        with django_assert_max_num_queries(15) as queries:
            assert client.get(board).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
