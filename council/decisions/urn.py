"""The urn of a secret ballot: running sums that nobody can read, as long after every vote as before.

What it protects against, and what not: docs/decisions/0015-secret-ballots.md.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = ["InvalidToken", "seal", "unseal"]

DIGITS = 8
NO_TIME = 0


def _cipher(ballot: UUID) -> Fernet:
    """A key of the ballot's own, made from the site's secret: no key is stored."""
    derived = HKDF(SHA256(), length=32, salt=None, info=b"council.decisions.urn:" + ballot.bytes)
    return Fernet(urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))


def seal(ballot: UUID, sums: Mapping[str, int]) -> bytes:
    """Encrypt the sums: padded, so that their length says nothing, and without the time Fernet would note."""
    padded = {choice: f"{count:0{DIGITS}d}" for choice, count in sums.items()}
    return _cipher(ballot).encrypt_at_time(json.dumps(padded, sort_keys=True).encode(), NO_TIME)


def unseal(ballot: UUID, urn: bytes) -> dict[str, int]:
    """Read the sums.

    Raises:
        InvalidToken: The urn is another ballot's, damaged, or the site's secret has changed.
    """
    return {choice: int(count) for choice, count in json.loads(_cipher(ballot).decrypt(urn)).items()}
