"""What people do in a council, in an order of chance: the same one for the same seed."""

import random
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet

from council.core.errors import Refused
from council.decisions import actions as decisions
from council.decisions.models import Action, Ballot, Correction, Decision, Minutes, Section, Voter
from council.findings import actions as findings
from council.meetings import actions as meetings
from council.meetings.models import AgendaItem, Alternate, Attendance, Invitation, Meeting, Paper, Recusal, Statement
from council.opinions import actions as opinions
from council.opinions.models import Consultation, Disposition, Objection, Opinion, Point, Redaction
from tests.cast import Cast
from tests.decisions import outcomes, records

AUTHORS = ("supplier", "adopter", "tp")
AUDIENCES = ("council", "office", "confidential")


class Nothing(Exception):  # noqa: N818 - not an error: there is nothing yet to do it to
    """There is nothing yet to do it to."""


class Workload:
    """A council at work.

    Args:
        seed: Which order of chance it is.
    """

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast = cast
        self.chance = random.Random(seed)
        self.consultation: Consultation = cast.consultation()
        self.done: list[str] = []
        self.steps: list[Callable[[], Any]] = [
            getattr(self, name) for name in sorted(vars(type(self))) if name.startswith("do_")
        ]

    def run(self, number: int) -> None:
        """Do so many things; what is refused was tried."""
        for _each in range(number):
            step = self.chance.choice(self.steps)
            try:
                step()
            except (Nothing, Refused, ValidationError, PermissionDenied):
                continue
            self.done.append(step.__name__)

    def any(self, rows: "QuerySet[Any]", **having: Any) -> Any:
        """Some row."""
        found = list(rows.filter(**having).order_by("pk"))
        if not found:
            raise Nothing
        return self.chance.choice(found)

    def words(self) -> str:
        """Something else than before."""
        return f"이유 {self.chance.randrange(10**9)}"

    def own(self, **having: Any) -> tuple[Opinion, Any]:
        """Some opinion, and its author."""
        opinion = self.any(Opinion.objects.exclude(author=None), **having)
        return opinion, opinion.author

    # --- opinions

    def do_draft(self) -> Model:
        return self.cast.drafted(
            self.consultation,
            by=getattr(self.cast, self.chance.choice(AUTHORS)),
            audience=self.chance.choice(AUDIENCES),
            reason=self.words(),
        )

    do_draft_another = do_draft_third = do_draft

    def do_edit(self) -> Any:
        opinion, author = self.own()
        words = {"reason": self.words(), "audience": self.chance.choice(AUDIENCES)}
        return opinions.edit(opinion, by=author, revision=opinion.revision, **words)

    def do_submit(self) -> Any:
        opinion, author = self.own(state__in=Opinion.INSIDE)
        return opinions.submit(opinion, by=author)

    do_submit_another = do_submit

    def do_withdraw(self) -> Any:
        opinion, author = self.own()
        return opinions.withdraw(opinion, by=author)

    def do_share(self) -> Any:
        opinion, author = self.own(state="draft")
        return opinions.share(opinion, by=author)

    def do_choose(self) -> Any:
        opinion, author = self.own(state="shared")
        return self.chance.choice([opinions.choose, opinions.keep_inside])(opinion, by=author)

    def do_hide(self) -> Any:
        return opinions.hide(self.any(Opinion.objects.given()), reason=self.words(), by=self.cast.secretary)

    def do_restore(self) -> Any:
        hidden = self.any(Opinion.objects.exclude(hidden_at=None))
        return opinions.restore(hidden, reason=self.words(), by=self.cast.secretary)

    def do_report(self) -> Any:
        return opinions.report(self.any(Opinion.objects.given()), reason=self.words(), by=self.cast.adopter)

    def do_dismiss_reports(self) -> Any:
        return opinions.dismiss_reports(self.any(Opinion.objects.all()), by=self.cast.secretary)

    def do_redact(self) -> Any:
        return opinions.redact(
            self.any(Opinion.objects.given(), audience="confidential"), reason=self.words(), by=self.cast.secretary
        )

    def do_approve_redaction(self) -> Any:
        form = self.any(Redaction.objects.all(), approved_at=None)
        return opinions.approve_redaction(form, by=form.opinion.author)

    def do_triage(self) -> Any:
        point = self.any(Point.objects.all())
        office = self.chance.choice([self.cast.office, self.cast.ministry])
        return opinions.triage(point, office=office, by=self.cast.secretary)

    do_triage_another = do_triage

    def do_wait(self) -> Any:
        return opinions.await_input(self.any(Point.objects.all()), waiting_for=self.words(), by=self.cast.officer)

    def do_tag(self) -> Any:
        return opinions.tag_all([self.any(Point.objects.all())], add=[self.words()], by=self.cast.officer)

    def do_answer(self) -> Any:
        point = self.any(Point.objects.all())
        return opinions.dispose(point, verdict="not_accepted", reason=self.words(), by=self.cast.officer)

    do_answer_another = do_answer

    def do_split(self) -> Any:
        return opinions.split(
            self.any(Opinion.objects.given()), gists=[self.words(), self.words()], by=self.cast.secretary
        )

    def do_release(self) -> Any:
        return opinions.release(self.consultation, by=self.cast.secretary)

    do_release_again = do_release

    def do_object(self) -> Any:
        answer = self.any(Disposition.objects.exclude(released_at=None))
        return opinions.object_to(answer, text=self.words(), by=answer.point.opinion.author)

    def do_decide_objection(self) -> Any:
        objection = self.any(Objection.objects.open())
        return opinions.decide_objection(objection, outcome="confirmed", reason=self.words(), by=self.cast.officer)

    def do_undo(self) -> Any:
        return opinions.undo(self.any(self.consultation.batches.all()), by=self.cast.officer)

    def do_tell(self) -> Any:
        return opinions.tell_author(self.any(Opinion.objects.given()), channel="letter", by=self.cast.secretary)

    def do_recognise(self) -> Any:
        while opinions.recognise_campaigns() >= 0:
            pass

    # --- meetings

    def do_plan(self) -> Any:
        return self.cast.planned_meeting(title=self.words(), closed=self.chance.random() < 0.3)

    def do_convene(self) -> Any:
        return meetings.convene(self.any(Meeting.objects.all(), state="planned"), by=self.cast.secretary)

    do_convene_another = do_convene

    def do_revise_meeting(self) -> Any:
        values = self.chance.choice([{"closed": True}, {"closed": False}, {"title": self.words()}])
        return meetings.revise_meeting(self.any(Meeting.objects.all()), by=self.cast.secretary, **values)

    def do_cancel(self) -> Any:
        return meetings.cancel(self.any(Meeting.objects.all()), reason=self.words(), by=self.cast.secretary)

    def do_add_item(self) -> Any:
        return self.cast.item(self.any(Meeting.objects.all()), title=self.words())

    def do_revise_item(self) -> Any:
        values = self.chance.choice(
            [{"visibility": "officers"}, {"visibility": "council"}, {"closed": True}, {"closed": False}]
        )
        return meetings.revise_item(self.any(AgendaItem.objects.all()), by=self.cast.secretary, **values)

    do_revise_another_item = do_revise_item

    def do_remove_item(self) -> Any:
        return meetings.remove_item(self.any(AgendaItem.objects.all()), by=self.cast.secretary)

    def do_add_paper(self) -> Any:
        file = self.cast.attachment(name=f"{self.words()}.txt")
        return meetings.add_paper(self.any(AgendaItem.objects.all()), attachment=file, by=self.cast.secretary)

    def do_remove_paper(self) -> Any:
        return meetings.remove_paper(self.any(Paper.objects.all()), by=self.cast.secretary)

    def do_answer_invitation(self) -> Any:
        invitation = self.any(Invitation.objects.all())
        answer = self.chance.choice(["attending", "declined", "online"])
        return meetings.answer_invitation(invitation, answer=answer, by=invitation.membership.user)

    def do_name_alternate(self) -> Any:
        invitation = self.any(Invitation.objects.filter(alternate=None))
        return meetings.name_alternate(
            invitation,
            email="deputy@council.example",
            name="대리인",
            mandate="모든 안건",
            by=invitation.membership.user,
        )

    def do_withdraw_alternate(self) -> Any:
        alternate = self.any(Alternate.objects.all())
        return meetings.withdraw_alternate(alternate, by=alternate.invitation.membership.user)

    def do_recuse(self) -> Any:
        invitation = self.any(Invitation.objects.all())
        item = self.any(invitation.meeting.items.all())
        words = {"kind": "abstention", "ground": "party", "reason": self.words()}
        return meetings.raise_recusal(item, invitation=invitation, by=invitation.membership.user, **words)

    def do_withdraw_recusal(self) -> Any:
        recusal = self.any(Recusal.objects.all())
        return meetings.withdraw_recusal(recusal, by=recusal.raised_by)

    def do_open_meeting(self) -> Any:
        return meetings.open_meeting(self.any(Meeting.objects.all(), state="convened"), by=self.cast.secretary)

    def do_attend(self) -> Any:
        invitation = self.any(Invitation.objects.filter(meeting__state="running"))
        present = self.chance.random() < 0.8
        return meetings.note_attendance(invitation, present=present, by=self.cast.secretary)

    do_attend_too = do_attend

    def do_leave(self) -> Any:
        attendance = self.any(Attendance.objects.exclude(invitation=None))
        return meetings.check_out(attendance, by=attendance.invitation.membership.user)

    def do_ask_for_floor(self) -> Any:
        attendance = self.any(Attendance.objects.exclude(invitation=None))
        return meetings.ask_for_floor(attendance.meeting, by=attendance.invitation.membership.user)

    def do_take_up(self) -> Any:
        return meetings.take_up(self.any(AgendaItem.objects.filter(meeting__state="running")), by=self.cast.secretary)

    def do_say(self) -> Any:
        attendance = self.any(Attendance.objects.exclude(invitation=None))
        return meetings.write_statement(attendance.meeting, text=self.words(), by=attendance.invitation.membership.user)

    def do_remove_statement(self) -> Any:
        return meetings.remove_statement(self.any(Statement.objects.all()), by=self.cast.secretary)

    def do_undo_step(self) -> Any:
        return meetings.undo_step(self.any(Meeting.objects.all(), state="running"), by=self.cast.secretary)

    def do_close_meeting(self) -> Any:
        return meetings.close(self.any(Meeting.objects.all(), state="running"), by=self.cast.secretary)

    # --- what came of them

    def do_hold(self) -> Any:
        return records.held(self.cast, title=self.words(), closed=self.chance.random() < 0.3)

    def do_draft_minutes(self) -> Any:
        return decisions.draft_minutes(self.any(Meeting.objects.all(), state="closed"), by=self.cast.secretary)

    do_draft_more_minutes = do_draft_minutes

    def do_revise_section(self) -> Any:
        section = self.any(Section.objects.all())
        return decisions.revise_section(
            section, text=self.words(), closed=self.chance.random() < 0.3, by=self.cast.secretary
        )

    def do_circulate(self) -> Any:
        return decisions.circulate(self.any(Minutes.objects.all()), by=self.cast.secretary)

    def do_recall(self) -> Any:
        return decisions.recall(self.any(Minutes.objects.all()), reason=self.words(), by=self.cast.secretary)

    def do_ask_for_correction(self) -> Any:
        section = self.any(Section.objects.all())
        return decisions.request_correction(section, proposed=self.words(), by=self.cast.supplier)

    def do_decide_correction(self) -> Any:
        correction = self.any(Correction.objects.all())
        return decisions.decide_correction(correction, state="declined", answer=self.words(), by=self.cast.secretary)

    def do_approve(self) -> Any:
        return decisions.approve_minutes(self.any(Minutes.objects.all()), by=self.cast.chair)

    # --- what unites and what divides

    def do_agree(self) -> Any:
        opinion, person = self.any(Opinion.objects.given()), getattr(self.cast, self.chance.choice(AUTHORS))
        value = self.chance.choice([1, 0, -1])
        return opinions.react(opinion, value=value, membership=self.cast.membership(person), by=person)

    do_agree_too = do_agree

    def do_find(self) -> Any:
        return findings.refresh(self.consultation, force=True)

    # --- deciding

    def do_ballot(self) -> Any:
        return outcomes.ballot(self.cast, secret=self.chance.random() < 0.5)

    def do_vote(self) -> Any:
        voter = self.any(Voter.objects.filter(has_voted=False, ballot__state="open"))
        return decisions.cast(voter, choice="for", by=voter.user)

    do_vote_too = do_vote

    def do_close_ballot(self) -> Any:
        return decisions.close_ballot(self.any(Ballot.objects.open()), by=self.cast.secretary)

    def do_decide(self) -> Any:
        meeting = self.any(Meeting.objects.filter(state__in=["running", "closed"]))
        item = meeting.items.first()
        return decisions.record_decision(meeting, item=item, title=self.words(), text="결정", by=self.cast.secretary)

    def do_repeal(self) -> Any:
        return decisions.repeal_decision(self.any(Decision.objects.all()), reason=self.words(), by=self.cast.secretary)

    def do_report_action(self) -> Any:
        action = self.any(Action.objects.all())
        return decisions.report_action(action, state="in_progress", note=self.words(), by=self.cast.supplier)
