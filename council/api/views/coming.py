"""Who comes in place of a member, and who keeps out of an item."""

from typing import Any

from rest_framework.parsers import MultiPartParser

from council.api.filters import AlternateFilters, RecusalFilters
from council.api.serializers import coming as shapes
from council.api.views.base import Readable, verb
from council.meetings import actions
from council.meetings.models import AgendaItem, Alternate, Recusal
from council.people.scopes import Area


class Alternates(Readable):
    """Who comes to one meeting in place of a member (대리참석)."""

    area = Area.MEETINGS
    reads = shapes.AlternateSerializer
    filterset_class = AlternateFilters

    @verb(shapes.NewAlternate)
    def create(self, **sent: Any) -> Alternate:
        """Name who comes in place of a member, until the meeting begins; someone without an account gets one."""
        return actions.name_alternate(by=self.user, **sent)

    @verb(shapes.Letter, parser_classes=[MultiPartParser])
    def letter(self, alternate: Alternate, **sent: Any) -> Alternate:
        """Hand in the letter of mandate (위임장), as multipart/form-data."""
        return actions.hand_in_mandate(alternate, by=self.user, **sent)

    @verb(status=204)
    def withdraw(self, alternate: Alternate) -> None:
        """Let nobody come in place of the member; they are asked again whether they come."""
        actions.withdraw_alternate(alternate, by=self.user)


class Recusals(Readable):
    """Members who keep out of an item, or should (제척·기피·회피)."""

    area = Area.MEETINGS
    reads = shapes.RecusalSerializer
    filterset_class = RecusalFilters

    @verb(shapes.NewRecusal)
    def create(self, item: AgendaItem, **sent: Any) -> Recusal:
        """Abstain from an item oneself, have an exclusion established, or challenge a member."""
        return actions.raise_recusal(item, by=self.user, **sent)

    @verb(shapes.RecusalDecision)
    def decide(self, recusal: Recusal, **sent: Any) -> Recusal:
        """Decide an exclusion, or a challenge where that is the chair's."""
        return actions.decide_recusal(recusal, by=self.user, **sent)

    @verb()
    def withdraw(self, recusal: Recusal) -> Recusal:
        """Take back what you raised, before it is decided or the item taken up."""
        return actions.withdraw_recusal(recusal, by=self.user)
