"""The one way out: a POST to an address that somebody gave, without reaching what only this server may reach.

Built on ``http.client``, which has no redirects, no proxies from the environment, no cookies, no ``.netrc`` and no
decoding to be switched off. The name is looked up once, every address it has is checked, and the connection goes to an
address that was checked, while ``Host``, SNI and the certificate stay those of the name. A second look-up that answers
differently (DNS rebinding) never happens.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

import certifi
from django.conf import settings
from django.utils.translation import gettext as _

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
MOST_BYTES = 16 * 1024
LONGEST_URL = 2000
PORTS = {"https": 443, "http": 80}

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

# What the registries of IANA set apart from the public internet; ``is_global`` differs between Python's versions.
_APART = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's metadata
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries any IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]
# Everything else IPv6 is loopback, unique local, link-local, multicast, IPv4-mapped, NAT64 or not given out.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_PRIVATE_NAMES = {"localhost", "localdomain", "local", "internal"}


class OutgoingError(Exception):
    """There was no answer; the message says why, for whoever owns the address."""


class ForbiddenError(OutgoingError):
    """The address is not one this server sends to. Sending again changes nothing."""


class UnreachedError(OutgoingError):
    """No such name, no connection, no trusted certificate, no HTTP, or not in time. It may work later."""


@dataclass(frozen=True)
class Answer:
    """What came back. Names of headers are in lower case; ``body`` is cut at :data:`MOST_BYTES`."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def check_url(url: str) -> SplitResult:
    """Look at an address without looking up its name.

    Raises:
        ForbiddenError: It is no plain ``https`` address of a public host. ``http`` is only for the networks of
            ``WEBHOOK_PRIVATE_NETWORKS``.
    """
    if len(url) > LONGEST_URL or not url.isascii() or any(char <= " " or char in '\\"<>^`{|}\x7f' for char in url):
        raise ForbiddenError(_("The address is too long, or has characters that must be percent-encoded."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ForbiddenError(_("The address is malformed.")) from error
    if parts.scheme not in ({"https", "http"} if settings.WEBHOOK_PRIVATE_NETWORKS else {"https"}):
        raise ForbiddenError(_("The address must begin with https://."))
    if not parts.hostname or port == 0 or "%" in parts.netloc:
        raise ForbiddenError(_("The address names no host."))
    if "@" in parts.netloc or parts.fragment:
        raise ForbiddenError(_("The address must have no user name, password or fragment."))
    if address := _literal(parts.hostname):
        _check_address(address, parts.scheme)
    elif parts.hostname.rstrip(".").rpartition(".")[2] in _PRIVATE_NAMES and not settings.WEBHOOK_PRIVATE_NETWORKS:
        raise ForbiddenError(_("The address names a host of a private network."))
    return parts


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send ``body`` and read the answer, whatever its status: a redirect is an answer like any other.

    Takes :data:`TOTAL_SECONDS` at most once the name is looked up, however slowly the other side drips.

    Args:
        url: Where to.
        body: What.
        headers: With it; ``Host``, ``Content-Length`` and ``Connection`` are set here.

    Raises:
        ForbiddenError: The address, or what its name stands for, is none this server sends to.
        UnreachedError: There was no answer.
    """
    parts = check_url(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    until = time.monotonic() + TOTAL_SECONDS
    try:
        with _connect(host, port, parts.scheme) as bare:
            leash = bare.dup()
            timer = threading.Timer(until - time.monotonic(), _shut, [leash])
            timer.start()
            try:
                return _exchange(bare, parts, body, headers)
            finally:
                timer.cancel()
                leash.close()
    except (OSError, http.client.HTTPException) as error:
        late = isinstance(error, TimeoutError) or time.monotonic() >= until
        why = f"{type(error).__name__}: {error}"
        raise UnreachedError(_("No answer in time.") if late else _("Not reached: %(why)s") % {"why": why}) from error


def _exchange(bare: socket.socket, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> Answer:
    with _wrapped(bare, parts) as sock:
        connection = http.client.HTTPConnection(parts.netloc)
        connection.sock = sock
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        own = {"Host": parts.netloc, "Accept-Encoding": "identity", "Connection": "close"}
        connection.request("POST", target, body=body, headers={**headers, **own})
        response = connection.getresponse()
        read = response.read(MOST_BYTES)
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, read)


def _wrapped(bare: socket.socket, parts: SplitResult) -> socket.socket:
    if parts.scheme == "http":
        return bare.dup()
    return _tls().wrap_socket(bare, server_hostname=(parts.hostname or "").rstrip("."))


@cache
def _tls() -> ssl.SSLContext:
    """Trusts what the machine trusts (or ``SSL_CERT_FILE``), and the roots that come with the product."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _connect(host: str, port: int, scheme: str) -> socket.socket:
    """Look the name up once and connect to what was checked."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachedError(_("There is no host of the name %(name)s.") % {"name": host}) from error
    for *_kind, address in found:
        _check_address(_plain(str(address[0])), scheme)
    failure: OSError = OSError("no address")
    for family, kind, protocol, _name, address in found[:4]:
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(CONNECT_SECONDS)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.settimeout(TOTAL_SECONDS)
            return sock
    raise failure


def _check_address(address: IPAddress, scheme: str) -> None:
    if any(address in network for network in settings.WEBHOOK_PRIVATE_NETWORKS):
        return
    if scheme == "http":
        raise ForbiddenError(_("The address must begin with https://."))
    public = address.version == 4 or address in _GLOBAL_UNICAST
    if not public or not address.is_global or any(address in network for network in _APART):
        raise ForbiddenError(_("%(address)s is not an address of the public internet.") % {"address": address})


def _literal(host: str) -> IPAddress | None:
    """The address that a host written in numbers stands for, in any of the ways C libraries read (octal, hex, short)."""
    try:
        [*_kind, address] = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)[0]
    except (OSError, UnicodeError):
        return None
    return _plain(str(address[0]))


def _plain(address: str) -> IPAddress:
    return ipaddress.ip_address(address.partition("%")[0])


def _shut(sock: socket.socket) -> None:
    """End a connection from the side; whoever reads from it wakes up."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
