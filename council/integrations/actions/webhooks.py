"""What people and systems do with webhooks."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.models import uuid7
from council.core.permissions import require
from council.core.saving import change, create
from council.integrations import signing, subscribing
from council.integrations.models import TEST, Delivery, Webhook
from council.integrations.outgoing import ForbiddenError, check_url
from council.journal.actions import record
from council.journal.models import Seal
from council.journal.verbs import Verb
from council.people.models import Council, ServiceAccount, User

MOST_PER_ACCOUNT = 20
OVERLAP = dt.timedelta(hours=24)


@transaction.atomic
def make_webhook(
    *,
    url: str,
    name: str,
    councils: Iterable[Council],
    by: User,
    events: Iterable[str] = (subscribing.ALL,),
    account: ServiceAccount | None = None,
) -> tuple[Webhook, str]:
    """Have another system told of what happens from now on, in one's own name or in that of a system.

    Args:
        url: Where to, see :func:`council.integrations.outgoing.check_url`.
        name: What it is for.
        councils: Of which councils; the account sits on each.
        events: Of what, see :mod:`council.integrations.subscribing`.
        account: The system in whose name, if not in one's own.

    Returns:
        The webhook and its secret, which is shown this once: whoever loses it changes it.

    Raises:
        ValidationError: The address is not one that may be sent to, there is no such event, or the account does not
            sit on one of the councils.
        Refused: The account has enough of them, or is switched off.
    """
    user = account.user if account else by
    require(by, "integrations.make_webhook", user)
    if not user.is_active:
        raise Refused(_("This system is switched off."))
    if Webhook.objects.filter(user=user).count() >= MOST_PER_ACCOUNT:
        raise Refused(_("There are %(count)s webhooks already; remove one first.") % {"count": MOST_PER_ACCOUNT})
    secret = signing.new_secret()
    pk = uuid7()
    webhook = create(
        Webhook(
            pk=pk,
            user=user,
            url=_checked_url(url),
            name=name,
            events=subscribing.checked(events),
            sealed=signing.seal(pk, secret),
            seal=Seal.objects.order_by("id").last(),
        )
    )
    webhook.councils.set(_checked_councils(councils, user))
    record(Verb.WEBHOOK_MADE, webhook, by=by, name=name, host=check_url(url).hostname)
    return webhook, secret


@transaction.atomic
def revise_webhook(
    webhook: Webhook,
    *,
    by: User,
    url: str | None = None,
    name: str | None = None,
    councils: Iterable[Council] | None = None,
    events: Iterable[str] | None = None,
) -> Webhook:
    """Change where it goes to, what it is for, or what it is told of; what is left out stays.

    Raises:
        ValidationError: The address is not one that may be sent to, there is no such event, or the account does not
            sit on one of the councils.
    """
    require(by, "integrations.manage_webhook", webhook)
    changed = change(
        webhook,
        url=webhook.url if url is None else _checked_url(url),
        name=webhook.name if name is None else name,
        events=webhook.events if events is None else subscribing.checked(events),
    )
    if councils is not None:
        wanted = {council.pk for council in councils}
        if wanted != set(webhook.councils.values_list("pk", flat=True)):
            webhook.councils.set(_checked_councils(Council.objects.filter(pk__in=wanted), webhook.user))
            changed.append("councils")
    if changed:
        record(Verb.WEBHOOK_REVISED, webhook, by=by, name=webhook.name, fields=changed)
    return webhook


@transaction.atomic
def pause_webhook(webhook: Webhook, *, by: User) -> Webhook:
    """Send nothing until it is resumed; what happens meanwhile waits.

    Raises:
        Refused: It is not active.
    """
    require(by, "integrations.manage_webhook", webhook)
    active = Webhook.objects.filter(pk=webhook.pk, state=Webhook.State.ACTIVE)
    if not active.update(state=Webhook.State.PAUSED, modified_at=clock.now()):
        raise Refused(_("This webhook is not active."))
    webhook.refresh_from_db()
    record(Verb.WEBHOOK_PAUSED, webhook, by=by, name=webhook.name)
    return webhook


@transaction.atomic
def resume_webhook(webhook: Webhook, *, by: User, catch_up: bool = True) -> Webhook:
    """Send again, whether it was paused or switched off.

    Args:
        catch_up: Send what happened meanwhile too; otherwise it is left out, and so is what still waited.

    Raises:
        Refused: It is active.
    """
    require(by, "integrations.manage_webhook", webhook)
    stopped = Webhook.objects.filter(pk=webhook.pk).exclude(state=Webhook.State.ACTIVE)
    fresh = {"state": Webhook.State.ACTIVE, "why": "", "failures": 0, "failing_since": None, "rests_until": None}
    if not stopped.update(**fresh, modified_at=clock.now()):
        raise Refused(_("This webhook is active."))
    if not catch_up:
        Webhook.objects.filter(pk=webhook.pk).update(seal=Seal.objects.order_by("id").last())
        webhook.deliveries.filter(state=Delivery.State.WAITING).delete()
    webhook.refresh_from_db()
    record(Verb.WEBHOOK_RESUMED, webhook, by=by, name=webhook.name, catch_up=catch_up)
    return webhook


@transaction.atomic
def remove_webhook(webhook: Webhook, *, by: User) -> None:
    """Remove it with everything that is known of its deliveries."""
    require(by, "integrations.manage_webhook", webhook)
    record(Verb.WEBHOOK_REMOVED, webhook, by=by, name=webhook.name)
    webhook.delete()


@transaction.atomic
def rotate_secret(webhook: Webhook, *, by: User) -> tuple[Webhook, str]:
    """Give it a new secret. For a day both sign, so that the receiver can change it without losing anything.

    Returns:
        The webhook and the new secret, which is shown this once.
    """
    require(by, "integrations.manage_webhook", webhook)
    webhook = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)
    secret = signing.new_secret()
    now = clock.now()
    change(
        webhook,
        sealed=signing.seal(webhook.pk, secret),
        sealed_before=bytes(webhook.sealed),
        secret_changed_at=now,
        overlap_until=now + OVERLAP,
    )
    record(Verb.SECRET_ROTATED, webhook, by=by, name=webhook.name)
    return webhook, secret


@transaction.atomic
def end_old_secret(webhook: Webhook, *, by: User) -> Webhook:
    """Sign with the new secret alone from now on, because the receiver has it, or because the old one leaked.

    Raises:
        Refused: There is no old secret that signs.
    """
    require(by, "integrations.manage_webhook", webhook)
    webhook = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)
    if not webhook.has_two_secrets:
        raise Refused(_("Only one secret signs already."))
    change(webhook, sealed_before=None, overlap_until=None)
    record(Verb.OLD_SECRET_ENDED, webhook, by=by, name=webhook.name)
    return webhook


@transaction.atomic
def send_test(webhook: Webhook, *, by: User) -> Delivery:
    """Send an event that tells nothing, once, whatever the webhook's state.

    Raises:
        Refused: A test is on its way.
    """
    require(by, "integrations.manage_webhook", webhook)
    webhook = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)
    if webhook.deliveries.filter(event=TEST, state=Delivery.State.WAITING).exists():
        raise Refused(_("A test is on its way already."))
    delivery = create(Delivery(webhook=webhook, event=TEST, due_at=webhook.created_at))  # before everything that waits
    Webhook.objects.filter(pk=webhook.pk).update(rests_until=None)
    record(Verb.WEBHOOK_TESTED, webhook, by=by, name=webhook.name)
    return delivery


def _checked_url(url: str) -> str:
    try:
        check_url(url)
    except ForbiddenError as error:
        raise ValidationError({"url": str(error)}) from error
    return url


def _checked_councils(councils: Iterable[Council], user: User) -> list[Council]:
    councils = list(councils)
    if not councils:
        raise ValidationError({"councils": _("Choose at least one council.")})
    for council in councils:
        if not user.has_perm("integrations.hear_of", council):
            problem = _("%(account)s does not sit on “%(council)s”.") % {"account": user, "council": council}
            raise ValidationError({"councils": problem})
    return councils
