"""The votes of a consultation as the analysis reads them: one per organisation, for experts one per person."""

import hashlib
import io
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from django.db import connection
from django.db.models import QuerySet

from council.consensus import Votes
from council.core.models import Sector
from council.opinions.models import Consultation, Opinion
from council.people.models import Membership

_CAST = """
    SELECT CASE WHEN vote.sector = 'expert' THEN 'person ' || vote.by_id ELSE 'body ' || vote.organisation_id END,
           vote.sector, vote.opinion_id::text, vote.value
    FROM opinions_reaction vote JOIN opinions_opinion opinion ON opinion.id = vote.opinion_id
    WHERE vote.consultation_id = %s AND opinion.audience = 'council' AND opinion.hidden_at IS NULL
      AND opinion.state NOT IN ('draft', 'shared', 'chosen', 'kept', 'merged', 'withdrawn')
    ORDER BY vote.at, vote.id
"""
"""On opinions the whole council may read: what is hidden or confidential is left out of the figures as of the pages."""


@dataclass(frozen=True)
class Cast:
    """Votes, and the sector of each participant."""

    votes: Votes
    sectors: dict[str, str]

    def packed(self) -> bytes:
        """Everything needed to compute the figures again, compressed."""
        numbers = io.BytesIO()
        np.savez(numbers, starts=self.votes.starts, columns=self.votes.columns, values=self.votes.values)
        names = [self.votes.participants.tolist(), self.votes.opinions.tolist(), self.sectors]
        head = orjson.dumps(names, option=orjson.OPT_SORT_KEYS)
        return zlib.compress(len(head).to_bytes(8, "big") + head + numbers.getvalue(), 1)

    @classmethod
    def unpacked(cls, data: bytes) -> "Cast":
        """What :meth:`packed` packed."""
        whole = zlib.decompress(data)
        end = 8 + int.from_bytes(whole[:8], "big")
        people, opinions, sectors = orjson.loads(whole[8:end])
        numbers = np.load(io.BytesIO(whole[end:]))
        found = (numbers["starts"], numbers["columns"], numbers["values"])
        return cls(Votes(_ids(people), _ids(opinions), *found), sectors)


def counted() -> QuerySet[Opinion]:
    """The opinions whose votes are counted, and shown: those the whole council may read now."""
    return Opinion.objects.given().filter(audience=Opinion.Audience.COUNCIL, hidden_at=None)


def digest_of(packed: bytes) -> str:
    """What says that two snapshots hold the same votes."""
    return hashlib.sha256(zlib.decompress(packed)).hexdigest()


def cast_in(consultation: Consultation) -> Cast:
    """Read the votes; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CAST, [consultation.pk])
        rows = cursor.fetchall()
    people, sectors, opinions, values = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Cast(Votes.from_rows(people, opinions, values), dict(zip(people, sectors, strict=True)))


def participant(membership: Membership) -> str:
    """Whose vote it is when someone votes through a membership."""
    if membership.sector == Sector.EXPERT:
        return f"person {membership.user_id}"
    return f"body {membership.organisation_id}"


def eligible(consultation: Consultation) -> dict[str, int]:
    """Per sector how many may vote: organisations that sit on the council, and experts one by one."""
    found: dict[str, set[Any]] = {}
    seated = Membership.objects.current().filter(council=consultation.council_id, role__in=Membership.SEATED)
    for member in seated.only("sector", "user", "organisation"):
        found.setdefault(member.sector, set()).add(participant(member))
    return {sector: len(bodies) for sector, bodies in sorted(found.items())}


def _ids(names: list[str]) -> "np.ndarray[Any, Any]":
    array = np.empty(len(names), dtype=object)
    array[:] = names
    return array
