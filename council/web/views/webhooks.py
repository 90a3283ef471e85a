"""Webhooks: which systems are told of what happens, what they were sent, and what they answered."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.integrations import actions
from council.integrations.models import TEST, Attempt, Delivery, Webhook
from council.journal.events import EVENTS
from council.web.forms.webhooks import NewWebhookForm, SinceForm, WebhookForm
from council.web.paging import page
from council.web.requests import Request
from council.web.submitting import filled, submitted


def _webhook(request: Request, pk: str) -> Webhook:
    own = Webhook.objects.visible_to(request.user).select_related("user").prefetch_related("councils")
    return get_object_or_404(own, pk=pk)


def _delivery(request: Request, pk: str) -> Delivery:
    own = Delivery.objects.visible_to(request.user).select_related("webhook__user")
    return get_object_or_404(own, pk=pk)


def _shown(request: Request, webhook: Webhook, **more: Any) -> HttpResponse:
    state = request.GET.get("state", "")
    counts = dict(webhook.deliveries.order_by().values_list("state").annotate(Count("pk")))
    views: list[tuple[str, Any, int]] = [("", _("All"), sum(counts.values()))]
    views += [(name, label, counts.get(name, 0)) for name, label in Delivery.State.choices]
    shown = webhook.deliveries.filter(state=state) if state in Delivery.State.values else webhook.deliveries.all()
    attempts = Prefetch("attempts", Attempt.objects.order_by("-id"))
    context = {
        "webhook": webhook,
        "tabs": [(label, f"?state={name}#deliveries", name == state, count) for name, label, count in views],
        "has_failed": webhook.deliveries.filter(state=Delivery.State.FAILED).exclude(event=TEST).exists(),
        "deliveries": page(request, shown.prefetch_related(attempts)),
        "since_form": SinceForm(),
        **more,
    }
    return render(request, "webhooks/webhook.html", context)


@require_safe
def webhooks(request: Request) -> HttpResponse:
    """Which systems are told of what happens, in my name or in that of systems I look after?"""
    own = Webhook.objects.visible_to(request.user).select_related("user").prefetch_related("councils")
    return render(request, "webhooks/webhooks.html", {"webhooks": own})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: Request) -> HttpResponse:
    """Have another system told; its secret is in the answer to the form, and nowhere else."""
    form = filled(NewWebhookForm, request, user=request.user)
    if made := submitted(form, partial(actions.make_webhook, by=request.user)):
        webhook, secret = made
        return _shown(request, webhook, secret=secret)
    return render(request, "webhooks/make.html", {"form": form, "catalogue": EVENTS.values()})


@require_safe
def webhook(request: Request, pk: str) -> HttpResponse:
    """How is this system doing, and what was it sent?"""
    return _shown(request, _webhook(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: Request, pk: str) -> HttpResponse:
    """Change where it goes to, or what it is told of."""
    webhook = _webhook(request, pk)
    initial = WebhookForm.answers_of(webhook)
    form = filled(WebhookForm, request, user=request.user, account=webhook.user, initial=initial)
    if submitted(form, partial(actions.revise_webhook, webhook, by=request.user)):
        return redirect(webhook)
    return render(request, "webhooks/revise.html", {"webhook": webhook, "form": form, "catalogue": EVENTS.values()})


@require_POST
def pause(request: Request, pk: str) -> HttpResponse:
    """Send nothing for a while."""
    webhook = actions.pause_webhook(_webhook(request, pk), by=request.user)
    messages.success(request, _("“%(name)s” is paused; what happens meanwhile waits.") % {"name": webhook})
    return redirect(webhook)


@require_POST
def resume(request: Request, pk: str) -> HttpResponse:
    """Send again."""
    catch_up = request.POST.get("catch_up") != "no"
    webhook = actions.resume_webhook(_webhook(request, pk), catch_up=catch_up, by=request.user)
    messages.success(request, _("“%(name)s” is told of events again.") % {"name": webhook})
    return redirect(webhook)


@require_POST
def remove(request: Request, pk: str) -> HttpResponse:
    """Remove it."""
    webhook = _webhook(request, pk)
    actions.remove_webhook(webhook, by=request.user)
    messages.success(request, _("“%(name)s” has been removed.") % {"name": webhook})
    return redirect("web:webhooks")


@never_cache
@require_POST
def rotate_secret(request: Request, pk: str) -> HttpResponse:
    """Give it a new secret, which is in the answer and nowhere else."""
    webhook, secret = actions.rotate_secret(_webhook(request, pk), by=request.user)
    return _shown(request, webhook, secret=secret, rotated=True)


@require_POST
def end_old_secret(request: Request, pk: str) -> HttpResponse:
    """Sign with the new secret alone."""
    webhook = actions.end_old_secret(_webhook(request, pk), by=request.user)
    messages.success(request, _("Only the new secret signs now."))
    return redirect(webhook)


@require_POST
def test(request: Request, pk: str) -> HttpResponse:
    """Send an event that tells nothing."""
    delivery = actions.send_test(_webhook(request, pk), by=request.user)
    messages.success(request, _("A test is on its way; load this page again to see what came of it."))
    return redirect(delivery)


@require_POST
def replay_failed(request: Request, pk: str) -> HttpResponse:
    """Send everything again that was given up."""
    webhook = _webhook(request, pk)
    _say_how_many(request, actions.replay_failed(webhook, by=request.user))
    return redirect(webhook)


@require_POST
def replay_since(request: Request, pk: str) -> HttpResponse:
    """Send everything again since a moment."""
    webhook = _webhook(request, pk)
    form = filled(SinceForm, request)
    count = submitted(form, partial(actions.replay_since, webhook, by=request.user))
    if count is None:
        return _shown(request, webhook, since_form=form)
    _say_how_many(request, count)
    return redirect(webhook)


@require_safe
def delivery(request: Request, pk: str) -> HttpResponse:
    """What was sent, when, and what came back?"""
    delivery = _delivery(request, pk)
    context = {"delivery": delivery, "webhook": delivery.webhook, "attempts": delivery.attempts.order_by("id")}
    return render(request, "webhooks/delivery.html", context)


@require_POST
def replay(request: Request, pk: str) -> HttpResponse:
    """Send it again."""
    delivery = actions.replay(_delivery(request, pk), by=request.user)
    messages.success(request, _("It is on its way again; load this page again to see what came of it."))
    return redirect(delivery)


def _say_how_many(request: Request, count: int) -> None:
    said = ngettext("%(count)s delivery is on its way again.", "%(count)s deliveries are on their way again.", count)
    messages.success(request, said % {"count": count})
