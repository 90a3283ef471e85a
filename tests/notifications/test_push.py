"""Push messages: a push service on loopback takes them, and only the browser they are for can read them."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.core.exceptions import ValidationError

from council.core import clock
from council.core.errors import Refused
from council.notifications import actions, webpush
from council.notifications.models import Browser, Channel, Kind, Notification
from council.notifications.webpush import b64, point_of, unb64
from council.ops import engines
from council.people import actions as people
from tests.cast import Cast

PUSH_KEY = b64(bytes([7] * 32))


class PushService:
    """What a browser vendor runs: it takes messages for subscriptions, and cannot read them."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 201
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if service.status == 201:
                    service.taken.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "PushService":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Subscription:
    """A browser's side of a subscription."""

    def __init__(self, service: PushService, name: str = "1") -> None:
        self.endpoint = f"{service.url}/send/{name}"
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = bytes(range(16))

    @property
    def sent(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "key": b64(point_of(self.private)), "secret": b64(self.secret)}

    def read(self, body: bytes) -> dict[str, str]:
        """Decrypt a message with a library that is not ours."""
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        return dict(json.loads(plain))


@pytest.fixture
def service(settings) -> Iterator[PushService]:
    settings.PUSH_KEY = PUSH_KEY
    settings.PUSH_CONTACT = "mailto:office@council.example"
    settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    with PushService() as service:
        yield service


@pytest.fixture
def subscription(cast: Cast, service: PushService) -> Subscription:
    subscription = Subscription(service)
    actions.add_browser(**subscription.sent, name="Chrome · Linux", by=cast.supplier)
    return subscription


def push() -> None:
    while actions.dispatch():
        pass
    while actions.push_messages():
        pass


def row(cast: Cast) -> Notification:
    return Notification.objects.filter(recipient=cast.supplier, channel="push").latest("id")


def test_the_example_of_the_standard():
    """RFC 8291, appendix A."""
    own = ec.derive_private_key(
        int.from_bytes(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    body = webpush.encrypt(
        b"When I grow up, I want to be a watermelon",
        key=unb64("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        secret=unb64("BTBZMqHH6r4Tts7J_aSIgg"),
        own=own,
        salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert b64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_browser_reads_what_happened_and_where(cast: Cast, service, subscription, settings):
    consultation = cast.consultation()
    push()
    [(path, headers, body)] = service.taken
    shown = subscription.read(body)
    assert path == "/send/1"
    assert str(consultation) in shown["body"]
    assert shown["url"] == f"{settings.SITE_URL}{consultation.get_absolute_url()}"
    assert 0 < int(headers["TTL"]) <= 86_400
    assert headers["Urgency"] == "normal"
    assert len(headers["Topic"]) <= 32
    assert headers["Content-Encoding"] == "aes128gcm"
    assert row(cast).sent_at
    assert Browser.objects.get().last_used_at


def test_the_push_service_knows_who_sends(cast: Cast, service, subscription):
    """RFC 8292: signed for this push service, for less than a day."""
    cast.consultation()
    push()
    [(_path, headers, _body)] = service.taken
    token, key = headers["Authorization"].removeprefix("vapid t=").split(", k=")
    header, claims, signature = token.split(".")
    read = json.loads(unb64(claims))
    assert read["aud"] == service.url
    assert read["sub"] == "mailto:office@council.example"
    assert 0 < read["exp"] - clock.now().timestamp() < 86_400
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
    raw = unb64(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public.verify(encode_dss_signature(r, s), f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert key == webpush.public_key()


def test_it_is_sent_once(cast: Cast, service, subscription):
    cast.consultation()
    push()
    push()
    assert len(service.taken) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_forgotten(cast: Cast, service, subscription, status):
    service.status = status
    cast.consultation()
    push()
    assert not Browser.objects.exists()
    assert row(cast).failed_at


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_push_service_in_trouble_is_tried_again_later(cast: Cast, service, subscription, status):
    service.status = status
    cast.consultation()
    push()
    waiting = row(cast)
    assert (waiting.sent_at, waiting.failed_at, waiting.attempts) == (None, None, 1)
    assert waiting.retry_at
    service.status = 201
    with clock.at(waiting.retry_at + dt.timedelta(seconds=1)):
        push()
    assert len(service.taken) == 1


def test_all_of_ones_browsers_are_told_and_nobody_elses(cast: Cast, service, subscription):
    actions.add_browser(**Subscription(service, "2").sent, name="Firefox", by=cast.supplier)
    actions.add_browser(**Subscription(service, "3").sent, name="Edge", by=cast.stranger)
    cast.consultation()
    push()
    assert sorted(path for path, _headers, _body in service.taken) == ["/send/1", "/send/2"]


def test_quiet_hours_hold_it_back(cast: Cast, service, subscription):
    now = clock.now().astimezone(clock.SEOUL)
    begins, ends = (now - dt.timedelta(hours=1)).time(), (now + dt.timedelta(hours=1)).time()
    actions.change_habits(by=cast.supplier, quiet_from=begins, quiet_until=ends)
    cast.consultation()
    push()
    assert service.taken == []
    assert row(cast).attempts == 0
    with clock.at(clock.now() + dt.timedelta(hours=2)):
        push()
    assert len(service.taken) == 1


def test_what_was_read_meanwhile_is_not_pushed(cast: Cast, service, subscription):
    cast.consultation()
    while actions.dispatch():
        pass
    actions.read_all(by=cast.supplier)
    push()
    assert service.taken == []
    assert row(cast).why == "settled"


def test_what_one_may_no_longer_see_is_not_pushed(cast: Cast, service, subscription):
    cast.consultation()
    while actions.dispatch():
        pass
    people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.secretary)
    actions.prefer(by=cast.supplier, choices={(Kind.MEMBERSHIP, Channel.PUSH): False})
    push()
    assert [subscription.read(body)["title"] for _path, _headers, body in service.taken] == []


def test_a_day_later_it_is_no_news(cast: Cast, service, subscription):
    cast.consultation()
    while actions.dispatch():
        pass
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        push()
    assert service.taken == []


def test_an_address_inside_our_network_is_refused(cast: Cast, service, settings):
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    with pytest.raises(ValidationError):
        actions.add_browser(**Subscription(service).sent, name="x", by=cast.supplier)


@pytest.mark.parametrize("wrong", [{"key": "AAAA"}, {"secret": "AAAA"}, {"key": "!"}, {"endpoint": "javascript:1"}])
def test_what_is_no_subscription_is_refused(cast: Cast, service, wrong):
    with pytest.raises(ValidationError) as objection:
        actions.add_browser(**{**Subscription(service).sent, **wrong}, name="x", by=cast.supplier)
    assert set(objection.value.message_dict) == set(wrong)


def test_a_browser_two_people_use_is_the_last_ones(cast: Cast, service, subscription):
    actions.add_browser(**subscription.sent, name="x", by=cast.adopter)
    assert Browser.objects.get().user == cast.adopter


def test_without_a_key_there_are_none(cast: Cast, service, settings):
    settings.PUSH_KEY = ""
    assert webpush.public_key() == ""
    with pytest.raises(Refused):
        actions.add_browser(**Subscription(service).sent, name="x", by=cast.supplier)


def test_the_key_of_the_embedded_run_is_made_once_and_kept(tmp_path, settings):
    settings.PUSH_KEY = engines.push_key(tmp_path, allowed=True)
    assert webpush.is_key(webpush.public_key())
    assert engines.push_key(tmp_path, allowed=True) == settings.PUSH_KEY
    assert engines.push_key(tmp_path / "deployed", allowed=False) == ""
