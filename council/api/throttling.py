"""How often someone may call."""

import logging

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

log = logging.getLogger(__name__)


class Throttle(UserRateThrottle):
    """So many calls a minute per person, whatever the token; without Redis nobody counts and everybody may."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count this call."""
        try:
            return super().allow_request(request, view)
        except RedisError:
            log.warning("calls are not counted: Redis does not answer", exc_info=True)
            return True
