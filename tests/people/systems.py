"""Systems that tests need."""

from typing import Any

from council.people import actions as people
from council.people.models import ServiceAccount
from tests.cast import Cast


def system(cast: Cast, **fields: Any) -> ServiceAccount:
    """A statistics system of the ministry's that observes the council; the supplier answers for it."""
    words = {
        "name": "통계 연계",
        "purpose": "의견 수를 통계 시스템으로 옮깁니다.",
        "organisation": cast.ministry,
        "responsible": cast.supplier,
        **fields,
    }
    return people.make_service_account(cast.council, by=cast.secretary, **words)


def client_of(cast: Cast, *scopes: str, account: ServiceAccount | None = None) -> Any:
    """An OAuth client of such a system, and its secret."""
    account = account or system(cast)
    return people.make_client(account, name="통계", scopes=scopes or ["read"], by=cast.supplier)


def token_of(cast: Cast, *scopes: str, account: ServiceAccount | None = None) -> Any:
    """A token of such a system, and its secret."""
    account = account or system(cast)
    return people.create_token(name="통계", scopes=scopes or ["read"], account=account, by=cast.supplier)
