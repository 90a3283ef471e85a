"""Service accounts: which systems take part, what they come in with, and who answers for them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core.permissions import require
from council.people import actions
from council.people.models import ApiClient, ApiToken, Council, Membership, ServiceAccount
from council.web.forms.systems import NewSystemForm, SystemForm
from council.web.forms.tokens import ClientForm, TokenForm
from council.web.may import may
from council.web.requests import Request
from council.web.submitting import filled, submitted

RELATED = ("user", "council", "organisation", "responsible")


def _account(request: Request, pk: str) -> ServiceAccount:
    return get_object_or_404(ServiceAccount.objects.visible_to(request.user).select_related(*RELATED), pk=pk)


def _context(request: Request, account: ServiceAccount, **more: Any) -> dict[str, Any]:
    """With the council around it, for those who see that; who answers for a system need not sit there."""
    council = Council.objects.visible_to(request.user).filter(pk=account.council_id).first()
    return {"account": account, "council": council, "place": "members", **more}


@require_safe
def systems(request: Request, pk: str) -> HttpResponse:
    """Which systems take part in this council?"""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "people.make_service_account", council)
    accounts = ServiceAccount.objects.visible_to(request.user).filter(council=council).select_related(*RELATED)
    context = {
        "council": council,
        "place": "members",
        "on": accounts.filter(disabled_at=None).order_by("user__name"),
        "off": accounts.exclude(disabled_at=None).order_by("-disabled_at"),
    }
    return render(request, "systems/systems.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: Request, pk: str) -> HttpResponse:
    """Give a system an account."""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "people.make_service_account", council)
    form = filled(NewSystemForm, request, council=council)
    if account := submitted(form, partial(actions.make_service_account, council, by=request.user)):
        messages.success(request, _("“%(name)s” has an account. Make its first token below.") % {"name": account})
        return redirect(account)
    return render(request, "systems/make.html", {"council": council, "place": "members", "form": form})


@require_safe
def system(request: Request, pk: str) -> HttpResponse:
    """What is this system, what may it do, and when did it last come in?"""
    account = _account(request, pk)
    tokens = ApiToken.objects.visible_to(request.user).filter(user=account.user).order_by("-id")
    clients = ApiClient.objects.visible_to(request.user).filter(user=account.user).order_by("-id")
    usable = tokens.usable()
    context = _context(
        request,
        account,
        memberships=Membership.objects.current().filter(user=account.user).select_related("council"),
        tokens=usable,
        ended=tokens.exclude(pk__in=usable.order_by().values("pk")),
        clients=clients.usable(),
        revoked=clients.exclude(revoked_at=None),
        may=may(
            request.user,
            account,
            "people.make_service_account",
            "people.give_access",
            "people.disable_service_account",
        ),
    )
    return render(request, "systems/system.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: str) -> HttpResponse:
    """Change what is said of a system, or who answers for it."""
    account = _account(request, pk)
    require(request.user, "people.make_service_account", account)
    now = {
        "name": account.user.name,
        "purpose": account.purpose,
        "organisation": account.organisation_id,
        "responsible": account.responsible_id,
    }
    form = filled(SystemForm, request, council=account.council, initial=now)
    if submitted(form, partial(actions.change_service_account, account, by=request.user)):
        messages.success(request, _("Your changes have been saved."))
        return redirect(account)
    return render(request, "systems/change.html", _context(request, account, form=form))


@require_POST
def disable(request: Request, pk: str) -> HttpResponse:
    """Switch a system off."""
    account = actions.disable_service_account(_account(request, pk), by=request.user)
    messages.success(request, _("“%(name)s” is switched off; nothing it had works any more.") % {"name": account})
    return redirect(account)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_token(request: Request, pk: str) -> HttpResponse:
    """Make a token for a system; its secret is in the answer to the form, and nowhere else."""
    account = _account(request, pk)
    require(request.user, "people.give_access", account)
    form = filled(TokenForm, request, initial={"name": account.user.name})
    made = submitted(form, partial(actions.create_token, account=account, by=request.user))
    return render(request, "systems/make_token.html", _context(request, account, form=form, made=made))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_client(request: Request, pk: str) -> HttpResponse:
    """Make an OAuth client for a system; its secret is in the answer to the form, and nowhere else."""
    account = _account(request, pk)
    require(request.user, "people.give_access", account)
    form = filled(ClientForm, request, initial={"name": account.user.name})
    made = submitted(form, partial(actions.make_client, account, by=request.user))
    return render(
        request, "systems/make_client.html", _context(request, account, form=form, made=made, **_address(request))
    )


@never_cache
@require_POST
def renew_secret(request: Request, pk: str) -> HttpResponse:
    """Give a client another secret; it is in this answer, and nowhere else."""
    client = _client(request, pk)
    made = actions.renew_secret(client, by=request.user)
    return render(
        request,
        "systems/make_client.html",
        _context(request, client.user.service, made=made, renewed=True, **_address(request)),
    )


@require_POST
def revoke_client(request: Request, pk: str) -> HttpResponse:
    """Make a client useless."""
    client = actions.revoke_client(_client(request, pk), by=request.user)
    messages.success(request, _("“%(name)s” can no longer be used.") % {"name": client.name})
    return redirect(client)


def _client(request: Request, pk: str) -> ApiClient:
    clients = ApiClient.objects.visible_to(request.user)
    return get_object_or_404(clients.select_related(*(f"user__service__{name}" for name in RELATED)), pk=pk)


def _address(request: Request) -> dict[str, str]:
    return {"token_url": request.build_absolute_uri(reverse("oauth_token"))}
