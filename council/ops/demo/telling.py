"""The notices of what the demo plays: written as of then, without a mail leaving the machine."""

import datetime as dt

from council.core import clock
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications import actions as notifications
from council.notifications.models import Notification

READ_AFTER = dt.timedelta(days=14)
SENT_AFTER = dt.timedelta(seconds=40)
GONE = "expired@council.example"


def tell_quietly() -> None:
    """Write the notices of everything loaded; what is old counts as read, but for the answers one got.

    The mails of those answers stand there as sent that day, but one, whose address is gone.
    """
    while notifications.dispatch(channels=[Notification.Channel.SCREEN]):
        pass
    early = Entry.objects.filter(at__lt=clock.now() - READ_AFTER)
    # Ids, not a subquery: about tables that were just filled the database has no figures to plan a join with.
    answers, others = early.filter(verb=Verb.ANSWER_RELEASED), early.exclude(verb=Verb.ANSWER_RELEASED)
    unread = Notification.objects.unread()
    told = unread.filter(entry__in=list(answers.values_list("pk", flat=True))).select_related("entry", "recipient")
    Notification.objects.bulk_create(_mail(notice) for notice in told)
    unread.filter(entry__in=list(others.values_list("pk", flat=True))).update(read_at=clock.now())


def _mail(notice: Notification) -> Notification:
    at = notice.entry.at
    mail = Notification(
        entry=notice.entry, recipient=notice.recipient, channel=Notification.Channel.MAIL, created_at=at, attempts=1
    )
    if notice.recipient.email == GONE:
        mail.failed_at, mail.error = at + SENT_AFTER, "550 5.1.1 mailbox unavailable"
    else:
        mail.sent_at = at + SENT_AFTER
    return mail
