"""Who has replied: counted for everyone, named for those who run the council."""

import datetime as dt

import pytest
from django.urls import reverse

from council.core import clock
from council.opinions import actions, figures
from council.opinions.models import Consultation, Reply
from council.web.gathered import turnout as headings
from tests.cast import Cast, organisation


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


def page(consultation: Consultation, name: str = "turnout") -> str:
    return reverse(f"web:{name}", args=[consultation.pk])


def replies_nothing(cast: Cast, consultation: Consultation) -> Reply:
    return actions.reply_without_opinion(consultation, membership=cast.membership(cast.tp), by=cast.tp)


class TestFigures:
    def test_replies_with_and_without_opinions_count(self, cast, consultation):
        cast.submitted(consultation)
        cast.submitted(consultation)
        replies_nothing(cast, consultation)
        counted = figures.turnout(consultation)
        assert (counted.asked, counted.replied, counted.without_opinion, counted.owing) == (3, 2, 1, 1)
        assert counted.opinions == 2

    def test_who_wrote_the_text_or_answers_is_not_asked(self, cast, consultation):
        asked = {row.organisation for row in figures.turnout(consultation).organisations}
        assert asked == {cast.supplying, cast.adopting, cast.technopark}

    def test_they_stand_by_sector_and_region(self, cast, consultation):
        cast.submitted(consultation)
        counted = figures.turnout(consultation)
        assert {row.key: (row.replied, row.asked) for row in counted.sectors} == {
            "technopark": (0, 1),
            "supplier": (1, 1),
            "adopter": (0, 1),
        }
        assert {row.key: (row.replied, row.asked) for row in counted.regions} == {
            "gyeonggi": (1, 1),
            "gyeongnam": (0, 2),
        }
        assert sum(row.asked for row in counted.sectors) == sum(row.asked for row in counted.regions) == counted.asked

    def test_the_headings_say_the_same(self, cast, consultation):
        cast.submitted(consultation, audience="office")
        replies_nothing(cast, consultation)
        heading = headings.turnouts(Consultation.objects.all())[0]
        counted = figures.turnout(consultation)
        assert (heading.asked, heading.replied) == (counted.asked, counted.replied) == (3, 2)
        assert heading.opinions == counted.opinions == 1

    def test_a_reply_that_was_not_asked_for_stands_apart(self, cast, consultation):
        cast.submitted(consultation, by=cast.officer)
        counted = figures.turnout(consultation)
        assert (counted.replied, counted.others) == (0, 1)
        assert headings.turnouts(Consultation.objects.all())[0].replied == 0


class TestPage:
    def test_members_see_sectors_and_regions_and_no_organisation(self, cast, browse, consultation):
        cast.submitted(consultation)
        shown = browse(cast.adopter).get(page(consultation))
        assert shown.context["turnout"].replied == 1
        assert cast.supplying.name not in shown.text.partition("<main")[2]

    def test_those_who_run_the_council_see_who_owes_a_reply(self, cast, browse, consultation):
        cast.submitted(consultation)
        rows = browse(cast.secretary).get(page(consultation)).context["organisations"]
        assert [(row.organisation, row.opinions) for row in rows if row.reply] == [(cast.supplying, 1)]
        assert [row.organisation for row in rows if not row.reply] == [cast.technopark, cast.adopting]

    def test_it_comes_again_as_a_piece(self, cast, browse, consultation):
        piece = browse(cast.supplier).get(page(consultation), headers={"HX-Request": "true"})
        assert "<main" not in piece.text
        assert piece.context["turnout"].asked == 3

    def test_a_stranger_gets_404(self, cast, browse, consultation):
        for user in (cast.stranger, cast.expired):
            for name in ("turnout", "phases"):
                assert browse(user).get(page(consultation, name)).status_code == 404

    def test_those_who_owe_are_reminded_by_who_runs_the_council(self, cast, browse, consultation):
        assert page(consultation, "remind") not in browse(cast.supplier).get(page(consultation)).text
        assert browse(cast.supplier).post(page(consultation, "remind")).status_code == 403
        assert page(consultation, "remind") in browse(cast.secretary).get(page(consultation)).text
        assert browse(cast.secretary).post(page(consultation, "remind")).url == page(consultation)
        with clock.at(clock.now() + dt.timedelta(days=60)):
            assert page(consultation, "remind") not in browse(cast.secretary).get(page(consultation)).text

    def test_thirty_organisations_take_as_many_queries_as_three(
        self, cast, browse, consultation, django_assert_max_num_queries
    ):
        counts = []
        for number in (0, 27):
            for each in range(number):
                cast.member(f"m{each}", f"위원 {each}", organisation(f"기업 {each}", "supplier"))
            client = browse(cast.secretary)
            client.get(page(consultation))
            with django_assert_max_num_queries(15) as queries:
                client.get(page(consultation))
            counts.append(len(queries))
        assert counts[0] == counts[1]
