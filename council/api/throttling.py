"""How often someone may call, and what every answer says of it: ``RateLimit`` and ``RateLimit-Policy``.

The header fields are those of draft-ietf-httpapi-ratelimit-headers. Calls are counted in stretches that begin at the
same moment for everyone, so that what is left and when it is whole again are true. Without Redis nobody counts and
everybody may.
"""

import math
from dataclasses import dataclass
from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from council.core import clock


@dataclass(frozen=True)
class Policy:
    """So many calls in so many seconds."""

    name: str
    quota: int
    seconds: int = 60

    def __str__(self) -> str:
        return f'"{self.name}";q={self.quota};w={self.seconds}'


PERSON, WRITING, ADDRESS = Policy("person", 1200), Policy("writing", 600), Policy("address", 300)
TOKENS = Policy("tokens", 30)


@dataclass(frozen=True)
class Standing:
    """Where someone stands with a policy after this call."""

    policy: Policy
    used: int
    wait: int

    def __str__(self) -> str:
        return f'"{self.policy.name}";r={max(0, self.policy.quota - self.used)};t={self.wait}'

    @property
    def too_much(self) -> bool:
        """Whether this call is one too many."""
        return self.used > self.policy.quota


def count(whom: str, *policies: Policy) -> list[Standing]:
    """Count one call of someone; nothing comes of it where Redis does not answer."""
    return [standing for policy in policies if (standing := _counted(whom, policy))]


def _counted(whom: str, policy: Policy) -> Standing | None:
    now = clock.now().timestamp()
    stretch = now // policy.seconds
    key = f"api:{policy.name}:{whom}:{stretch:.0f}"
    used = _one_more(key, policy.seconds)
    return Standing(policy, used, math.ceil((stretch + 1) * policy.seconds - now)) if used else None


def _one_more(key: str, seconds: int) -> int | None:
    """Add one to a count that ends by itself; nothing where the cache does not answer, see the settings."""
    try:
        return cast("int | None", cache.incr(key))
    except ValueError:  # nobody has begun to count
        is_first = cast("bool | None", cache.add(key, 1, timeout=seconds))
        return cache.incr(key) if is_first is False else is_first and 1


def address_of(request: HttpRequest) -> str:
    """Where a call without a person comes from; kept for a minute, to count."""
    return str(get_adapter().get_client_ip(request))


def say(response: HttpResponseBase, standings: list[Standing]) -> None:
    """Write the header fields."""
    if standings:
        response["RateLimit-Policy"] = ", ".join(str(each.policy) for each in standings)
        response["RateLimit"] = ", ".join(str(each) for each in standings)


class Limited(APIView):
    """Counts calls: of a person, whatever the token; of an address, where nobody is logged in."""

    standings: list[Standing] | None = None

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls, and count it.

        Raises:
            Throttled: This was one call too many.
        """
        try:
            super().perform_authentication(request)
        except APIException:
            self.count_address(request)
            raise
        if request.user and request.user.is_authenticated:
            policies = [PERSON] if request.method in SAFE_METHODS else [PERSON, WRITING]
            self._stands(count(str(request.user.pk), *policies))
        else:
            self.count_address(request)

    def count_address(self, request: Request) -> None:
        """Count a call of nobody in particular.

        Raises:
            Throttled: This was one call too many.
        """
        self._stands(count(address_of(request), ADDRESS))

    def _stands(self, standings: list[Standing]) -> None:
        self.standings = standings
        if waits := [each.wait for each in standings if each.too_much]:
            raise Throttled(wait=max(waits))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Say how many more calls there are."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.standings is None:
            self.standings = count(address_of(request), ADDRESS)
        say(response, self.standings)
        return response
