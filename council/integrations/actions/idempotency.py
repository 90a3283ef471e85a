"""Doing once what is asked twice: answers kept under the key a caller made up.

What it protects against, and what not: docs/decisions/0021-safe-writes.md.
"""

import datetime as dt
import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction

from council.core import clock
from council.integrations.models import KeptAnswer
from council.people.models import User

KEPT_FOR = dt.timedelta(hours=48)


def claim(account: User, key: str) -> bool:
    """Take a key for the rest of the transaction; whether it was free. A worker that dies lets go of it."""
    number = int.from_bytes(bytes.fromhex(_digest(account, key))[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        [free] = cursor.fetchone()
    return bool(free)


def recall(account: User, key: str) -> dict[str, Any] | None:
    """What was kept under a key; nothing where it has run out, or can no longer be opened."""
    row = KeptAnswer.objects.filter(account=account, key=_digest(account, key), kept_until__gt=clock.now()).first()
    if row is None:
        return None
    try:
        kept: dict[str, Any] = json.loads(_cipher(account, key).decrypt(bytes(row.sealed)))
    except InvalidToken:
        return None
    return kept


def keep(account: User, key: str, answer: dict[str, Any]) -> None:
    """Keep an answer, JSON-ready, under a key, in the caller's transaction: with what was done, or not at all."""
    sealed = _cipher(account, key).encrypt_at_time(json.dumps(answer).encode(), 0)
    KeptAnswer.objects.update_or_create(
        account=account,
        key=_digest(account, key),
        defaults={"sealed": sealed, "kept_until": clock.now() + KEPT_FOR},
    )


@transaction.atomic
def forget_expired() -> int:
    """Delete the answers that were kept long enough; how many. Set off by the clock."""
    deleted, _each = KeptAnswer.objects.expired().delete()
    return deleted


def _digest(account: User, key: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{account.pk}:{key}".encode(), hashlib.sha256).hexdigest()


def _cipher(account: User, key: str) -> Fernet:
    """Made from the caller's key and the site's secret, and stored nowhere."""
    info = f"council.integrations.idempotency:{account.pk}:{key}".encode()
    derived = HKDF(SHA256(), length=32, salt=None, info=info).derive(settings.SECRET_KEY.encode())
    return Fernet(urlsafe_b64encode(derived))
