"""Secrets of webhooks, and signatures made with them: Standard Webhooks 1.0, symmetric (``v1``, HMAC-SHA256)."""

import datetime as dt
import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterable
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

__all__ = ["InvalidToken", "new_secret", "seal", "signature", "unseal"]

PREFIX = "whsec_"


def new_secret() -> str:
    """256 random bits, written as the specification says."""
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def seal(webhook: UUID, secret: str) -> bytes:
    """Encrypt a secret, for one webhook."""
    return _cipher(webhook).encrypt(secret.encode())


def unseal(webhook: UUID, sealed: bytes) -> str:
    """Read a secret again.

    Raises:
        InvalidToken: It is another webhook's, damaged, or the site's secret has changed and the old one is not among
            ``SECRET_KEY_FALLBACKS``.
    """
    return _cipher(webhook).decrypt(sealed).decode()


def signature(keys: Iterable[str], message: str, at: dt.datetime, body: bytes) -> str:
    """The header ``webhook-signature``: one signature for each secret that is valid now."""
    signed = f"{message}.{int(at.timestamp())}.".encode() + body
    return " ".join(f"v1,{b64encode(_mac(key, signed)).decode()}" for key in keys)


def _mac(secret: str, signed: bytes) -> bytes:
    return hmac.digest(b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256)


def _cipher(webhook: UUID) -> MultiFernet:
    """Keys of the webhook's own, made from the site's secrets: no key is stored."""
    return MultiFernet([_fernet(webhook, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(webhook: UUID, key: str | bytes) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"council.integrations.webhooks:" + webhook.bytes)
    return Fernet(urlsafe_b64encode(derived.derive(force_bytes(key))))
