"""What tests of webhooks share."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from tests.integrations.receiver import Receiver


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    """Another system, on loopback, which this test may send to."""
    settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    with Receiver() as receiver:
        yield receiver
