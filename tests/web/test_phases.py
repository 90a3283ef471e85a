"""Before, during and after the meeting: how much was said, and what changed in between."""

import datetime as dt

import pytest
from django.urls import reverse

from council.core import clock
from council.opinions import actions
from council.opinions.models import Consultation
from tests.cast import Cast
from tests.web.crowd import copies


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    """Open before the meeting for a week, and for another week after it."""
    now = clock.now()
    prepared = actions.prepare_consultation(
        cast.council,
        version=cast.version(),
        title="두 단계 의견수렴",
        office=cast.office,
        phases={
            "before": (now - dt.timedelta(days=1), now + dt.timedelta(days=7)),
            "after": (now + dt.timedelta(days=8), now + dt.timedelta(days=15)),
        },
        by=cast.secretary,
    )
    return actions.open_consultation(prepared, by=cast.secretary)


def page(consultation: Consultation) -> str:
    return reverse("web:phases", args=[consultation.pk])


def later():
    return clock.at(clock.now() + dt.timedelta(days=9))


def test_each_passage_is_counted_by_phase_and_kind(cast, browse, consultation):
    cast.submitted(consultation)
    cast.submitted(consultation, by=cast.adopter, audience="office", kind="delete")
    with later():
        cast.submitted(consultation, by=cast.tp, kind="support", proposed_text="")
    phases = browse(cast.supplier).get(page(consultation)).context["phases"]
    [(_passage, counts)] = phases.rows
    assert [count.total for count in counts] == list(phases.totals) == [2, 1]
    assert [number for _kind, number in counts[0].kinds] == [1, 1]


def test_who_speaks_again_is_set_side_by_side_word_by_word(cast, browse, consultation):
    cast.submitted(consultation, reason="자부담을 낮춰 주십시오.")
    cast.submitted(consultation, by=cast.adopter)
    with later():
        cast.submitted(consultation, reason="자부담을 30%로 낮춰 주십시오.")
        [shift] = browse(cast.tp).get(page(consultation)).context["phases"].shifts
    assert shift.organisation == cast.supplying
    [step] = shift.steps
    assert "30" in "".join(span.text for span in step.reason if span.kind == "added")


def test_what_one_may_not_read_is_counted_and_not_shown(cast, browse, consultation):
    cast.submitted(consultation, audience="office", reason="단가는 9,900원입니다.")
    with later():
        cast.submitted(consultation, reason="단가가 부담됩니다.")
        shown = browse(cast.adopter).get(page(consultation))
        assert shown.context["phases"].totals == [1, 1]
        assert not shown.context["phases"].shifts
        assert "9,900" not in shown.text
        assert len(browse(cast.secretary).get(page(consultation)).context["phases"].shifts) == 1


def test_before_anything_is_said_it_says_so(cast, browse, consultation):
    assert browse(cast.supplier).get(page(consultation)).context["phases"].rows == []


def test_thirty_opinions_take_as_many_queries_as_one(cast, browse, consultation, django_assert_max_num_queries):
    before = cast.submitted(consultation)
    with later():
        after = cast.submitted(consultation)
        counts = []
        for number in (0, 29):
            copies(before, number)
            copies(after, number)
            client = browse(cast.supplier)
            client.get(page(consultation))
            with django_assert_max_num_queries(15) as queries:
                client.get(page(consultation))
            counts.append(len(queries))
    assert counts[0] == counts[1]
