"""What every page may show around its content, read from the database only when a page does show it."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject

import council
from council.notifications.models import Notification
from council.people.models import Council, Membership, Organisation
from council.web import acting
from council.web.switches import CONTRAST_COOKIE


class Frame:
    """The frame of one page. Its two queries, memberships and unread notices, are made at most once, when asked for."""

    version = council.__version__
    api_docs = "/api/v1/docs/"

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def official(self) -> bool:
        """Whether this is an official site of the Korean government."""
        return bool(settings.OFFICIAL_GOVERNMENT_SITE)

    @property
    def contrast(self) -> str:
        """KRDS's name of the display mode: light or high-contrast."""
        return "high-contrast" if self._request.COOKIES.get(CONTRAST_COOKIE) == "high" else "light"

    @property
    def other_language(self) -> tuple[str, str]:
        """Code and own name of the language one could switch to."""
        code = "en" if translation.get_language() == "ko" else "ko"
        return code, translation.get_language_info(code)["name_local"]

    @cached_property
    def unread(self) -> int:
        """How many notices wait unread."""
        user = self._request.user
        return Notification.objects.visible_to(user).unread().count() if user.is_authenticated else 0

    @property
    def memberships(self) -> list[Membership]:
        """One's current memberships, with council and organisation."""
        return acting.memberships(self._request)

    @property
    def acting(self) -> Organisation | None:
        """The organisation one speaks for."""
        return acting.acting_organisation(self._request)

    @property
    def councils(self) -> list[Council]:
        """The councils one sits on, each once."""
        return list({membership.council_id: membership.council for membership in self.memberships}.values())

    def acting_in(self, council: Council | None) -> Organisation | None:
        """The organisation one speaks for in a council; outside of any, the one chosen."""
        if council is None:
            return self.acting
        membership = acting.acting_membership(self._request, council)
        return membership.organisation if membership else None

    def organisations_in(self, council: Council | None) -> list[Organisation]:
        """The organisations one may choose between: in a council those one sits there for, else all of them."""
        here = [each for each in self.memberships if council is None or each.council_id == council.pk]
        return list({membership.organisation_id: membership.organisation for membership in here}.values())


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``frame`` on every page."""
    return {"frame": SimpleLazyObject(lambda: Frame(request))}
