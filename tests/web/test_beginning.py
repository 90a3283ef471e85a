"""A page that begins while the rest of it is still read."""

import gzip
import zlib

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from council.opinions.models import Consultation
from council.web.views import consultations


@pytest.fixture
def consultation(cast) -> Consultation:
    return cast.consultation()


@pytest.fixture
def browser(cast) -> Client:
    """One that takes what comes piece by piece."""
    client = Client()
    client.force_login(cast.supplier)
    return client


def test_the_heading_is_there_before_the_passages_are_read(browser, consultation):
    pieces = iter(browser.get(consultation.get_absolute_url()))
    with CaptureQueriesContext(connection) as queries:
        beginning = next(pieces).decode()
    assert not queries
    assert f"<h1>{consultation}</h1>" in beginning
    rest = b"".join(pieces).decode()
    assert "passage-text" not in beginning
    assert "passage-text" in rest
    assert rest.rstrip().endswith("</html>")


def test_all_of_it_is_in_the_readers_language(browser, cast, consultation):
    cast.supplier.language = "en"
    cast.supplier.save()
    page = b"".join(browser.get(consultation.get_absolute_url())).decode()
    assert '<html lang="en"' in page
    assert "Text, meeting and office" in page
    assert "What unites, what divides" in page


def test_each_piece_can_be_unpacked_when_it_comes(browser, consultation):
    answer = browser.get(consultation.get_absolute_url(), headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    pieces = list(answer)
    beginning = zlib.decompressobj(wbits=31).decompress(pieces[0]).decode()
    assert f"<h1>{consultation}</h1>" in beginning
    assert gzip.decompress(b"".join(pieces)).decode().startswith(beginning)


def test_who_may_not_see_it_gets_404_at_once(cast, consultation):
    client = Client()
    client.force_login(cast.stranger)
    answer = client.get(consultation.get_absolute_url())
    assert answer.status_code == 404
    assert not answer.streaming


def test_what_goes_wrong_later_is_said_on_the_page_and_told_to_the_operator(browser, consultation, monkeypatch, caplog):
    def fails(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(consultations, "_lines", fails)
    pieces = iter(browser.get(consultation.get_absolute_url()))
    assert f"<h1>{consultation}</h1>" in next(pieces).decode()
    rest = next(pieces).decode()
    assert "notice-danger" in rest
    assert rest.rstrip().endswith("</html>")
    with pytest.raises(ZeroDivisionError):
        next(pieces)
    [record] = [each for each in caplog.records if each.name == "django.request"]
    assert record.exc_info
