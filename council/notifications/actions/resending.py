"""Sending a message anew because an officer asks for it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core.errors import Refused
from council.core.permissions import require
from council.journal.actions import record
from council.journal.verbs import Verb
from council.notifications.models import Channel, Notification
from council.people.models import Membership, User


@transaction.atomic
def resend(notification: Notification, *, by: User) -> Notification:
    """Send a mail anew.

    What the mail server never took is tried again as the same mail, with the same Message-ID. What was taken is sent as
    another one, which has a row of its own: when the first was sent stays on record.

    Returns:
        The row that waits now.

    Raises:
        Refused: It is no mail, it waits already, or the address does not work.
    """
    require(by, "notifications.resend", notification)
    rows = Notification.objects.select_for_update(of=("self",)).select_related("recipient__mailbox", "entry")
    row = rows.get(pk=notification.pk)
    if row.channel != Channel.MAIL:
        raise Refused(_("Only mails that went out on their own can be sent anew."))
    mailbox = getattr(row.recipient, "mailbox", None)
    if mailbox and mailbox.is_failing:
        raise Refused(_("Mail to this address comes back. Have the address checked first."))
    of_same = Notification.objects.filter(entry=row.entry_id, recipient=row.recipient_id, channel=row.channel)
    if of_same.unfinished().exists():
        raise Refused(_("It is waiting to be sent already."))
    if row.sent_at is None:
        row.failed_at, row.why, row.error, row.retry_at, row.attempts = None, "", "", None, 0
        row.save(update_fields=["failed_at", "why", "error", "retry_at", "attempts"])
        again = row
    else:
        last = of_same.order_by("-copy").values_list("copy", flat=True)[0]
        again = Notification.objects.create(
            entry=row.entry, recipient=row.recipient, channel=row.channel, copy=last + 1
        )
    seats = Membership.objects.filter(user=row.recipient_id, council=row.entry.council_id).order_by("-starts_on")
    record(
        Verb.MESSAGE_RESENT,
        seats.first() or row.recipient,
        by=by,
        person=row.recipient.name,
        event=row.entry.verb,
        message=row.pk,
    )
    return again
