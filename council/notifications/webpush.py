"""Push messages on the wire: encrypted for one browser (RFC 8291), signed by us for its push service (RFC 8292)."""

import base64
import json
import os
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from council.core import clock

RECORD_SIZE = 4096
LONGEST = 3900  # bytes of a message: push services take 4096 of the whole
SIGNED_FOR = 12 * 60 * 60  # seconds; a push service takes a signature for 24 hours at most

Curve = ec.SECP256R1


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """What base64url, with or without padding, stands for.

    Raises:
        ValueError: It is no base64url.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def encrypt(message: bytes, *, key: bytes, secret: bytes, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """Encrypt a message for one browser, in one record.

    Args:
        message: At most :data:`LONGEST` bytes.
        key: The browser's public key (``p256dh``), an uncompressed point.
        secret: The browser's authentication secret (``auth``).
        own: A key made for this message alone.
        salt: 16 random bytes.

    Raises:
        ValueError: The browser's key is no point of the curve.
    """
    public = point_of(own)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(Curve(), key))
    material = _derived(shared, secret, b"WebPush: info\0" + key + public, 32)
    content_key = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_SIZE.to_bytes(4, "big") + bytes([len(public)]) + public
    return header + AESGCM(content_key).encrypt(nonce, message + b"\2", None)


def encrypted_for(key: str, secret: str, message: bytes) -> bytes:
    """Encrypt a message for the browser of this subscription, with a key and a salt of its own."""
    return encrypt(
        message, key=unb64(key), secret=unb64(secret), own=ec.generate_private_key(Curve()), salt=os.urandom(16)
    )


def authorization(endpoint: str) -> str:
    """The ``Authorization`` header field by which a push service knows us."""
    at = urlsplit(endpoint)
    claims = {
        "aud": f"{at.scheme}://{at.netloc}",
        "exp": int(clock.now().timestamp()) + SIGNED_FOR,
        "sub": settings.PUSH_CONTACT,
    }
    signed = ".".join(b64(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(_key().sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_key()}"


def public_key() -> str:
    """Our public key, which browsers subscribe with; empty where there are no push messages."""
    return b64(point_of(_key())) if settings.PUSH_KEY else ""


def is_key(text: str) -> bool:
    """Whether this is a browser's public key."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(Curve(), unb64(text))
    except ValueError:
        return False
    return True


def is_secret(text: str) -> bool:
    """Whether this is a browser's authentication secret."""
    try:
        return len(unb64(text)) == 16
    except ValueError:
        return False


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half of a key, as it is written on the wire."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _key() -> ec.EllipticCurvePrivateKey:
    return _loaded(settings.PUSH_KEY)


@cache
def _loaded(text: str) -> ec.EllipticCurvePrivateKey:
    try:
        return ec.derive_private_key(int.from_bytes(unb64(text), "big"), Curve())
    except ValueError as error:
        raise ImproperlyConfigured("PUSH_KEY must be a private key of P-256: 32 bytes, base64url.") from error


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)
