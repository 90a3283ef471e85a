"""What the supplier has set for themselves."""

import datetime as dt
from typing import Any

from council.notifications import actions
from council.notifications.models import Browser, Channel, Digest, Kind, Preference
from tests.cast import Cast


def preference(cast: Cast) -> Any:
    actions.prefer(by=cast.supplier, choices={(Kind.DOCUMENTS, Channel.MAIL): True})
    return Preference.objects.get(user=cast.supplier)


def habits(cast: Cast) -> Any:
    return actions.change_habits(by=cast.supplier, quiet_from=dt.time(22), quiet_until=dt.time(7))


def mute(cast: Cast) -> Any:
    return actions.mute(cast.council, by=cast.supplier)


def digest(cast: Cast) -> Any:
    return Digest.objects.create(recipient=cast.supplier)


def browser(cast: Cast) -> Any:
    return Browser.objects.create(
        user=cast.supplier, name="Chrome · Android", endpoint="https://push.example/1", key="k", secret="s"
    )
