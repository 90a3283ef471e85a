"""How often a page without a login answers one address. Without Redis nobody counts and everybody may."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from council.core import clock


def too_often(request: HttpRequest, what: str, *, most: int, seconds: int = 60) -> bool:
    """Count one call, and say whether its address has called more than ``most`` times in this stretch of time.

    Args:
        what: Which page, so that pages count apart.
    """
    stretch = int(clock.now().timestamp()) // seconds
    key = f"calls:{what}:{get_adapter().get_client_ip(request)}:{stretch}"
    cache.add(key, 0, timeout=seconds)
    try:
        return (cache.incr(key) or 0) > most
    except ValueError:  # the stretch ended between the two
        return False
