"""What came of meetings: ballots, decisions and actions at each step, and the pages on which they are seen."""

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile

from council.core import clock
from council.decisions import actions
from council.decisions.models import Action, Ballot, Decision, Voter
from tests.cast import Cast
from tests.decisions.sessions import ballot_in, in_session, line, vote_all, written_review

Page = tuple[str, str, tuple[Any, ...], dict[str, Any]]  # who, the name of the page, what it is of, what is asked


def ballot(cast: Cast, *, closed: bool = False, **fields: Any) -> Ballot:
    """An open ballot, perhaps on a closed item."""
    meeting = in_session(cast)
    meeting.items.update(closed=closed)
    return ballot_in(cast, meeting, **fields)


def voter(cast: Cast) -> Voter:
    """The supplier's line in its roll."""
    return line(ballot(cast), cast.supplier)


def written_ballot(cast: Cast) -> Ballot:
    """A ballot in writing."""
    return ballot_in(cast, written_review(cast))


def decision(cast: Cast, *, closed: bool = False, **fields: Any) -> Decision:
    """What was resolved on a meeting's item, perhaps a closed one."""
    meeting = in_session(cast)
    meeting.items.update(closed=closed)
    words = {"title": "자부담 완화", "text": "자부담 비율을 30%로 한다.", "item": meeting.items.earliest("position")}
    return actions.record_decision(meeting, by=cast.secretary, **{**words, **fields})


def action(cast: Cast, *, closed: bool = False, **fields: Any) -> Action:
    """What the supplier's organisation has to do, perhaps on a closed item."""
    meeting = in_session(cast)
    meeting.items.update(closed=closed)
    words = {
        "title": "실태 조사 결과 제출",
        "organisation": cast.supplying,
        "owner": cast.supplier,
        "due_on": cast.today + dt.timedelta(days=30),
        "item": meeting.items.earliest("position"),
    }
    return actions.assign_action(meeting, by=cast.secretary, **{**words, **fields})


def report(cast: Cast) -> Any:
    """A report on it, with evidence."""
    evidence = ContentFile("결과".encode(), name="결과.txt")
    done = actions.report_action(action(cast), state="reported", note="제출", evidence=evidence, by=cast.supplier)
    return done.reports.get()


def happened(cast: Cast) -> list[Page]:
    """Everything at each step. Meetings planned afterwards begin with what is still open."""
    asked, secret = ballot(cast), ballot(cast, secret=True)
    actions.cast(line(asked, cast.tp), choice="for", statement="지역에 필요합니다.", by=cast.tp)
    closed = ballot(cast, text="자부담 비율을 30%로 한다.")
    vote_all(closed, "+++-0")
    closed = actions.close_ballot(closed, by=cast.secretary)
    off = actions.cancel_ballot(ballot(cast), reason="질문을 고칩니다.", by=cast.chair)
    forms = written_ballot(cast)
    actions.cast_on_paper(line(forms, cast.tp), choice="abstain", by=cast.secretary)
    opinion = cast.submitted(cast.consultation())
    fields = {
        "passages": [opinion.passage],
        "opinions": [opinion],
        "basis": "의견수렴 결과",
        "legal_reference": "법 11",
    }
    resolved = actions.record_decision(
        closed.meeting, title="자부담 완화", text=closed.text, ballot=closed, by=cast.secretary, **fields
    )
    actions.revise_decision(resolved, effective_on=cast.today, by=cast.secretary)
    repealed = actions.repeal_decision(decision(cast), reason="새 의결로 대체", by=cast.secretary)
    return [
        ("supplier", "ballots", (asked.meeting_id,), {}),
        ("secretary", "ballots", (off.meeting_id,), {}),
        ("secretary", "open_ballot", (closed.meeting_id,), {}),
        ("secretary", "open_ballot", (forms.meeting_id,), {}),
        *((who, "ballot", (asked.pk,), {}) for who in ("supplier", "tp", "secretary", "observer")),
        ("supplier", "vote_card", (asked.pk,), {}),
        ("supplier", "ballot", (secret.pk,), {}),
        ("secretary", "ballot", (closed.pk,), {}),
        ("tp", "ballot", (off.pk,), {}),
        ("secretary", "ballot", (forms.pk,), {}),
        ("secretary", "cancel_ballot", (asked.pk,), {}),
        ("secretary", "cast_on_paper", (line(forms, cast.chair).pk,), {}),
        ("supplier", "decisions", (cast.council.pk,), {}),
        ("secretary", "record_decision", (asked.meeting_id,), {}),
        ("secretary", "decision", (resolved.pk,), {}),
        ("supplier", "decision", (repealed.pk,), {}),
        ("secretary", "revise_decision", (resolved.pk,), {}),
        ("secretary", "repeal_decision", (resolved.pk,), {}),
        ("supplier", "opinion", (opinion.pk,), {}),
        ("secretary", "meeting", (closed.meeting_id,), {}),
        *followed_up(cast, resolved),
    ]


def followed_up(cast: Cast, resolved: Decision) -> list[Page]:
    """Actions at each step, one of them late."""
    fields = {"organisation": cast.supplying, "by": cast.secretary, "decision": resolved}
    day = cast.today + dt.timedelta(days=30)
    assigned, done, dropped = (
        actions.assign_action(resolved.meeting, title=title, due_on=day, owner=cast.supplier, **fields)
        for title in ("지침 개정", "실태 조사", "설명회")
    )
    actions.revise_action(assigned, due_on=day + dt.timedelta(days=1), reason="일정 변경", by=cast.secretary)
    evidence = ContentFile("결과".encode(), name="결과.txt")
    actions.report_action(done, state="reported", note="제출", evidence=evidence, by=cast.supplier)
    actions.reopen_action(done, reason="표본이 모자랍니다.", by=cast.secretary)
    actions.report_action(done, state="reported", note="보완", by=cast.supplier)
    waiting = actions.assign_action(resolved.meeting, title="교육", due_on=day, **fields)
    actions.report_action(waiting, state="reported", note="끝냈습니다.", by=cast.supplier)
    actions.accept_action(done, note="확인", by=cast.secretary)
    actions.drop_action(dropped, reason="사업 종료", by=cast.secretary)
    for days in (0, 20):
        with clock.at(dt.datetime.combine(day + dt.timedelta(days=days), dt.time(9), tzinfo=clock.SEOUL)):
            actions.follow_up()
    return [
        ("supplier", "actions", (), {}),
        ("secretary", "actions", (), {"council": cast.council.pk, "state": "ended"}),
        ("stranger", "actions", (), {}),
        ("supplier", "action", (assigned.pk,), {}),
        ("secretary", "action", (waiting.pk,), {}),
        ("tp", "action", (done.pk,), {}),
        ("secretary", "assign_action", (resolved.meeting_id,), {"decision": resolved.pk}),
        ("secretary", "revise_action", (assigned.pk,), {}),
        ("secretary", "accept_action", (waiting.pk,), {}),
        ("secretary", "reopen_action", (done.pk,), {}),
        ("secretary", "drop_action", (assigned.pk,), {}),
    ]
