"""Organisations, people, councils and who sits on them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from bench.making.common import PASSWORD, YEARS, Maker, moment
from bench.making.copying import NULL, fill
from council.people.models import Council, Membership, Organisation, Region, Seat, User

ROLE = Membership.Role
KIND = Organisation.Kind
KINDS = {
    KIND.SUPPLIER: 30,
    KIND.ADOPTER: 30,
    KIND.EXPERT_BODY: 12,
    KIND.LOCAL_GOVERNMENT: 8,
    KIND.TECHNOPARK: 6,
    KIND.ASSOCIATION: 6,
    KIND.PUBLIC_AGENCY: 4,
    KIND.LARGE_ENTERPRISE: 4,
}
PER_BODY = (1, 1, 2, 3)


@dataclass
class Seated:
    """Someone on a council; ``seat`` may be ``NULL``."""

    membership: str
    user: str
    organisation: str
    sector: str
    role: str
    seat: str


@dataclass
class Table:
    """A council and who sits on it.

    Attributes:
        authors: for each member a piece of a row: author, membership, organisation, sector.
        voters: for each organisation a piece of a row: organisation, sector, by.
    """

    pk: str
    ministry: str
    office: str
    secretary: str = ""
    officer: str = ""
    member: str = ""
    overseer: str = ""
    first: bool = False
    seated: list[Seated] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    voters: list[str] = field(default_factory=list)


def make(maker: Maker) -> list[Table]:
    """Make them; gives the councils."""
    making = _People(maker)
    making.gather()
    making.write()
    return making.tables


class _People:
    def __init__(self, maker: Maker) -> None:
        self.maker = maker
        self.users: list[tuple[str, ...]] = []
        self.bodies: list[tuple[str, ...]] = []
        self.tables: list[Table] = []
        self.regions = [*Region.objects.order_by("pk").values_list("pk", flat=True)] or [NULL]

    def gather(self) -> None:
        """Put people on councils, one in ten on two of them."""
        shape = self.maker.shape
        overseer = self._user("overseer")
        for number in range(shape.councils):
            many = shape.people // shape.councils + (number < shape.people % shape.councils)
            self.tables.append(self._council(number, many, overseer))
        for left, right in zip(self.tables, self.tables[1:], strict=False):
            for one in left.seated[10::10]:
                self._sit(right, one.user, one.organisation, one.sector)
        for number in range(shape.subscribers):
            self._sit(self.tables[0], self._user(f"subscriber{number}"), self.tables[0].ministry, role=ROLE.OBSERVER)
        for table in self.tables:
            members = [one for one in table.seated if one.role == ROLE.MEMBER and one.organisation != table.office]
            table.authors = [f"{one.user}\t{one.membership}\t{one.organisation}\t{one.sector}" for one in members]
            table.voters = [
                *{one.organisation: f"{one.organisation}\t{one.sector}\t{one.user}" for one in members}.values()
            ]

    def _council(self, number: int, many: int, overseer: str) -> Table:
        names = [f"{name}{number or ''}" for name in ("secretary", "chair", "officer", "member")]
        table = Table(self._key(), self._key(), self._key(), overseer=overseer, first=number == 0)
        self.bodies += [
            (table.ministry, f"{self.maker.words.title()}부", KIND.CENTRAL_GOVERNMENT, NULL, NULL),
            (table.office, f"{self.maker.words.title()}과", KIND.CENTRAL_GOVERNMENT, table.ministry, NULL),
        ]
        table.secretary, chair, table.officer, table.member = (self._user(name) for name in names)
        self._sit(table, overseer, table.ministry, role=ROLE.SECRETARY)
        self._sit(table, table.secretary, table.ministry, role=ROLE.SECRETARY)
        self._sit(table, chair, table.ministry, role=ROLE.CHAIR)
        self._sit(table, table.officer, table.office)
        self._sit(table, table.member, *self._body(KIND.SUPPLIER))
        left = many - len(names)
        while left > 0:
            body = self._body(self.maker.chance.choices([*KINDS], [*KINDS.values()])[0])
            for _ in range(min(left, self.maker.chance.choice(PER_BODY))):
                self._sit(table, self._user(f"p{len(self.users)}"), *body)
                left -= 1
        return table

    def _body(self, kind: Organisation.Kind) -> tuple[str, str]:
        body = self._key()
        self.bodies.append((body, self.maker.words.title(), kind, NULL, self.maker.chance.choice(self.regions)))
        return body, Organisation(kind=kind).sector

    def _user(self, name: str) -> str:
        user = self._key()
        self.users.append((user, f"{name}@country.example", self.maker.words.person()))
        return user

    def _sit(
        self, table: Table, user: str, body: str, sector: str = "government", *, role: Membership.Role = ROLE.MEMBER
    ) -> None:
        seat = NULL if role in Membership.SEATLESS else self._key()
        table.seated.append(Seated(self._key(), user, body, sector, role, seat))

    def _key(self) -> str:
        return self.maker.key(self.maker.begun)

    def write(self) -> None:
        """COPY what was gathered."""
        begun = moment(self.maker.begun)
        stamp = {"created_at": begun, "modified_at": begun}
        fill(Organisation, ["id", "name", "kind", "parent_id", "region_id"], self.bodies, **stamp)
        fill(User, ["id", "email", "name"], self.users, password=make_password(PASSWORD), **stamp)
        councils = [(table.pk, f"{self.maker.words.title()} 협의체", table.ministry) for table in self.tables]
        purpose = self.maker.words.text(2, 3)
        fill(Council, ["id", "name", "operator_id"], councils, founded_on=begun.date(), purpose=purpose, **stamp)
        fill(Seat, ["id", "council_id", "sector", "number"], self._seats(), **stamp)
        rows = (
            (one.membership, table.pk, one.seat, one.user, one.organisation, one.sector, one.role)
            for table in self.tables
            for one in table.seated
        )
        columns = ["id", "council_id", "seat_id", "user_id", "organisation_id", "sector", "role"]
        ends_on = begun.date() + dt.timedelta((YEARS + 1) * 365)
        fill(Membership, columns, rows, starts_on=begun.date(), ends_on=ends_on, **stamp)

    def _seats(self) -> Iterator[tuple[str, ...]]:
        for table in self.tables:
            seated = [one for one in table.seated if one.seat != NULL]
            for number, one in enumerate(seated, 1):
                yield one.seat, table.pk, one.sector, str(number)
