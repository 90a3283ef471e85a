"""A council large enough for figures to be shown, and how its sectors vote."""

from collections.abc import Mapping
from typing import Any

from council.core import clock
from council.opinions.models import Consultation, Opinion, Reaction
from council.people.models import Membership, Organisation, Seat, User
from tests.cast import KIND, Cast

SIZES = {"supplier": 24, "adopter": 20, "local_government": 12, "technopark": 11, "expert": 12}
"""How many vote in each sector; the cast's own members come to these."""


def crowd(cast: Cast, sizes: Mapping[str, int] = SIZES) -> dict[str, list[Membership]]:
    """Members with a body each, by sector, written as rows."""
    people, bodies, seats, members = [], [], [], []
    at = cast.council.seats.count()
    for sector, size in sizes.items():
        for number in range(size):
            person = User(email=f"{sector}{number}@council.example", name=f"{sector} {number}")
            body = Organisation(name=f"{sector} 기관 {number}", kind=KIND.SUPPLIER)
            seat = Seat(council=cast.council, sector=sector, number=(at := at + 1))
            people.append(person)
            bodies.append(body)
            seats.append(seat)
            members.append(
                Membership(
                    council=cast.council,
                    seat=seat,
                    user=person,
                    organisation=body,
                    sector=sector,
                    starts_on=cast.today,
                )
            )
    User.objects.bulk_create(people)
    Organisation.objects.bulk_create(bodies)
    Seat.objects.bulk_create(seats)
    Membership.objects.bulk_create(members)
    found: dict[str, list[Membership]] = {}
    for member in members:
        found.setdefault(member.sector, []).append(member)
    return found


def opinions(cast: Cast, consultation: Consultation, number: int) -> list[Opinion]:
    """Some opinions given to the whole council."""
    return [cast.submitted(consultation, reason=f"의견 {place}의 까닭입니다.") for place in range(1, number + 1)]


def votes(opinion: Opinion, members: list[Membership], *, agree: int, disagree: int = 0, passed: int = 0) -> None:
    """How so many members react to an opinion, in order: first those who agree."""
    values = [1] * agree + [-1] * disagree + [0] * passed
    Reaction.objects.filter(opinion=opinion, by__in=[member.user_id for member in members]).delete()
    Reaction.objects.bulk_create(
        Reaction(
            council_id=opinion.council_id,
            consultation_id=opinion.consultation_id,
            opinion=opinion,
            organisation_id=member.organisation_id,
            sector=member.sector,
            by_id=member.user_id,
            value=value,
            at=clock.now(),
        )
        for member, value in zip(members, values, strict=False)
    )


def found_in(opinion: Opinion) -> dict[str, Any]:
    """A batch as it is stored, of one opinion: enough for every part of the page to show something."""
    units = [
        {"unit": "supplier", "sectors": ["supplier"], "members": 24, "in_the_open": False, "answered": 0.9,
         "silent": []},
        {"unit": "adopter+expert", "sectors": ["adopter", "expert"], "members": 12, "in_the_open": False,
         "answered": None, "silent": ["expert"]},
        {"unit": "technopark", "sectors": ["technopark"], "members": 11, "in_the_open": True, "answered": 0.8,
         "silent": []},
    ]  # fmt: skip
    key = str(opinion.pk)
    row = {
        "opinion": key,
        "unites": 0.93,
        "weakest": "adopter+expert",
        "weakest_unites": 0.94,
        "rejects": 0.61,
        "gic": 0.35,
        "divides": 0.42,
        "pair": ["supplier", "adopter+expert"],
        "bands": {
            "supplier": {"band": 4, "bands": 5, "seen": 22},
            "adopter+expert": {"band": 1, "bands": 2, "seen": 6},
        },
        "before": {"supplier": {"band": 2, "bands": 5, "seen": 20}, "adopter+expert": None},
        "total": {"share": 0.75, "step": 0.05},
    }
    groups = [{"number": 1, "size": 20, "says": [{"opinion": key, "direction": "agree"}]}]
    by_sector = {
        "units": {
            "supplier": {"bands": 3, "band": [2]},
            "adopter+expert": None,
            "technopark": {"bands": 2, "band": [1]},
        },
        "strength": 0.42,
        "chance": 0.004,
    }
    return {
        "phase": "after",
        "code_version": "1",
        "digest": "0" * 64,
        "snapshot": b"-",
        "released": {
            "units": units,
            "opinions": [row],
            "named": {key: {f"body {opinion.organisation_id}": 1}},
            "squares": 5,
            "map": [[0, 1, 1], [4, 3, 3]],
            "sides": {key: [1, 0]},
            "groups": {"shown": True, "why": "", "stability": 0.91, "groups": groups, "by_sector": by_sector},
            "seed": 0,
        },
        "kept": {"ledger": {}, "history": [2], "labels": {}, "opinions": [key], "priority": [5.0], "means": [0.5],
                 "axes": [[1.0, 0.0]], "corners": [[-1.0, -1.0], [1.0, 1.0]]},
    }  # fmt: skip
