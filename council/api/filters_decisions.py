"""What lists of ballots, decisions and actions can be narrowed to."""

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from council.api.filters import Filters, Flag
from council.decisions.models import Action, Ballot, Decision


class BallotFilters(Filters):
    """By meeting, item and state."""

    meeting = filters.UUIDFilter(field_name="meeting")
    item = filters.UUIDFilter(field_name="item")
    state = filters.ChoiceFilter(choices=Ballot.State.choices)
    mine = Flag(method="with_my_vote", label="Whether one votes in it.")

    def with_my_vote(self, ballots: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - the library passes it so
        """Those on whose roll one stands, or the others."""
        own = Q(pk__in=Ballot.objects.filter(roll__user=self.user.pk).values("pk"))
        return ballots.filter(own if wanted else ~own)


class DecisionFilters(Filters):
    """By council, meeting, state and what they rest on."""

    council = filters.UUIDFilter(field_name="council")
    meeting = filters.UUIDFilter(field_name="meeting")
    state = filters.ChoiceFilter(choices=Decision.State.choices)
    passage = filters.UUIDFilter(method="on_passage", label="That rest on a passage, by its id in one version.")
    opinion = filters.UUIDFilter(method="on_opinion", label="That rest on an opinion.")

    def on_passage(self, decisions: QuerySet[Any], _name: str, passage: Any) -> QuerySet[Any]:
        """Those that rest on a passage."""
        return decisions.filter(pk__in=Decision.objects.filter(passages=passage).values("pk"))

    def on_opinion(self, decisions: QuerySet[Any], _name: str, opinion: Any) -> QuerySet[Any]:
        """Those that rest on an opinion."""
        return decisions.filter(pk__in=Decision.objects.filter(opinions=opinion).values("pk"))


class ActionFilters(Filters):
    """By council, meeting, decision, who does it, and how far it is."""

    council = filters.UUIDFilter(field_name="council")
    meeting = filters.UUIDFilter(field_name="meeting")
    decision = filters.UUIDFilter(field_name="decision")
    organisation = filters.UUIDFilter(field_name="organisation")
    owner = filters.UUIDFilter(field_name="owner")
    state = filters.MultipleChoiceFilter(choices=Action.State.choices, label="May be repeated.")
    overdue = Flag(method="that_are_overdue", label="Whether it should be done already.")

    def that_are_overdue(self, actions: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """Open and past their day, or not."""
        late = Action.objects.overdue().values("pk")
        return actions.filter(pk__in=late) if wanted else actions.exclude(pk__in=late)
