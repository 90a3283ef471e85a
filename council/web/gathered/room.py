"""What an organisation says to itself before it speaks: drafts by passage, the official set, dissent, its reply."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Prefetch

from council.core import clock
from council.documents.models import Passage
from council.opinions.models import Consultation, Opinion, OpinionQuerySet, Remark, Reply
from council.people.models import Membership, User
from council.web.gathered.changes import proposal

STATE = Opinion.State


@dataclass(frozen=True)
class PassageTalk:
    """What colleagues propose for one passage."""

    passage: Passage
    opinions: Sequence[Opinion]

    @property
    def can_merge(self) -> bool:
        """Whether there are two to make one of."""
        return len(self.opinions) > 1


@dataclass(frozen=True)
class Room:
    """One organisation in one consultation, as one of its members sees it.

    Attributes:
        membership: Through which they speak.
        colleagues: All current memberships through which someone speaks for the organisation there, their own included.
        reply: What the organisation has answered so far.
        is_asked: Whether a reply of this organisation is waited for.
        opinions: What it says inside and what it gave, as far as they may see it, in the order of the text.
    """

    consultation: Consultation
    membership: Membership
    colleagues: Sequence[Membership]
    reply: Reply | None
    is_asked: bool
    opinions: Sequence[Opinion]

    @cached_property
    def coordinators(self) -> list[Membership]:
        """Who gives the organisation's official word; nobody where every member does."""
        return [each for each in self.colleagues if each.coordinates]

    @property
    def coordinates(self) -> bool:
        """Whether the reader gives the official word."""
        own = [each for each in self.colleagues if each.user_id == self.membership.user_id]
        return not self.coordinators or any(each.coordinates for each in own)

    @property
    def closes_at(self) -> dt.datetime | None:
        """When the phase that runs closes; where none does, the last one."""
        phase = self.consultation.phase_at(clock.now())
        return phase.closes_at if phase else self.consultation.closes_at

    @cached_property
    def drafts(self) -> list[Opinion]:
        """The reader's own, which nobody else sees."""
        return self._in(STATE.DRAFT)

    @cached_property
    def chosen(self) -> list[Opinion]:
        """The official set."""
        return self._in(STATE.CHOSEN)

    @cached_property
    def dissent(self) -> list[Opinion]:
        """What stays inside."""
        return self._in(STATE.KEPT)

    @cached_property
    def given(self) -> list[Opinion]:
        """What has left the organisation."""
        return [each for each in self.opinions if each.number is not None and each.state != STATE.WITHDRAWN]

    @cached_property
    def shared(self) -> list[Opinion]:
        """What the coordinator has still to decide on."""
        return self._in(STATE.SHARED)

    @cached_property
    def talk(self) -> list[PassageTalk]:
        """What is shared or in the set already, passage by passage."""
        proposed = [each for each in self.opinions if each.state in (STATE.SHARED, STATE.CHOSEN)]
        return [
            PassageTalk(passage, list(group))
            for passage, group in groupby(proposed, key=lambda opinion: opinion.passage)
        ]

    def _in(self, state: str) -> list[Opinion]:
        return [each for each in self.opinions if each.state == state]


def room(consultation: Consultation, membership: Membership, user: User) -> Room:
    """Gather what one of its members may see of an organisation's room.

    Args:
        consultation: With its phases, office and document.
        membership: The reader's own, current and with its organisation.
    """
    organisation = membership.organisation_id
    colleagues = Membership.objects.current().speaking().filter(council=consultation.council_id)
    replies = Reply.objects.visible_to(user).filter(consultation=consultation, organisation=organisation)
    inside = opinions_of(user).filter(organisation=organisation, consultation=consultation)
    return Room(
        consultation,
        membership,
        list(colleagues.filter(organisation=organisation).select_related("user").order_by("id")),
        replies.select_related("by").first(),
        consultation.asked().filter(pk=organisation).exists(),
        _with_parts(with_proposals(inside.order_by("passage__position", "id"))),
    )


def _with_parts(opinions: list[Opinion]) -> list[Opinion]:
    """Opinions with those that were merged into each, as ``parts``."""
    for opinion in opinions:
        opinion.parts = [each for each in opinions if each.merged_into_id == opinion.pk]  # type: ignore[attr-defined]  # for the page alone
    return opinions


def opinions_of(user: User) -> OpinionQuerySet:
    """What someone may see of opinions inside organisations, with the comments on them."""
    remarks = Remark.objects.visible_to(user).select_related("by").order_by("id")
    visible = Opinion.objects.visible_to(user).select_related("passage", "author", "merged_into", "organisation")
    return visible.prefetch_related(Prefetch("remarks", remarks))


def with_proposals(opinions: Iterable[Opinion]) -> list[Opinion]:
    """Opinions with the wording they propose, told apart from the words it would change, as ``spans``."""
    found = list(opinions)
    for opinion in found:
        opinion.spans = proposal(opinion)  # type: ignore[attr-defined]  # for the page alone
    return found
