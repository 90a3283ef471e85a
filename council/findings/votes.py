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
from council.consensus.votes import numbered
from council.core.models import Sector
from council.opinions.models import Consultation, Opinion
from council.people.models import Membership

_WHO = "CASE WHEN vote.sector = 'expert' THEN vote.by_id ELSE vote.organisation_id END"

_COUNTED = """
    FROM opinions_reaction vote JOIN opinions_opinion opinion ON opinion.id = vote.opinion_id
    WHERE vote.consultation_id = %s AND opinion.audience = 'council' AND opinion.hidden_at IS NULL
      AND opinion.state NOT IN ('draft', 'shared', 'chosen', 'kept', 'merged', 'withdrawn')
"""
"""On opinions the whole council may read: what is hidden or confidential is left out of the figures as of the pages."""

_PARTICIPANTS = f"""
    SELECT CASE WHEN vote.sector = 'expert' THEN 'person ' ELSE 'body ' END || {_WHO}, {_WHO}, vote.sector
    {_COUNTED} GROUP BY {_WHO}, vote.sector ORDER BY max(vote.at), vote.sector
"""
"""Who voted, with their ids, and for which sector; the newest last, should it have become another."""

_CAST = f"""
    SELECT vote.opinion_id::text, string_agg(uuid_send({_WHO}) || int2send(vote.value), ''::bytea)
    {_COUNTED} GROUP BY vote.opinion_id ORDER BY vote.opinion_id
"""
"""Per opinion its votes, one after the other: who, and how."""

_VOTE = np.dtype([("who", "S16"), ("value", ">i2")])


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
    """Read the votes. They come as numbers in large pieces: a row for each would take most of the time."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTICIPANTS, [consultation.pk])
        sectors, ids = {}, {}
        for name, who, sector in cursor.fetchall():
            sectors[name], ids[who.bytes] = sector, name
        cursor.execute(_CAST, [consultation.pk])
        opinions, pieces = zip(*cursor.fetchall(), strict=True) if ids else ((), ())
    votes = np.frombuffer(b"".join(pieces), dtype=_VOTE)
    people, number = numbered([ids[who] for who in sorted(ids)], "participants")
    person = number[np.searchsorted(np.array(sorted(ids), dtype="S16"), votes["who"])]
    topic = np.repeat(np.arange(len(pieces)), [len(piece) // _VOTE.itemsize for piece in pieces])
    read = Votes.of_numbers(people, _ids(list(opinions)), person, topic, votes["value"].astype(np.int8))
    return Cast(read, sectors)


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
