"""Addresses at which the product itself takes mail: each says what it is for, and is signed so that nobody makes one up.

``bounce+n4711.<signature>@mail.council.example``. Mail servers may change the case of what stands before the ``@``, so it
is kept to lower-case letters and digits, and within the 64 bytes of RFC 5321 4.5.3.1.1. Without ``BOUNCE_ADDRESS`` the
product takes no mail, and there are no such addresses.
"""

import base64
import re

from django.conf import settings
from django.core.signing import BadSignature
from django.utils.crypto import constant_time_compare, salted_hmac

_SIGNATURE_BYTES = 10
_FORM = re.compile(r"(?P<purpose>[a-z]+)\+(?P<key>[a-z0-9]+)\.(?P<signature>[a-z2-7]+)")


def signed(purpose: str, key: str) -> str:
    """The address for a purpose and a key of lower-case letters and digits; empty where no mail is taken."""
    if not settings.BOUNCE_ADDRESS:
        return ""
    domain = settings.BOUNCE_ADDRESS.rpartition("@")[2]
    return f"{purpose}+{key}.{_signature(purpose, key)}@{domain}"


def read(address: str) -> tuple[str, str]:
    """The purpose and the key of an address, whatever the case it came in.

    Raises:
        BadSignature: It is none of ours.
    """
    form = _FORM.fullmatch(address.strip("<> ").rpartition("@")[0].lower())
    if form is None or not constant_time_compare(form["signature"], _signature(form["purpose"], form["key"])):
        raise BadSignature(address)
    return form["purpose"], form["key"]


def _signature(purpose: str, key: str) -> str:
    digest = salted_hmac("council.core.addresses", f"{purpose}+{key}", algorithm="sha256").digest()
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode().lower()
