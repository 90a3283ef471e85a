"""Access tokens: with them another system acts in one's name."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from council.people import actions
from council.people.models import ApiToken, ServiceAccount
from council.web.forms.tokens import TokenForm
from council.web.requests import Request
from council.web.submitting import filled, submitted


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: Request) -> HttpResponse:
    """Which systems act in my name? A new token's secret is in the answer to the form, and nowhere else."""
    form = filled(TokenForm, request)
    made = submitted(form, partial(actions.create_token, by=request.user))
    own = ApiToken.objects.visible_to(request.user).filter(user=request.user).order_by("-id")
    usable = own.usable()
    context = {
        "made": made,
        "form": TokenForm() if made else form,
        "usable": usable,
        "unusable": own.exclude(pk__in=usable.order_by().values("pk")),
        "systems": ServiceAccount.objects.filter(responsible=request.user, disabled_at=None).select_related(
            "user", "council"
        ),
    }
    return render(request, "tokens/tokens.html", context)


@require_POST
def revoke(request: Request, pk: str) -> HttpResponse:
    """Make a token useless."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user).select_related("user__service"), pk=pk)
    actions.revoke_token(token, by=request.user)
    messages.success(request, _("“%(name)s” can no longer be used.") % {"name": token.name})
    return redirect(token)
