"""Whatever people do, in whatever order: points, answers, replies and counters never disagree with the rows."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.db.models import Count, F, Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from council.core import clock
from council.core.errors import Refused
from council.documents import actions as documents
from council.documents.models import Passage, Version
from council.opinions import actions
from council.opinions.models import (
    AnswerTemplate,
    Batch,
    Campaign,
    Disposition,
    Objection,
    Opinion,
    Point,
    Reaction,
    Redaction,
    Reply,
    derived_state,
)
from council.people.models import User
from tests.cast import KIND, TEXT, Cast, organisation

STATE = Opinion.State
GIVEN = (*Opinion.UNANSWERED, STATE.ANSWERED, STATE.PUBLISHED)
UNANSWERED = Point.objects.given().filter(state__in=Point.UNANSWERED)
TO_ANSWER = Point.objects.given().filter(state__in=[*Point.OPEN, Point.State.ANSWERED])
WATCHED = [
    *(model._meta.db_table for model in (Version, Passage)),
    *(model._meta.db_table for model in apps.get_app_config("opinions").get_models()),
    "journal_entry",
]
PEOPLE = ("secretary", "chair", "officer", "tp", "adopter", "supplier", "coordinator", "expert", "observer", "stranger")
GIVERS = ("adopter", "tp", "expert", "supplier", "coordinator")

# Mostly whoever's work it is, which is what None says; now and then anybody.
somebody = st.one_of(st.none(), st.none(), st.none(), st.sampled_from(PEOPLE))
number = st.integers(0, 40)
GOOD = "기초 단계 기업에는 자부담 비율 50%가 지나치게 높습니다."
said = st.sampled_from(
    [
        GOOD,
        GOOD,
        GOOD.replace("지나치게 ", "너무 "),
        "데이터 표준을 먼저 정합시다.",
        "연락처는 010-1234-5678입니다.",
        " ",
    ]
)
words = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["general", "amend", "support"]),
        "proposed_text": st.sampled_from([TEXT.replace("50%", "30%"), TEXT.replace("50%", "20%"), ""]),
        "reason": said,
        "audience": st.sampled_from(Opinion.Audience.values),
    }
)
verdicts = st.sampled_from(Disposition.Verdict.values)


def scene(cast: Cast) -> dict[str, User]:
    """A consultation that has come some way, so that every verb finds something to do from the first step on."""
    people = {name: getattr(cast, name) for name in PEOPLE if hasattr(cast, name)}
    people["coordinator"] = cast.colleague("총괄", coordinates=True)
    people["expert"] = cast.member("expert", "전문가", organisation("제조혁신연구회", KIND.EXPERT_BODY))
    consultation = cast.consultation()
    cast.published(consultation, by=cast.adopter)
    cast.answered(consultation, by=cast.tp)
    cast.triaged(consultation, by=people["expert"])
    cast.submitted(consultation, by=cast.tp, audience="confidential")
    for _each in range(2):
        actions.share(cast.drafted(consultation), by=cast.supplier)
    actions.keep_template(cast.council, title="예산", verdict="longer_term", text="고맙습니다.", by=cast.officer)
    return people


def fingerprint() -> str:
    """All that is in the tables, in one word."""
    each = " UNION ALL ".join(
        f"SELECT '{table}' || md5(string_agg(row::text, '|' ORDER BY row::text)) AS read FROM {table} row"
        for table in WATCHED
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(read, ' ' ORDER BY read) FROM ({each}) tables")
        return str(cursor.fetchone()[0])


class Everybody(RuleBasedStateMachine):
    """People doing what they can, and what they cannot."""

    def __init__(self, cast: Cast, people: dict[str, User], done: Counter[str]) -> None:
        super().__init__()
        self.cast, self.people, self.done = cast, people, done
        self.now = clock.now()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.consultation = cast.council.consultations.get()
        self.look()

    def teardown(self) -> None:
        connection.check_constraints()
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    # --- how somebody does something

    def does(self, verb: Callable[..., Any], who: str | None, usual: str, *args: Any, **fields: Any) -> None:
        """Do it; if that is refused, nothing at all may have changed."""
        self.now += dt.timedelta(seconds=1)
        try:
            with clock.at(self.now):
                verb(*args, by=self.people[who or usual], **fields)
        except (Refused, ValidationError, PermissionDenied):
            assert fingerprint() == self.read, f"{verb.__name__} was refused and has changed something"
        else:
            self.done[verb.__name__] += 1
            self.look()

    def look(self) -> None:
        """What always holds, whenever something has changed."""
        self.read = fingerprint()
        self.states_follow_from_points()
        self.counters_equal_the_rows()
        self.every_change_of_what_was_given_is_kept()
        self.answers_stand_where_points_say_they_do()
        self.who_gave_an_opinion_has_replied()
        self.everyone_votes_once()
        self.every_step_tells_all_it_did()

    def one(self, of: models.QuerySet[Any], which: int) -> Any:
        """One of those a verb is for, now and then one of those it is not for; the same for the same number."""
        return next(iter(self.some(of, which, 1)), None)

    def some(self, of: models.QuerySet[Any], which: int, many: int) -> list[Any]:
        """Several of them in a row."""
        rows = list((of if which % 6 else of.model._default_manager.all()).order_by("pk"))
        start = which % len(rows) if rows else 0
        return rows[start : start + many]

    def opinion(self, which: int, *states: str) -> Opinion:
        """One in one of some states; any where there is none."""
        return self.one(Opinion.objects.filter(state__in=states), which) or self.one(Opinion.objects.all(), which)

    def author(self, opinion: Opinion) -> str:
        return next((name for name, user in self.people.items() if user.pk == opinion.author_id), "secretary")

    def seat(self, who: str) -> Any:
        user = self.people[who]
        return self.cast.council.memberships.filter(user=user).first() or self.cast.membership(self.cast.tp)

    def passage(self, which: int) -> Passage:
        return self.one(self.consultation.version.passages.all(), which)

    # --- saying something

    @rule(who=somebody, n=number, words=words, checked=st.booleans())
    def give(self, who: str | None, n: int, words: dict[str, str], checked: bool) -> None:
        giver = GIVERS[n % len(GIVERS)]
        seat, passage = self.seat(giver), self.passage(n)
        self.does(
            actions.give,
            who,
            giver,
            self.consultation,
            passage,
            membership=seat,
            personal_data_checked=checked,
            **words,
        )

    @rule(who=somebody, n=number, words=words, source=st.sampled_from(["paper", "spoken", "file", "file", "written"]))
    def enter_all(self, who: str | None, n: int, words: dict[str, Any], source: str) -> None:
        seat = self.seat(GIVERS[n % len(GIVERS)])
        rows = [
            actions.Entered(
                passage=self.passage(n + each),
                organisation=seat.organisation,
                membership=seat if n % 3 else None,
                submitter="대표",
                source_note="접수번호 1",
                **words,
            )
            for each in range(1 + n % 3)
        ]
        self.does(actions.enter_all, who, "secretary", self.consultation, rows, source=source)

    @rule(who=somebody, n=number)
    def confirm(self, who: str | None, n: int) -> None:
        if opinion := self.one(Opinion.objects.unconfirmed(), n):
            self.does(actions.confirm, who, self.author(opinion), opinion)

    @rule(who=somebody, n=number, words=words, seen=st.sampled_from([None, None, 1]))
    def edit(self, who: str | None, n: int, words: dict[str, str], seen: int | None) -> None:
        opinion = self.opinion(n, STATE.SUBMITTED, STATE.SHARED)
        self.does(actions.edit, who, self.author(opinion), opinion, revision=seen, **words)

    @rule(who=somebody, n=number)
    def withdraw(self, who: str | None, n: int) -> None:
        opinion = self.opinion(n, STATE.SUBMITTED, STATE.TRIAGED, STATE.WAITING)
        self.does(actions.withdraw, who, self.author(opinion), opinion)

    @rule(who=somebody, n=number, value=st.sampled_from([1, 0, -1, None]))
    def react(self, who: str | None, n: int, value: int | None) -> None:
        voter = who or GIVERS[n % len(GIVERS)]
        self.does(actions.react, voter, voter, self.opinion(n // 3, *GIVEN), value=value, membership=self.seat(voter))

    # --- inside an organisation

    @rule(who=somebody, words=words, n=number)
    def share(self, who: str | None, words: dict[str, str], n: int) -> None:
        with clock.at(self.now):
            if not self.consultation.is_taking_opinions:
                return
            seat = self.seat("supplier")
            drafted = actions.draft(
                self.consultation, self.passage(n), membership=seat, by=self.people["supplier"], **words
            )
        self.read = fingerprint()
        self.does(actions.share, who, "supplier", drafted)

    @rule(who=somebody, n=number, verb=st.sampled_from([actions.choose, actions.keep_inside, actions.submit]))
    def decide(self, who: str | None, n: int, verb: Callable[..., Any]) -> None:
        if opinion := self.one(Opinion.objects.filter(state__in=Opinion.INSIDE), n):
            self.does(verb, who, "coordinator", opinion)

    @rule(who=somebody, n=number)
    def merge(self, who: str | None, n: int) -> None:
        self.does(actions.merge, who, "coordinator", self.some(Opinion.objects.filter(state__in=Opinion.INSIDE), n, 2))

    @rule(who=somebody, checked=st.booleans())
    def submit_set(self, who: str | None, checked: bool) -> None:
        seat = self.seat("coordinator")
        self.does(
            actions.submit_set, who, "coordinator", self.consultation, membership=seat, personal_data_checked=checked
        )

    @rule(who=somebody, n=number)
    def reply_without_opinion(self, who: str | None, n: int) -> None:
        giver = GIVERS[n % len(GIVERS)]
        self.does(actions.reply_without_opinion, who, giver, self.consultation, membership=self.seat(giver))

    # --- keeping order

    @rule(who=somebody, n=number, reason=said, verb=st.sampled_from([actions.hide, actions.restore]))
    def moderate(self, who: str | None, n: int, reason: str, verb: Callable[..., Any]) -> None:
        self.does(verb, who, "secretary", self.opinion(n, *GIVEN), reason=reason)

    @rule(who=somebody, n=number, reason=said)
    def report(self, who: str | None, n: int, reason: str) -> None:
        self.does(actions.report, who, "adopter", self.opinion(n, *GIVEN), reason=reason)

    @rule(who=somebody, n=number, reason=said)
    def redact(self, who: str | None, n: int, reason: str) -> None:
        if opinion := self.one(Opinion.objects.filter(audience="confidential"), n):
            self.does(actions.redact, who, "secretary", opinion, reason=reason)

    @rule(who=somebody, n=number)
    def approve_redaction(self, who: str | None, n: int) -> None:
        if redaction := self.one(Redaction.objects.all(), n):
            self.does(actions.approve_redaction, who, self.author(redaction.opinion), redaction)

    @rule()
    def recognise_campaigns(self) -> None:
        while actions.recognise_campaigns() >= 0:
            pass
        self.look()
        linked = Count("opinions", filter=~Q(opinions__state=STATE.WITHDRAWN))
        assert not Campaign.objects.annotate(linked=linked).exclude(linked=F("size")).exists()

    # --- on the board

    @rule(
        who=somebody, n=number, gists=st.sampled_from([["하나"], ["하나", "둘"], ["하나", "둘", "셋"], ["하나", " "]])
    )
    def split(self, who: str | None, n: int, gists: list[str]) -> None:
        self.does(actions.split, who, "secretary", self.opinion(n, STATE.SUBMITTED), gists=gists)

    @rule(who=somebody, n=number, many=st.integers(0, 4), to=st.sampled_from([None, "office", "ministry", "adopting"]))
    def triage_all(self, who: str | None, n: int, many: int, to: str | None) -> None:
        office = getattr(self.cast, to) if to else None
        self.does(actions.triage_all, who, "secretary", self.some(UNANSWERED, n, many), office=office)

    @rule(who=somebody, n=number, waiting_for=said)
    def await_input(self, who: str | None, n: int, waiting_for: str) -> None:
        if point := self.one(TO_ANSWER, n):
            self.does(actions.await_input, who, "officer", point, waiting_for=waiting_for)

    @rule(who=somebody, n=number, add=st.sampled_from([[], ["예산"], ["예산", "지방비"]]))
    def tag_all(self, who: str | None, n: int, add: list[str]) -> None:
        self.does(actions.tag_all, who, "secretary", self.some(Point.objects.all(), n, 3), add=add, remove=["예산"])

    @rule(who=somebody, n=number, verdict=verdicts, reason=said, seen=st.sampled_from([None, None, None, 2]))
    def dispose(self, who: str | None, n: int, verdict: str, reason: str, seen: int | None) -> None:
        if point := self.one(TO_ANSWER, n):
            self.does(
                actions.dispose,
                who,
                "officer",
                point,
                verdict=verdict,
                reason=reason,
                changed_passage=self.one(Passage.objects.filter(version__number__gt=1), n) if n % 4 else None,
                revision=seen,
            )

    @rule(who=somebody, n=number, many=st.integers(0, 5), verdict=verdicts, reason=said, template=st.booleans())
    def dispose_all(self, who: str | None, n: int, many: int, verdict: str, reason: str, template: bool) -> None:
        points = self.some(TO_ANSWER, n, many)
        changed = self.one(Passage.objects.filter(version__number__gt=1), n)
        self.does(
            actions.dispose_all,
            who,
            "officer",
            points,
            verdict=verdict,
            reasons={point.pk: reason for point in points[:4]},
            template=AnswerTemplate.objects.get() if template else None,
            changed_passages={point.pk: changed for point in points} if changed else None,
        )

    @rule(who=somebody, n=number, text=st.sampled_from(["", TEXT.replace("50%", "40%")]))
    def accept_wording(self, who: str | None, n: int, text: str) -> None:
        if point := self.one(TO_ANSWER, n):
            self.does(actions.accept_wording, who, "officer", point, reason="반영하였습니다.", text=text)

    @rule(who=somebody, n=st.integers(0, 3))
    def undo(self, who: str | None, n: int) -> None:
        batch = Batch.objects.order_by("-pk")[n : n + 1].first()
        if batch:
            whose = next(name for name, user in self.people.items() if user.pk == batch.by_id)
            self.does(actions.undo, who, whose, batch)

    # --- telling what became of it

    @rule(who=somebody)
    def publish_version(self, who: str | None) -> None:
        if version := Version.objects.filter(published_at=None).first():
            self.does(documents.publish_version, who, "secretary", version)

    @rule(who=somebody)
    def release(self, who: str | None) -> None:
        self.does(actions.release, who, "secretary", self.consultation)

    @rule(who=somebody, n=number, text=said)
    def object_to(self, who: str | None, n: int, text: str) -> None:
        if answer := self.one(Disposition.objects.exclude(released_at=None), n):
            self.does(actions.object_to, who, self.author(answer.point.opinion), answer, text=text)

    @rule(who=somebody, n=number, outcome=st.sampled_from(["confirmed", "revised"]), verdict=verdicts, reason=said)
    def decide_objection(self, who: str | None, n: int, outcome: str, verdict: str, reason: str) -> None:
        if objection := self.one(Objection.objects.all(), n):
            passage = self.one(Passage.objects.filter(version__number__gt=1), n)
            self.does(
                actions.decide_objection,
                who,
                "officer",
                objection,
                outcome=outcome,
                verdict=verdict,
                reason=reason,
                answer=reason,
                changed_passage=passage,
            )

    @rule(days=st.integers(0, 2))
    def time_passes(self, days: int) -> None:
        self.now += dt.timedelta(days=days)

    # --- what always holds

    def states_follow_from_points(self) -> None:
        for opinion in Opinion.objects.prefetch_related("points"):
            states = [point.state for point in opinion.points.all()]
            if opinion.is_inside:
                assert states == []
            else:
                assert states, "every opinion given has a point"
                assert opinion.state in (STATE.WITHDRAWN, derived_state(states))

    def counters_equal_the_rows(self) -> None:
        given = Opinion.objects.given()
        counted = given.aggregate(
            submitted=Count("pk"),
            answered=Count("pk", filter=Q(state__in=[STATE.ANSWERED, STATE.PUBLISHED])),
            published=Count("pk", filter=Q(state=STATE.PUBLISHED)),
        )
        self.consultation.refresh_from_db()
        assert counted == {name: getattr(self.consultation, name) for name in counted}

    def every_change_of_what_was_given_is_kept(self) -> None:
        for opinion in Opinion.objects.given().prefetch_related("revisions"):
            kept = sorted(opinion.revisions.all(), key=lambda each: each.number)
            assert [each.number for each in kept] == list(range(kept[0].number, opinion.revision + 1))
            assert all(getattr(kept[-1], name) == getattr(opinion, name) for name in actions.WORDS)

    def answers_stand_where_points_say_they_do(self) -> None:
        for point in Point.objects.select_related("disposition__changed_passage__version", "consultation__version"):
            answer = getattr(point, "disposition", None)
            assert (answer is not None) == (point.state in (Point.State.ANSWERED, Point.State.PUBLISHED))
            if answer:
                assert (answer.released_at is not None) == (point.state == Point.State.PUBLISHED)
                assert answer.verdict not in Disposition.CHANGES_TEXT or answer.changed_passage
            if answer and answer.changed_passage:
                changed, asked = answer.changed_passage.version, point.consultation.version
                assert changed.number > asked.number
                assert changed.is_published or point.state != Point.State.PUBLISHED

    def who_gave_an_opinion_has_replied(self) -> None:
        gave = set(Opinion.objects.given().values_list("organisation", flat=True))
        replied = dict(Reply.objects.values_list("organisation", "kind"))
        assert {whose for whose, kind in replied.items() if kind == Reply.Kind.OPINIONS} == gave

    def everyone_votes_once(self) -> None:
        votes = Reaction.objects.values_list("opinion", "organisation", "sector", "by")
        voters = [(opinion, by if sector == "expert" else whose) for opinion, whose, sector, by in votes]
        assert len(voters) == len(set(voters))
        own = Q(organisation=F("opinion__organisation")) & ~Q(sector="expert") | Q(by=F("opinion__author"))
        assert not Reaction.objects.filter(own).exists()

    def every_step_tells_all_it_did(self) -> None:
        problems = Count("rows", filter=~Q(rows__problem=""))
        steps = Batch.objects.annotate(problems=problems, told=Count("rows"))
        for step in steps.values("applied", "undone", "total", "problems", "told"):
            assert step["applied"] + step["problems"] == step["total"] == step["told"]
            assert step["undone"] <= step["applied"]


def test_points_answers_replies_and_counters_never_disagree_with_the_rows(cast: Cast):
    people, done = scene(cast), Counter[str]()
    run_state_machine_as_test(
        lambda: Everybody(cast, people, done),
        settings=settings(
            max_examples=18,
            stateful_step_count=45,
            derandomize=True,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    never = {
        "give",
        "enter_all",
        "withdraw",
        "submit_set",
        "split",
        "triage_all",
        "dispose_all",
        "undo",
        "release",
    } - set(done)
    assert not never, done


def test_a_step_still_tells_all_it_did_when_its_points_are_put_together_again(cast: Cast):
    opinion = cast.submitted(cast.consultation())
    batch = actions.tag_all(
        actions.split(opinion, gists=["하나", "둘", "셋"], by=cast.secretary), add=["예산"], by=cast.secretary
    )
    [kept] = actions.split(opinion, gists=["하나"], by=cast.secretary)
    assert batch.rows.count() == batch.total == 3
    with pytest.raises(Refused):
        actions.undo(batch, by=cast.secretary)
    assert opinion.points.get() == kept
