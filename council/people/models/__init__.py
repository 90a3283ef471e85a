"""Who: users, organisations, regions, councils, seats, memberships, terms."""

from council.people.models.access import ApiClient, ApiToken, ServiceAccount
from council.people.models.accounts import User
from council.people.models.councils import (
    BelowQuorum,
    ChallengesBy,
    Council,
    MajorityOf,
    Membership,
    MembershipQuerySet,
    Seat,
    Share,
    Subcommittee,
    knowing_seats,
    seats_today,
    sits,
)
from council.people.models.organisations import FactoryLevel, Industry, Organisation, Region

__all__ = [
    "ApiClient",
    "ApiToken",
    "BelowQuorum",
    "ChallengesBy",
    "Council",
    "FactoryLevel",
    "Industry",
    "MajorityOf",
    "Membership",
    "MembershipQuerySet",
    "Organisation",
    "Region",
    "Seat",
    "ServiceAccount",
    "Share",
    "Subcommittee",
    "User",
    "knowing_seats",
    "seats_today",
    "sits",
]
