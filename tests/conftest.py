"""What every test may ask for."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from council.people import actions as people
from council.people.models import Region, User
from tests.browser import Browser
from tests.cast import Cast

REFERENCE_DATA = import_module("council.people.migrations.0002_reference_data")


@pytest.fixture(autouse=True)
def _own_surroundings(settings, tmp_path: Path) -> None:
    """Fast hashing, files and mails of one's own, an empty cache."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.WHITENOISE_AUTOREFRESH = True  # looks for a file when asked, instead of for all of them at every start
    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    """The council and the people in it."""
    if not Region.objects.exists():  # a test with real processes before this one emptied every table
        REFERENCE_DATA.load(apps, None)
    return Cast()


@pytest.fixture
def browse() -> Callable[[User | None], Client]:
    """A browser in which someone is logged in; nobody for ``None``."""

    def logged_in(user: User | None) -> Client:
        client = Browser()
        if user:
            client.force_login(user)
        return client

    return logged_in


@pytest.fixture
def call() -> Callable[[User | None], APIClient]:
    """A program that calls the API with someone's token; without one for ``None``."""

    def with_token(user: User | None) -> APIClient:
        client = APIClient()
        if user:
            _token, secret = people.create_token(name="test", by=user)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return with_token
