"""Whether a token opens what it is used for; asked of every call at this one place."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from council.api.problems import Problem
from council.people.bearers import Bearer
from council.people.scopes import needed


class MissingScope(Problem):
    """A token is used for something it was not made for."""

    status_code = 403
    kind = "insufficient-scope"
    title = gettext_lazy("Not allowed")

    def __init__(self, scope: str) -> None:
        super().__init__(_("This token lacks the scope “%(scope)s”.") % {"scope": scope})
        self.more = {"scope": scope}
        self.headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}


class HasScope(BasePermission):
    """Lets a token through for what its scopes include; a logged-in browser has none and needs none."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask for the scope of the view's area.

        Raises:
            MissingScope: The token does not have it.
        """
        if not isinstance(request.auth, Bearer):
            return True
        scope = needed(getattr(view, "area", ""), writing=request.method not in SAFE_METHODS)
        if scope not in request.auth.scopes:
            raise MissingScope(scope)
        return True


def granted(request: Request) -> frozenset[str] | None:
    """What the caller's token may do; ``None`` for a logged-in browser, which may do what its person may."""
    return request.auth.scopes if isinstance(request.auth, Bearer) else None
