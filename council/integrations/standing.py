"""Who an account is: on what it depends, besides the things themselves, what it sees and is told."""

import hashlib
from collections.abc import Collection
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from council.meetings.models import Alternate, Meeting, Recusal
from council.people.models import Membership, Organisation, User

TEXTS = ("documents", "versions", "passages", "attachments")


class Standing:
    """The seats somebody has today, the offices they hold, the meetings they come to for another."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def seats(self) -> list[Membership]:
        """The memberships that run today."""
        return list(
            Membership.objects.current().filter(user=self.user.pk).select_related("organisation").order_by("pk")
        )

    @property
    def councils(self) -> set[UUID]:
        """Where they sit."""
        return {seat.council_id for seat in self.seats}

    @property
    def run(self) -> set[UUID]:
        """What they run."""
        return {seat.council_id for seat in self.seats if seat.role in Membership.OFFICERS}

    @property
    def organisations(self) -> set[UUID]:
        """Whom they speak for; a system speaks for nobody."""
        speaking = () if self.user.is_system else self.seats
        return {seat.organisation_id for seat in speaking if seat.role != Membership.Role.OBSERVER}

    @property
    def parents(self) -> set[UUID]:
        """Whose texts they write: their organisations, and those these are offices of."""
        bodies = (seat.organisation for seat in self.seats)
        return {pk for body in bodies for pk in (body.pk, body.parent_id) if pk}

    @property
    def answering(self) -> set[UUID]:
        """Where they answer opinions."""
        government = Organisation.Kind.CENTRAL_GOVERNMENT
        return {seat.council_id for seat in self.seats if seat.organisation.kind == government} | self.run

    def digest(self, scopes: Collection[str] | None) -> str:
        """All on which it depends what they see, but for the things themselves: a new one asks for a full listing."""
        seats = [(seat.pk, seat.council_id, seat.role, seat.organisation_id, seat.coordinates) for seat in self.seats]
        own = Q(membership__user=self.user.pk) | Q(invitation__alternate__user=self.user.pk)
        recused = Recusal.objects.granted().filter(own).order_by("pk").values_list("pk", flat=True)
        mandates = Alternate.objects.filter(user=self.user.pk).order_by("pk").values_list("pk", flat=True)
        known = [self.user.is_staff, seats, list(mandates.distinct()), list(recused.distinct())]
        return hashlib.sha256(repr([*known, sorted(scopes or ())]).encode()).hexdigest()[:16]

    def had_seen(self) -> Q:
        """Changes and tombstones of what they may have seen before."""
        closed = Meeting.objects.entitled_to(self.user).order_by().values("pk")
        return (
            Q(seen_by__in={self.user.pk} | self.organisations | self.councils)
            | Q(seen_by__in=closed)
            | Q(council_id__in=self.run, seen_by=None)
            | (Q(council_id__in=self.run) & ~Q(noun="opinions"))
            | Q(noun__in=TEXTS, seen_by__in=self.parents)
            | Q(noun="answer-templates", council_id__in=self.answering)
        )
