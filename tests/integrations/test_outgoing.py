"""The safe way out: where it goes, where it never goes, and what it does with those who answer badly."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from council.integrations import outgoing
from council.integrations.outgoing import ForbiddenError, UnreachedError, check_url, post
from tests.integrations.receiver import Receiver, Reply, certificate_for

APART_4 = [network for network in outgoing._APART if network.version == 4]
EVIL_ADDRESSES = [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "100::1",
    "5f00::1",
]
EVIL_URLS = [
    "http://example.com/",
    "ftp://example.com/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "file:///etc/passwd",
    "//example.com/",
    "example.com",
    "",
    "https://",
    "https:///hook",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1\\@example.com/",
    "https://example.com/#fragment",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:443:22/",
    "https://exam ple.com/",
    "https://example.com/\r\nX-Injected: yes",
    "https://example.com/\x00",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://0/",
    "https://3232235777/",
    "https://0xa9fea9fe/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://%31%32%37.0.0.1/",
    "https://１２７.0.0.1/",
    "https://localhost/",
    "https://anything.localhost./",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://example.com/" + "x" * 2000,
]


@pytest.fixture
def strict(settings) -> None:
    """As a deployment is: no private network allowed."""
    settings.WEBHOOK_PRIVATE_NETWORKS = []


@pytest.fixture
def loopback(settings) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


class Names:
    """What names stand for, instead of DNS: each look-up of a name takes the next of its answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **answers: list[list[str]]) -> None:
        self.asked: list[str] = []
        self._real, self._answers = socket.getaddrinfo, {name.replace("_", "."): it for name, it in answers.items()}
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: str, port: Any, *args: Any, **options: Any) -> Any:
        if host not in self._answers or options.get("flags"):
            return self._real(host, port, *args, **options)
        self.asked.append(host)
        found = self._answers[host].pop(0)
        return [item for address in found for item in self._real(address, port, *args, **options)]


@pytest.fixture
def reached(monkeypatch) -> list[tuple[Any, ...]]:
    """Where connections went; none really does."""
    addresses: list[tuple[Any, ...]] = []

    def connect(self: socket.socket, address: tuple[Any, ...]) -> None:
        addresses.append(address)
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return addresses


def send(url: str) -> outgoing.Answer:
    return post(url, body=b"{}", headers={"Content-Type": "application/json"})


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("url", EVIL_URLS)
def test_an_evil_address_is_refused_before_anything_is_looked_up(url, reached):
    with pytest.raises(ForbiddenError):
        send(url)
    assert reached == []


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("address", EVIL_ADDRESSES)
def test_a_name_that_stands_for_a_private_address_is_refused(address, reached, monkeypatch):
    Names(monkeypatch, evil_example=[[address]])
    with pytest.raises(ForbiddenError, match="not an address of the public internet"):
        send("https://evil.example/")
    assert reached == []


@pytest.mark.usefixtures("strict")
def test_one_private_address_among_public_ones_is_enough_to_refuse(reached, monkeypatch):
    Names(monkeypatch, mixed_example=[["8.8.8.8", "10.0.0.1"]])
    with pytest.raises(ForbiddenError):
        send("https://mixed.example/")
    assert reached == []


@pytest.mark.usefixtures("strict")
def test_a_name_is_looked_up_once_and_the_checked_address_is_connected_to(reached, monkeypatch):
    """DNS rebinding: the second answer would be this machine."""
    names = Names(monkeypatch, rebinding_example=[["8.8.8.8"], ["127.0.0.1"]])
    with pytest.raises(UnreachedError, match="nobody listens"):
        send("https://rebinding.example/")
    assert names.asked == ["rebinding.example"]
    assert reached == [("8.8.8.8", 443)]


@pytest.mark.usefixtures("strict")
def test_the_other_addresses_of_a_name_are_tried_too(reached, monkeypatch):
    Names(monkeypatch, many_example=[["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"]])
    with pytest.raises(UnreachedError):
        send("https://many.example:8443/")
    assert [address[:2] for address in reached] == [
        ("8.8.8.8", 8443),
        ("1.1.1.1", 8443),
        ("2606:4700:4700::1111", 8443),
    ]


def written(address: ipaddress.IPv4Address) -> list[str]:
    """An address in the ways that C libraries read."""
    a, b, c, d = address.packed
    number = int(address)
    return [
        str(address),
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a}.{(b << 16) + (c << 8) + d}",
        f"{a}.{b}.{(c << 8) + d}",
    ]


def within(network: outgoing.IPNetwork) -> st.SearchStrategy[ipaddress.IPv4Address]:
    return st.integers(int(network[0]), int(network[-1])).map(ipaddress.IPv4Address)


@given(address=st.sampled_from(APART_4).flatmap(within), way=st.integers(0, 7))
def test_however_a_private_address_is_written_it_is_refused(address, way):
    url = f"https://{written(address)[way]}/"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.WEBHOOK_PRIVATE_NETWORKS", [], raising=False)
        with pytest.raises(ForbiddenError):
            check_url(url)


@given(address=st.integers(0, 2**32 - 1), prefix=st.sampled_from(["::ffff:0:0", "::", "64:ff9b::"]))
def test_however_an_address_is_hidden_in_another_it_is_refused(address, prefix):
    hidden = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + address)
    in_6to4 = ipaddress.IPv6Address((0x2002 << 112) + (address << 80))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.WEBHOOK_PRIVATE_NETWORKS", [], raising=False)
        for host in (hidden, in_6to4):
            with pytest.raises(ForbiddenError):
                check_url(f"https://[{host}]/")


@given(text=st.text(max_size=60))
def test_nonsense_is_refused_and_never_raises_anything_else(text):
    for url in (text, f"https://{text}"):
        try:
            parts = check_url(url)
        except ForbiddenError:
            continue
        assert parts.hostname


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize(
    "url",
    ["https://example.com/hook", "https://example.com:8443/a?b=c%20d", "https://8.8.8.8/", "https://EXAMPLE.com./"],
)
def test_a_plain_public_address_passes(url):
    assert check_url(url).scheme == "https"


@pytest.mark.usefixtures("loopback")
def test_http_is_only_for_the_allowed_networks(reached, monkeypatch):
    Names(monkeypatch, plain_example=[["8.8.8.8"]])
    with pytest.raises(ForbiddenError, match="https"):
        send("http://plain.example/")
    with pytest.raises(ForbiddenError):
        send("https://10.0.0.1/")
    assert reached == []


@pytest.mark.usefixtures("loopback")
def test_what_is_sent_arrives_and_the_answer_comes_back():
    with Receiver() as receiver:
        receiver.answer = lambda received: Reply(200, b"thank you", {"X-Seen": "yes"})
        answer = post(f"{receiver.url}?a=1", body=b'{"a": 1}', headers={"Content-Type": "application/json"})
    assert (answer.status, answer.body, answer.headers["x-seen"]) == (200, b"thank you", "yes")
    [received] = receiver.received
    assert (received.path, received.body) == ("/hook?a=1", b'{"a": 1}')
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.usefixtures("loopback")
def test_a_redirect_is_not_followed():
    with Receiver() as receiver:
        receiver.answer = lambda received: Reply(307, b"", {"Location": f"{receiver.url}/elsewhere"})
        assert send(receiver.url).status == 307
    assert len(receiver.received) == 1


@pytest.mark.usefixtures("loopback")
def test_proxies_of_the_environment_are_not_used(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Receiver() as receiver:
        assert send(receiver.url).status == 204


@pytest.mark.usefixtures("loopback")
def test_an_endless_answer_is_cut():
    with Receiver() as receiver:
        receiver.answer = lambda received: Reply(200, b"x" * 5_000_000)
        assert len(send(receiver.url).body) == outgoing.MOST_BYTES


@pytest.mark.usefixtures("loopback")
def test_a_host_that_drips_is_left_in_time(monkeypatch):
    """Every byte comes in time for itself; the whole does not."""
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            peer, _address = listener.accept()
            with peer:
                try:
                    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
                        peer.sendall(bytes([byte]))
                        threading.Event().wait(0.05)
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with pytest.raises(UnreachedError, match="in time"):
            send(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        assert time.monotonic() - began < 5
        thread.join(timeout=10)


@pytest.mark.usefixtures("loopback")
def test_a_host_that_says_nothing_is_left_in_time(monkeypatch):
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(UnreachedError, match="in time"):
        send(f"http://127.0.0.1:{listener.getsockname()[1]}/")


@pytest.mark.usefixtures("loopback")
def test_a_host_that_speaks_no_http_is_an_unreached_one():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            peer, _address = listener.accept()
            with peer:
                peer.sendall(b"220 mail.example ESMTP\r\n")
                peer.recv(1000)

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises(UnreachedError, match="BadStatusLine"):
            send(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join(timeout=10)


def test_a_name_that_does_not_exist_is_an_unreached_one(monkeypatch):
    def nobody(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(UnreachedError, match=r"no host of the name gone\.example"):
        send("https://gone.example/")


class TestCertificates:
    """TLS goes by the name, although the connection goes to a number."""

    @pytest.fixture
    def receiver(self, tmp_path, monkeypatch, loopback) -> Iterator[Receiver]:
        certificate = certificate_for("receiver.example", tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        outgoing._tls.cache_clear()
        with Receiver(certificate) as receiver:
            yield receiver
        outgoing._tls.cache_clear()

    def test_the_certificate_of_the_name_is_accepted(self, receiver, monkeypatch):
        Names(monkeypatch, receiver_example=[["127.0.0.1"]])
        assert send(f"https://receiver.example:{receiver.port}/").status == 204
        assert receiver.received[0].headers["host"] == f"receiver.example:{receiver.port}"

    def test_the_certificate_of_another_name_is_not(self, receiver, monkeypatch):
        Names(monkeypatch, other_example=[["127.0.0.1"]])
        with pytest.raises(UnreachedError, match="CERTIFICATE_VERIFY_FAILED"):
            send(f"https://other.example:{receiver.port}/")
        assert receiver.received == []

    def test_nor_is_one_that_nobody_trusts(self, receiver, monkeypatch):
        monkeypatch.delenv("SSL_CERT_FILE")
        outgoing._tls.cache_clear()
        Names(monkeypatch, receiver_example=[["127.0.0.1"]])
        with pytest.raises(UnreachedError, match="CERTIFICATE_VERIFY_FAILED"):
            send(f"https://receiver.example:{receiver.port}/")
        assert receiver.received == []
