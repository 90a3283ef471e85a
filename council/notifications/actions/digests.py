"""Digests: one for each person whose hour has come and who has something to read in it."""

from django.db import connection, transaction

from council.core import clock
from council.notifications.models import Digest

_ONE_AT_A_TIME = 5_081_226  # an arbitrary number, the same for every worker

_COLLECT = """
    WITH due AS (
        SELECT DISTINCT recipient_id
        FROM notifications_notification
        WHERE channel = 'digest' AND digest_id IS NULL AND retry_at <= %(now)s
        LIMIT %(limit)s
    ),
    made AS (
        INSERT INTO notifications_digest ({columns}, recipient_id)
        SELECT {defaults}, recipient_id FROM due
        RETURNING id, recipient_id
    ),
    collected AS (
        UPDATE notifications_notification AS notification
        SET digest_id = made.id
        FROM made
        WHERE notification.recipient_id = made.recipient_id
            AND notification.channel = 'digest' AND notification.digest_id IS NULL
    )
    SELECT count(*) FROM made
"""


@transaction.atomic
def collect_digests(*, limit: int = 500) -> int:
    """Make a digest for each person whose hour has come, of everything that waits for it, in one statement.

    What a notification points to is the only memory there is: a run that was missed is made up for by the next, a run
    too many or a run too early finds nothing, and what was committed late is in the digest after.

    Returns:
        How many digests were made; 0 when nothing is due, or another worker is at it.
    """
    fields = [field for field in Digest._meta.concrete_fields if field.name not in {"id", "recipient"}]
    defaults = {field.column: field.get_db_prep_save(field.get_default(), connection) for field in fields}
    statement = _COLLECT.format(columns=", ".join(defaults), defaults=", ".join(f"%({column})s" for column in defaults))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(statement, {**defaults, "now": clock.now(), "limit": limit})
        return int(cursor.fetchone()[0])
