"""Calendar feeds: private addresses, made and revoked by their owner."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.models import CalendarFeed
from council.people.models import Council, User

MOST = 20
_EVERY = dt.timedelta(minutes=5)


@transaction.atomic
def create_feed(*, name: str, by: User, council: Council | None = None) -> tuple[CalendarFeed, str]:
    """Make a private address for one's own calendar. It shows what its owner may see, so everyone may have one.

    Args:
        name: What it is for, e.g. the telephone.
        council: Only its meetings; those of every council one sits on when left out.

    Returns:
        The feed and the secret in its address, which is not kept and cannot be shown again.

    Raises:
        ValidationError: The name is missing.
        Refused: There are too many feeds in use.
    """
    if not name.strip():
        raise ValidationError({"name": _("Say what it is for, e.g. your telephone.")})
    User.objects.select_for_update().get(pk=by.pk)
    if CalendarFeed.objects.filter(user=by, revoked_at=None).count() >= MOST:
        raise Refused(_("You have as many calendar addresses as one may have; revoke one first."))
    secret = CalendarFeed.new_secret()
    feed = create(
        CalendarFeed(
            user=by, council=council, name=name.strip(), hint=secret[:6], digest=CalendarFeed.digest_of(secret)
        )
    )
    record(Verb.FEED_CREATED, feed, by=by, name=feed.name)
    return feed, secret


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, by: User) -> CalendarFeed:
    """Make an address useless from this moment on.

    Raises:
        Refused: It is already.
    """
    require(by, "meetings.revoke_feed", feed)
    if not CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(
        revoked_at=clock.now(), modified_at=clock.now()
    ):
        raise Refused(_("This address has been revoked already."))
    feed.refresh_from_db()
    record(Verb.FEED_REVOKED, feed, by=by, name=feed.name)
    return feed


def note_feed_use(feed: CalendarFeed) -> None:
    """Keep when an address was last used: one write in five minutes at most."""
    if feed.last_used_at is None or clock.now() - feed.last_used_at > _EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=clock.now())
