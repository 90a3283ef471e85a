"""How one gets in: accounts are made by the secretary, and mail is sent by the product, not by the login library."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from council.people import actions
from council.people.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth comes without types
    """What allauth leaves to the site."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This e-mail address and password do not belong together. Check the address for typing errors, "
            "or set a new password below."
        ),
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes, or set a new password."),
        "incorrect_password": _("This is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up; a council's secretary makes the account."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Let nobody in as a system, whatever happened to its account."""
        if user.is_system:
            raise PermissionDenied
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Note the wish; the mail with the link is written and sent like every other notice."""
        actions.request_password_reset(email)
