"""Several people at the same moment: nobody waits for another forever, nothing is lost, and every number stays true."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Q

from council.core.errors import Refused
from council.opinions import actions
from council.opinions.models import Batch, Disposition, Opinion, Point, Reaction, derived_state
from tests.cast import KIND, Cast, organisation

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60.0


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """What each of several verbs came to, all begun at the same moment; a refusal is an outcome too."""
    start = threading.Barrier(len(verbs))
    outcomes: list[Any] = [None] * len(verbs)

    def run(number: int, verb: Callable[[], Any]) -> None:
        try:
            start.wait(PATIENCE)
            outcomes[number] = verb()
        except Exception as problem:
            outcomes[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody still waits"
    return outcomes


def failures(outcomes: list[Any]) -> list[Exception]:
    """What went wrong beside refusals."""
    return [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, Refused)]


def is_true(cast: Cast) -> None:
    """Counters and states equal the rows."""
    consultation = cast.council.consultations.get()
    counted = Opinion.objects.given().aggregate(
        submitted=Count("pk"),
        answered=Count("pk", filter=Q(state__in=["answered", "published"])),
        published=Count("pk", filter=Q(state="published")),
    )
    assert counted == {name: getattr(consultation, name) for name in counted}
    for opinion in Opinion.objects.given():
        assert opinion.state == derived_state([point.state for point in opinion.points.all()])


def test_of_two_answers_to_one_point_one_is_kept_and_the_other_refused(cast: Cast):
    point = cast.point(cast.consultation())

    def answer(person, words: str) -> Callable[[], Any]:
        return lambda: actions.dispose(point, verdict="not_accepted", reason=words, by=person, revision=point.revision)

    outcomes = at_once(answer(cast.officer, "예산이 없습니다."), answer(cast.secretary, "이미 하고 있습니다."))
    assert sorted(type(each).__name__ for each in outcomes) == ["Disposition", "Refused"]
    kept = next(each for each in outcomes if isinstance(each, Disposition))
    assert Disposition.objects.get().reason == kept.reason
    is_true(cast)


def test_two_who_assign_the_same_opinions_in_opposite_order_both_come_through(cast: Cast):
    consultation = cast.consultation()
    for _each in range(8):
        cast.submitted(consultation)
    points = list(Point.objects.order_by("pk"))
    outcomes = at_once(
        lambda: actions.triage_all(points[:6], by=cast.secretary),
        lambda: actions.triage_all(points[:1:-1], by=cast.chair, office=cast.ministry),
        lambda: actions.tag_all(points[::-1], add=["예산"], by=cast.secretary),
    )
    assert failures(outcomes) == []
    assert [(each.applied, each.total) for each in outcomes] == [(6, 6), (6, 6), (8, 8)]
    assert set(Point.objects.values_list("state", flat=True)) == {"triaged"}
    assert all(point.tags == ["예산"] for point in Point.objects.all())
    assert Batch.objects.count() == 3
    is_true(cast)


def test_giving_withdrawing_and_answering_go_on_while_answers_are_published(cast: Cast):
    consultation = cast.consultation()
    for _each in range(3):
        cast.answered(consultation)
    late = [cast.triaged(consultation, by=cast.adopter) for _each in range(2)]
    drafts = [cast.drafted(consultation, by=person) for person in (cast.tp, cast.adopter, cast.tp)]
    outcomes = at_once(
        lambda: actions.release(consultation, by=cast.secretary),
        *(lambda draft=draft: actions.submit(draft, by=draft.author) for draft in drafts),
        lambda: actions.withdraw(late[0], by=cast.adopter),
        lambda: cast.answer(late[1]),
    )
    assert failures(outcomes) == []
    numbers = list(Opinion.objects.exclude(number=None).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 9))
    is_true(cast)


def test_a_step_is_taken_back_once(cast: Cast):
    consultation = cast.consultation()
    points = [cast.point(consultation) for _each in range(3)]
    batch = actions.dispose_all(
        points, verdict="not_accepted", reasons={point.pk: "예산이 없습니다." for point in points}, by=cast.officer
    )
    outcomes = at_once(
        lambda: actions.undo(batch, by=cast.officer),
        lambda: actions.undo(batch, by=cast.secretary),
        lambda: actions.release(consultation, by=cast.secretary),
    )
    assert failures(outcomes) == []
    assert len([each for each in outcomes[:2] if isinstance(each, Batch)]) <= 1
    is_true(cast)


def test_a_file_sent_twice_at_once_is_entered_once(cast: Cast):
    consultation = cast.consultation()
    passage = consultation.version.passages.earliest("position")
    rows = [actions.Entered(passage, cast.adopting, f"{number}번째 의견입니다.") for number in range(20)]
    outcomes = at_once(
        lambda: actions.enter_all(consultation, rows, source="file", by=cast.secretary),
        lambda: actions.enter_all(consultation, rows, source="file", by=cast.chair),
    )
    assert sorted(map(len, outcomes)) == [0, 20]
    is_true(cast)


def test_two_of_one_organisation_vote_as_one_and_experts_as_two(cast: Cast):
    opinion = cast.submitted(cast.consultation())
    second = cast.member("adopter2", "다른 도입 위원", cast.adopting)
    institute = organisation("제조혁신연구회", KIND.EXPERT_BODY)
    experts = [cast.member(f"expert{number}", f"전문가 {number}", institute) for number in (1, 2)]

    def vote(person, value: int) -> Callable[[], Any]:
        seat = cast.membership(person)
        return lambda: actions.react(opinion, value=value, membership=seat, by=person)

    outcomes = at_once(vote(cast.adopter, 1), vote(second, -1), *(vote(expert, 1) for expert in experts))
    assert failures(outcomes) == []
    assert Reaction.objects.filter(organisation=cast.adopting).count() == 1
    assert Reaction.objects.filter(organisation=institute).count() == 2


def test_a_coordinator_submits_the_set_while_members_still_change_it(cast: Cast):
    consultation = cast.consultation()
    coordinator = cast.colleague("총괄", coordinates=True)
    shared = [actions.share(cast.drafted(consultation), by=cast.supplier) for _each in range(4)]
    for opinion in shared:
        actions.choose(opinion, by=coordinator)
    seat = cast.membership(coordinator)
    outcomes = at_once(
        lambda: actions.submit_set(consultation, membership=seat, by=coordinator),
        lambda: actions.withdraw(shared[0], by=cast.supplier),
        lambda: actions.keep_inside(shared[1], by=coordinator),
        lambda: actions.edit(shared[2], reason="인력도 부족합니다.", by=cast.supplier),
    )
    assert failures(outcomes) == []
    is_true(cast)
