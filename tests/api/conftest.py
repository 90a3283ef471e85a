"""Programs that call the API; whatever they are answered is held against the OpenAPI document."""

from collections.abc import Callable

import pytest

from council.people import actions as people
from council.people.models import User
from tests.api.contract import CheckedClient


@pytest.fixture
def call() -> Callable[[User | None], CheckedClient]:
    """A program that calls the API with someone's token; without one for ``None``."""

    def with_token(user: User | None) -> CheckedClient:
        client = CheckedClient()
        if user:
            _token, secret = people.create_token(name="test", by=user)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return with_token
