"""The first page, and one's own details."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from council.people import actions
from council.web import acting
from council.web.forms.councils import ProfileForm
from council.web.gathered.waiting import results, waiting
from council.web.requests import Request
from council.web.submitting import filled, submitted


@require_safe
def home(request: Request) -> HttpResponse:
    """What waits for me?"""
    things = waiting(request.user, acting.memberships(request))
    late = sum(thing.is_overdue for thing in things)
    return render(request, "home/home.html", {"waiting": things, "late": late, "results": results(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Request) -> HttpResponse:
    """How am I called, and which language do I read?"""
    form = filled(ProfileForm, request, initial={"name": request.user.name, "language": request.user.language})
    if user := submitted(form, partial(actions.change_profile, request.user)):
        with override(user.language):
            messages.success(request, _("Your details have been changed."))
        return redirect("web:profile")
    return render(request, "home/profile.html", {"form": form})
