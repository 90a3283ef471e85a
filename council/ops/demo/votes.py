"""How the demo's members agree and disagree, so that there is something that unites, divides, and groups."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zlib import crc32

from council.core import clock
from council.core.models import Sector
from council.findings import actions as findings
from council.findings.votes import counted, participant
from council.opinions.models import Consultation, Opinion, Phase, Reaction
from council.people import actions as people
from council.people.models import Membership, User

if TYPE_CHECKING:
    from council.ops.demo.loader import Demo

UNDECIDED = {"supplier", "local", "two", "officer", "secretary"}
"""Accounts of the demo that have not answered: whoever logs in with one does it themselves."""

HALF_WAY = {"adopter", "tp", "chair"}
"""Accounts that have answered some, and so find themselves on the map."""

OF_THE_FIELD = {
    Sector.ADOPTER: 90,
    Sector.TECHNOPARK: 70,
    Sector.LOCAL_GOVERNMENT: 50,
    Sector.AGENCY: 50,
    Sector.EXPERT: 30,
    Sector.GOVERNMENT: 30,
    Sector.ASSOCIATION: 20,
    Sector.LARGE_ENTERPRISE: 10,
    Sector.SUPPLIER: 10,
}
"""How many of hundred members of a sector put the burden of the field first; the others rules and responsibility."""

STEADY = 93
"""How many of hundred answers are those of one's side."""


def dice(*words: object) -> int:
    """A number below hundred that hangs on words alone: the demo is the same every time."""
    return crc32(" ".join(map(str, words)).encode()) % 100


class Voting:
    """Plays ``votes.toml``: in 2023 before and after the hearing, and in the consultation that runs now.

    Votes are written as rows: thousands of them, one by one, would take longer than all the rest of the demo.
    """

    def __init__(self, demo: "Demo") -> None:
        self.demo = demo
        self.data = demo.data["votes"]
        self.authors: dict[UUID | None, str] = {user.pk: key for key, user in demo.users.items()}
        self.passages = {identity: key for key, identity in demo.identities.items()}

    def play(self, progress: Callable[[str], None]) -> None:
        """Everything in the file, in its order."""
        progress("What members agree and disagree with, and what was found in it.")
        self._then()
        self._seat()
        self._now()

    def _then(self) -> None:
        consultation, row = self.demo.consultations["draft-2023"], self.data["draft-2023"]
        before = consultation.phases.get(kind=Phase.Kind.BEFORE)
        closes_at = consultation.closes_at
        assert closes_at is not None  # noqa: S101 - a consultation has phases
        opinions = self._opinions(consultation)
        with clock.at(before.opens_at):
            findings.fix_terms(consultation, in_the_open=row["in_the_open"], by=self.demo.secretary)
        with clock.at(before.closes_at - dt.timedelta(hours=1)):
            self._vote(row, [each for each in opinions if each.submitted_at and each.submitted_at < clock.now()])
            findings.refresh(consultation)
        with clock.at(closes_at - dt.timedelta(hours=1)):
            Reaction.objects.filter(opinion__in=[each for each in opinions if self._is(each, row["moved"])]).delete()
            self._vote({**row, "field": [one for one in row["field"] if one not in row["moved"]]}, opinions)
        with clock.at(closes_at + dt.timedelta(minutes=1)):
            findings.refresh(consultation)

    def _seat(self) -> None:
        """Further firms, in their seats since three weeks ago."""
        by, council = self.demo.operator, self.demo.council
        with clock.at(clock.now() - dt.timedelta(days=21)):
            for row in self.demo.data["voter"]:
                body = people.register_organisation(
                    by=by, name=row["organisation"], kind=row["kind"], region_id=row["region"], size="small"
                )
                people.appoint_new(
                    council,
                    email=row["email"],
                    name=row["person"],
                    organisation=body,
                    sector=row["kind"],
                    role=Membership.Role.MEMBER,
                    ends_on=clock.today() + dt.timedelta(days=365),
                    by=by,
                )
        new = [row["email"] for row in self.demo.data["voter"]]
        User.objects.filter(email__in=new).update(password=self.demo.password)

    def _now(self) -> None:
        consultation = self.demo.consultations["review-now"]
        with clock.at(clock.now() - dt.timedelta(minutes=5)):
            self._vote(self.data["review-now"], self._opinions(consultation))
        findings.refresh(consultation)

    def _opinions(self, consultation: Consultation) -> list[Opinion]:
        given = counted().filter(consultation=consultation).select_related("author", "passage", "organisation")
        return list(given.order_by("number"))

    def _vote(self, row: Mapping[str, Any], opinions: Iterable[Opinion]) -> None:
        reactions = [
            Reaction(
                council_id=opinion.council_id,
                consultation_id=opinion.consultation_id,
                opinion=opinion,
                organisation_id=voter.organisation_id,
                sector=voter.sector,
                by_id=voter.user_id,
                value=self._value(voter, opinion, row),
            )
            for voter in self._voters()
            for opinion in opinions
            if voter.organisation_id != opinion.organisation_id and self._answers(voter, opinion, row["turnout"])
        ]
        Reaction.objects.bulk_create(reactions, ignore_conflicts=True)

    def _voters(self) -> list[Membership]:
        """One of each body that may vote, every expert, in the order of their seats."""
        seated = Membership.objects.current().filter(council=self.demo.council, role__in=Membership.SEATED)
        left_out = {f"{name}@council.example" for name in UNDECIDED}
        members = seated.exclude(user__email__in=left_out).select_related("user").order_by("seat__number", "id")
        return list({participant(member): member for member in members}.values())

    def _answers(self, voter: Membership, opinion: Opinion, turnout: int) -> bool:
        name = voter.user.email.partition("@")[0]
        return dice("answers", name, opinion.number) < (turnout // 2 if name in HALF_WAY else turnout)

    def _value(self, voter: Membership, opinion: Opinion, row: Mapping[str, Any]) -> int:
        """That of one's side, but for some who pass or say the contrary."""
        field = dice("side", voter.user.email) < OF_THE_FIELD[Sector(voter.sector)]
        agrees = True
        if self._is(opinion, row["none"]):
            agrees = False
        elif self._is(opinion, row["field"]):
            agrees = field
        elif self._is(opinion, row["order"]):
            agrees = not field
        chance = dice("says", voter.user.email, opinion.number)
        if chance < STEADY:
            return 1 if agrees else -1
        return 0 if chance % 2 else (-1 if agrees else 1)

    def _is(self, opinion: Opinion, listed: Iterable[str]) -> bool:
        """Whether an opinion is among those listed by who gave it and on which passage."""
        return f"{self.authors.get(opinion.author_id)} {self.passages[opinion.passage.identity]}" in listed
