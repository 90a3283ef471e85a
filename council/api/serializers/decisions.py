"""Ballots, decisions and actions, as they are read and sent."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from council.api.fields import AllById, ById, Day, Upload
from council.api.serializers.base import Change, Read, Sent, SentModel
from council.api.serializers.documents import AttachmentRefSerializer, PassageRefSerializer
from council.api.serializers.meetings import AgendaItemRefSerializer, MeetingRefSerializer
from council.api.serializers.people import (
    CouncilRefSerializer,
    MembershipRefSerializer,
    OrganisationRefSerializer,
    PersonSerializer,
)
from council.api.serializers.short import OpinionRefSerializer
from council.decisions.models import Action, ActionReport, Ballot, Decision, Voter
from council.decisions.results import in_words
from council.documents.models import Attachment, Passage
from council.meetings.models import AgendaItem, Meeting, Recusal
from council.opinions.models import Opinion
from council.people.models import Membership, Organisation, Share, User

# --- Read ------------------------------------------------------------------------------------------------------------


class BallotSerializer(Read):
    """A question put to the vote; counted once it is closed, with how the result was computed, also in words."""

    related = ("council", "meeting", "item")
    council = CouncilRefSerializer()
    meeting = MeetingRefSerializer()
    item = AgendaItemRefSerializer(allow_null=True)
    computation = serializers.JSONField()
    words = serializers.SerializerMethodField()

    class Meta:
        model = Ballot
        fields = (
            "id",
            "council",
            "meeting",
            "item",
            "recusal",
            "question",
            "text",
            "secret",
            "state",
            "quorum",
            "majority",
            "base",
            "seats",
            "entitled",
            "opened_at",
            "closed_at",
            "votes_for",
            "votes_against",
            "abstentions",
            "adopted",
            "computation",
            "words",
            "cancelled_reason",
        )

    def get_words(self, ballot: Ballot) -> list[str]:
        """How the result was computed, a sentence for each step; empty before there is one."""
        return in_words(ballot.computation)


class VoterSerializer(Read):
    """A line of a ballot's roll; how others voted is told of named ballots alone, once they are closed."""

    related = ("membership__user", "membership__organisation", "user", "organisation", "ballot")
    membership = MembershipRefSerializer()
    person = PersonSerializer(source="user")
    organisation = OrganisationRefSerializer()

    class Meta:
        model = Voter
        fields = (
            "membership",
            "person",
            "organisation",
            "sector",
            "by_alternate",
            "has_voted",
            "choice",
            "statement",
            "on_paper",
        )

    def to_representation(self, voter: Voter) -> dict[str, Any]:
        """Keep to oneself how others voted while the ballot is open."""
        shown = super().to_representation(voter)
        if voter.ballot.state != Ballot.State.CLOSED and voter.user_id != self.context["request"].user.pk:
            shown |= {"choice": "", "statement": ""}
        return shown


class DecisionRefSerializer(Read):
    """A decision, in short."""

    class Meta:
        model = Decision
        fields = ("id", "number", "title")


class DecisionSerializer(Read):
    """What was resolved, with what it rests on as far as the caller may see that; ``opinion_count`` counts all opinions."""

    related = ("council", "meeting", "item")
    council = CouncilRefSerializer()
    meeting = MeetingRefSerializer()
    item = AgendaItemRefSerializer(allow_null=True)
    passages = PassageRefSerializer(many=True)
    opinions = OpinionRefSerializer(many=True)
    opinion_count = serializers.SerializerMethodField()

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With passages and opinions as far as the caller may see them."""
        seen = Prefetch("passages", Passage.objects.visible_to(user).order_by("version", "position"))
        heard = Prefetch("opinions", Opinion.objects.visible_to(user).order_by("number"))
        linked = Prefetch("opinions", Opinion.objects.only("pk").order_by("number"), to_attr="all_opinions")
        return super().rows(user).prefetch_related(seen, heard, linked)

    def get_opinion_count(self, decision: Any) -> int:
        """How many opinions it rests on, those that were not given to the whole council included."""
        linked = getattr(decision, "all_opinions", None)
        return decision.opinions.count() if linked is None else len(linked)

    class Meta:
        model = Decision
        fields = (
            "id",
            "council",
            "meeting",
            "item",
            "ballot",
            "number",
            "state",
            "title",
            "text",
            "basis",
            "legal_reference",
            "decided_on",
            "effective_on",
            "repealed_reason",
            "passages",
            "opinions",
            "opinion_count",
            "revision",
            "created_at",
            "modified_at",
        )


class ActionReportSerializer(Read):
    """How far an action has come, with what shows it."""

    related = ("by",)
    by = PersonSerializer()
    evidence = AttachmentRefSerializer(allow_null=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the evidence, as far as the caller may see it."""
        return super().rows(user).prefetch_related(Prefetch("evidence", Attachment.objects.visible_to(user)))

    class Meta:
        model = ActionReport
        fields = ("state", "note", "evidence", "by", "at")


class ActionSerializer(Read):
    """Something an organisation does by a day, because a meeting agreed on it."""

    related = ("council", "meeting", "organisation", "owner", "head")
    council = CouncilRefSerializer()
    meeting = MeetingRefSerializer()
    item = AgendaItemRefSerializer(allow_null=True)
    decision = DecisionRefSerializer(allow_null=True)
    organisation = OrganisationRefSerializer()
    owner = PersonSerializer(allow_null=True)
    head = PersonSerializer(allow_null=True)
    overdue = serializers.BooleanField(source="is_overdue")

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With item and decision, as far as the caller may see them: one's own action may follow from a closed item."""
        items = Prefetch("item", AgendaItem.objects.visible_to(user))
        return super().rows(user).prefetch_related(items, Prefetch("decision", Decision.objects.visible_to(user)))

    class Meta:
        model = Action
        fields = (
            "id",
            "council",
            "meeting",
            "item",
            "decision",
            "organisation",
            "owner",
            "head",
            "state",
            "title",
            "note",
            "due_on",
            "overdue",
            "ended_at",
            "revision",
            "created_at",
            "modified_at",
        )


# --- Sent ------------------------------------------------------------------------------------------------------------


class NewBallot(SentModel):
    """A question to put to the vote."""

    meeting = ById(Meeting)
    item = ById(AgendaItem, required=False, allow_null=True)
    recusal = ById(Recusal, required=False, allow_null=True, help_text="The challenge that it decides.")
    majority = serializers.ChoiceField(Share.choices, required=False, help_text="If not as the council's rules say.")
    base = serializers.ChoiceField(Ballot.Base.choices, required=False, help_text="If not as the council's rules say.")

    class Meta(SentModel.Meta):
        model = Ballot
        fields = ("meeting", "item", "recusal", "question", "text", "secret", "majority", "base")


class BallotVote(Sent):
    """For, against or abstain."""

    choice = serializers.ChoiceField(Voter.Choice.choices)
    statement = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    key = serializers.UUIDField(required=False, help_text="Of your making; the same vote sent again counts once.")
    membership = ById(Membership, required=False, help_text="For which seat, if you vote for several.")


class Form(Sent):
    """What a form that came back on paper says, and for which seat."""

    membership = ById(Membership)
    choice = serializers.ChoiceField(Voter.Choice.choices)
    statement = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class DecisionChange(Change):
    """What to change in a decision; ``revision`` is the one on which the change was made."""

    revision = serializers.IntegerField(required=False)
    passages = AllById(Passage, required=False, allow_empty=True)
    opinions = AllById(Opinion, required=False, allow_empty=True)

    class Meta(Change.Meta):
        model = Decision
        fields = ("title", "text", "basis", "legal_reference", "effective_on", "passages", "opinions", "revision")


class NewDecision(SentModel):
    """What was resolved."""

    meeting = ById(Meeting)
    item = ById(AgendaItem, required=False, allow_null=True)
    ballot = ById(Ballot, required=False, allow_null=True, help_text="The vote it came from, adopted.")
    passages = AllById(Passage, required=False, allow_empty=True)
    opinions = AllById(Opinion, required=False, allow_empty=True)

    class Meta(SentModel.Meta):
        model = Decision
        fields = (
            "meeting",
            "item",
            "ballot",
            "title",
            "text",
            "basis",
            "legal_reference",
            "effective_on",
            "passages",
            "opinions",
        )


class NewAction(SentModel):
    """Something to be done by an organisation."""

    meeting = ById(Meeting)
    item = ById(AgendaItem, required=False, allow_null=True)
    decision = ById(Decision, required=False, allow_null=True)
    organisation = ById(Organisation)
    owner = ById(User, required=False, allow_null=True)
    head = ById(User, required=False, allow_null=True)

    class Meta(SentModel.Meta):
        model = Action
        fields = ("meeting", "item", "decision", "organisation", "owner", "head", "title", "note", "due_on")


class ActionChange(Change):
    """What to change in an open action, and why; ``revision`` is the one on which the change was made."""

    organisation = ById(Organisation)
    owner = ById(User, allow_null=True)
    head = ById(User, allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Needed for another owner or another day.")
    revision = serializers.IntegerField()

    class Meta(Change.Meta):
        model = Action
        fields = ("organisation", "owner", "head", "title", "note", "due_on", "reason", "revision")


class NewReport(Sent):
    """How far an action has come."""

    state = serializers.ChoiceField(
        [(state.value, state.label) for state in (Action.State.IN_PROGRESS, Action.State.REPORTED)]
    )
    note = serializers.CharField(max_length=5000)
    evidence = Upload(required=False, max_length=300)


class Acceptance(Sent):
    """That an action is done."""

    note = serializers.CharField(required=False, allow_blank=True)


class Reopening(Sent):
    """What is still to be done, and by when."""

    reason = serializers.CharField()
    due_on = Day(required=False)
