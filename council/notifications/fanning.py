"""Telling many at once: one INSERT … SELECT over the people, their switches and their habits.

Nobody's id passes through Python, so that telling a hundred thousand takes the memory of telling one.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from council.core import clock
from council.journal.models import Entry
from council.meetings.models import Meeting
from council.notifications.announcing import Announcement
from council.notifications.kinds import DIGEST, MAIL, PUSH, SCREEN
from council.notifications.models import Habits, Notification
from council.notifications.places import places_of

DUE = """
    SELECT (slot + CASE WHEN slot > moment THEN 0 ELSE days END * interval '1 day') AT TIME ZONE 'Asia/Seoul' AS due
    FROM (SELECT %(now)s::timestamptz AT TIME ZONE 'Asia/Seoul' AS moment) AS present
    CROSS JOIN LATERAL (
        SELECT CASE coalesce(habits.rhythm, 'daily') WHEN 'weekly' THEN 7 ELSE 1 END AS days
    ) AS rhythm
    CROSS JOIN LATERAL (
        SELECT date_trunc('day', moment)
            + CASE days WHEN 7 THEN (habits.weekday + 7 - extract(isodow FROM moment)::int) %% 7 ELSE 0 END
              * interval '1 day'
            + coalesce(habits.hour, %(hour)s) * interval '1 hour' AS slot
    ) AS slots
"""
"""The hour of someone's next digest: the first of their hours strictly after now. ``habits`` may be a row of nulls."""

_TELL = """
    INSERT INTO notifications_notification ({columns}, entry_id, recipient_id, channel, retry_at)
    SELECT {defaults}, %(entry)s, hearer.id, way.channel, CASE way.channel WHEN 'digest' THEN digest.due END
    FROM ({hearers}) AS hearer (id)
    LEFT JOIN notifications_habits AS habits ON habits.user_id = hearer.id
    LEFT JOIN notifications_preference AS s
        ON s.user_id = hearer.id AND s.kind = %(kind)s AND s.channel = 'screen'
    LEFT JOIN notifications_preference AS m
        ON m.user_id = hearer.id AND m.kind = %(kind)s AND m.channel = 'mail'
    LEFT JOIN notifications_preference AS d
        ON d.user_id = hearer.id AND d.kind = %(kind)s AND d.channel = 'digest'
    LEFT JOIN notifications_preference AS p
        ON p.user_id = hearer.id AND p.kind = %(kind)s AND p.channel = 'push'
    CROSS JOIN LATERAL (
        SELECT
            %(lock_screen)s OR coalesce(s.on, %(screen)s) AS screen,
            %(lock_mail)s OR coalesce(m.on, %(mail)s) AS mail,
            %(digest)s AND coalesce(d.on, %(digest)s) AND coalesce(habits.rhythm, '') <> 'none' AS digest,
            coalesce(p.on, %(push)s) AS push
    ) AS wish
    CROSS JOIN LATERAL (
        VALUES
            ('screen', wish.screen),
            ('mail', wish.mail OR (%(duty)s AND NOT wish.digest)),
            ('digest', wish.digest AND NOT wish.mail),
            ('push', wish.push AND EXISTS (SELECT FROM notifications_browser WHERE user_id = hearer.id))
    ) AS way (channel, wanted)
    CROSS JOIN LATERAL ({due}) AS digest
    WHERE way.wanted
        AND way.channel = ANY (%(channels)s)
        AND (%(duty)s OR NOT EXISTS (
            SELECT FROM notifications_mute
            WHERE user_id = hearer.id
                AND (council_id = %(council)s OR meeting_id = %(meeting)s OR consultation_id = %(consultation)s)
        ))
    {beside}
"""


def tell(entry: Entry, announcement: Announcement, channels: Collection[str]) -> int:
    """Write who is told of an entry, by each way they want; what is written already stays as it is.

    Nobody else tells of it meanwhile: the caller holds its row. So where nobody was told before, each row need not be looked
    for first, which would cost a quarter more.

    Args:
        entry: What happened.
        announcement: How it is told.
        channels: The ways that may be used now.

    Returns:
        How many notifications were written.
    """
    try:
        hearers, filled = announcement.recipients(entry).order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    names, defaults = _untouched()
    meeting, consultation = _place(entry)
    ways = announcement.ways
    possible = [channel for channel in announcement.channels if channel in channels]
    parameters: dict[str, Any] = {
        **defaults,
        **{f"hearing_{number}": value for number, value in enumerate(filled)},
        "now": clock.now(),
        "hour": Habits.HOUR,
        "entry": entry.pk,
        "kind": announcement.kind.value,
        "duty": announcement.duty,
        "channels": [str(channel) for channel in possible],
        "screen": SCREEN in ways.usual,
        "mail": MAIL in ways.usual,
        "digest": DIGEST in announcement.channels and DIGEST in channels,
        "push": PUSH in ways.usual,
        "lock_screen": SCREEN in ways.locked,
        "lock_mail": MAIL in ways.locked,
        "council": entry.council_id,
        "meeting": meeting,
        "consultation": consultation,
    }
    statement = _TELL.format(
        columns=", ".join(names),
        defaults=", ".join(f"%({name})s" for name in names),
        hearers=hearers.replace("%%", "%%%%") % tuple(f"%(hearing_{number})s" for number in range(len(filled))),
        due=DUE,
        beside="ON CONFLICT DO NOTHING" if Notification.objects.filter(entry=entry).exists() else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        written: int = cursor.rowcount
    return written


def _untouched() -> tuple[list[str], dict[str, Any]]:
    """The columns that begin as the model says."""
    own = {"id", "entry", "recipient", "channel", "retry_at"}
    fields = [field for field in Notification._meta.concrete_fields if field.name not in own]
    defaults = {field.column: field.get_db_prep_save(field.get_default(), connection) for field in fields}
    return list(defaults), defaults


def _place(entry: Entry) -> tuple[Any, Any]:
    """The meeting and the consultation an entry is about; one of them at most."""
    place = places_of([entry]).get(entry.pk)
    if place is None:
        return None, None
    model, pk = place
    return (pk, None) if model is Meeting else (None, pk)


def move_digest(user_id: Any, now: dt.datetime | None = None) -> None:
    """Let what waits for someone's digest wait for their next hour, as their habits are now.

    With digests switched off, what had been meant for one goes out in a last one at once.
    """
    statement = f"""
        UPDATE notifications_notification AS waiting
        SET retry_at = CASE coalesce(habits.rhythm, '') WHEN 'none' THEN %(now)s ELSE digest.due END
        FROM people_user AS person
        LEFT JOIN notifications_habits AS habits ON habits.user_id = person.id
        CROSS JOIN LATERAL ({DUE}) AS digest
        WHERE person.id = %(user)s AND waiting.recipient_id = person.id
            AND waiting.channel = 'digest' AND waiting.digest_id IS NULL
    """  # noqa: S608 - only constants are put in
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": now or clock.now(), "hour": Habits.HOUR, "user": user_id})
