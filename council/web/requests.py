"""What a page's request carries."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from council.people.models import User


class Request(HttpRequest):
    """A request of someone logged in: no other gets past ``LoginRequiredMiddleware``."""

    user: User
    htmx: HtmxDetails
