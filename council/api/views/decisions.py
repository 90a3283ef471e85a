"""Ballots, decisions and actions."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser

from council.api.filters_decisions import ActionFilters, BallotFilters, DecisionFilters
from council.api.idempotency import key_as_uuid
from council.api.parsing import JSONParser
from council.api.serializers import decisions as shapes
from council.api.serializers.base import Reason
from council.api.views.base import Readable, question, verb
from council.api.views.bulk import bulk
from council.decisions import actions
from council.decisions.models import Action, ActionReport, Ballot, Decision, Voter
from council.people.models import Membership
from council.people.scopes import Area


class Ballots(Readable):
    """Questions put to the vote, with their results and how these were computed."""

    area = Area.DECISIONS
    reads = shapes.BallotSerializer
    filterset_class = BallotFilters

    @verb(shapes.NewBallot)
    def create(self, **sent: Any) -> Ballot:
        """Put a question to the vote of those whose seats are taken now (표결); the roll is frozen."""
        return actions.open_ballot(by=self.user, **sent)

    @question(shapes.VoterSerializer, many=True)
    def roll(self, ballot: Ballot) -> QuerySet[Voter]:
        """List who may vote and who has; how, of a named ballot once it is closed."""
        return shapes.VoterSerializer.rows(self.user).filter(ballot=ballot)

    @verb(shapes.BallotVote, gives=shapes.VoterSerializer, keeps=False)
    def vote(self, ballot: Ballot, membership: Membership | None = None, key: UUID | None = None, **sent: Any) -> Voter:
        """Vote for your seat, once; sent again with the same key it counts once and answers the same."""
        lines = Voter.objects.of(self.user).filter(ballot=ballot).select_related("ballot")
        own = list(lines.filter(membership=membership) if membership else lines)
        if not own:
            raise PermissionDenied("decisions.cast")
        if len(own) > 1:
            raise ValidationError({"membership": _("You vote for several seats; say for which one.")})
        return actions.cast(own[0], key=key or key_as_uuid(self.request), by=self.user, **sent)

    @verb(shapes.Form, gives=shapes.VoterSerializer)
    def enter_form(self, ballot: Ballot, membership: Membership, **sent: Any) -> Voter:
        """Enter a form (서면심의서) that came back on paper."""
        voter = get_object_or_404(ballot.roll.select_related("ballot"), membership=membership)
        return actions.cast_on_paper(voter, by=self.user, **sent)

    @verb()
    def close(self, ballot: Ballot) -> Ballot:
        """End the vote and count (개표); a challenge is decided by it."""
        return actions.close_ballot(ballot, by=self.user)

    @verb(Reason)
    def cancel(self, ballot: Ballot, reason: str) -> Ballot:
        """Call an open ballot off, with a reason."""
        return actions.cancel_ballot(ballot, reason=reason, by=self.user)


class Decisions(Readable):
    """What meetings resolved, each with its number, what it rests on and what it came from."""

    area = Area.DECISIONS
    reads = shapes.DecisionSerializer
    filterset_class = DecisionFilters

    @verb(shapes.NewDecision)
    def create(self, **sent: Any) -> Decision:
        """Record what was resolved (의결 사항), under the council's next number of the year."""
        return actions.record_decision(by=self.user, **sent)

    @verb(shapes.DecisionChange)
    def partial_update(self, decision: Decision, **sent: Any) -> Decision:
        """Change a decision, as long as the minutes are not approved."""
        return actions.revise_decision(decision, by=self.user, **sent)

    @verb(Reason)
    def repeal(self, decision: Decision, reason: str) -> Decision:
        """End a decision, with a reason; it stays to be read."""
        return actions.repeal_decision(decision, reason=reason, by=self.user)


class Actions(Readable):
    """What organisations have to do because meetings agreed on it (과제)."""

    area = Area.DECISIONS
    reads = shapes.ActionSerializer
    filterset_class = ActionFilters

    @verb(shapes.NewAction)
    def create(self, **sent: Any) -> Action:
        """Give an organisation something to do by a day."""
        return actions.assign_action(by=self.user, **sent)

    bulk_create = bulk(create)

    @verb(shapes.ActionChange)
    def partial_update(self, action: Action, **sent: Any) -> Action:
        """Change an open action; another owner or another day needs a reason."""
        return actions.revise_action(action, by=self.user, **sent)

    @question(shapes.ActionReportSerializer, many=True)
    def reports(self, action: Action) -> QuerySet[ActionReport]:
        """List what was reported on an action, with the evidence."""
        return shapes.ActionReportSerializer.rows(self.user).filter(action=action)

    @verb(shapes.NewReport, parser_classes=[MultiPartParser, JSONParser])
    def report(self, action: Action, **sent: Any) -> Action:
        """Say how far an action has come, or that it is done, with what shows it."""
        return actions.report_action(action, by=self.user, **sent)

    @verb(shapes.Acceptance)
    def accept(self, action: Action, **sent: Any) -> Action:
        """Accept that an action is done, as it was reported."""
        return actions.accept_action(action, by=self.user, **sent)

    @verb(shapes.Reopening)
    def reopen(self, action: Action, **sent: Any) -> Action:
        """Send a report back, or take up again what was done or dropped."""
        return actions.reopen_action(action, by=self.user, **sent)

    @verb(Reason)
    def drop(self, action: Action, reason: str) -> Action:
        """Give an action up, with a reason."""
        return actions.drop_action(action, reason=reason, by=self.user)
