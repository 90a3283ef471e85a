"""No page asks the database more than fifteen times."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.world import world

MOST = 15


def test_no_page_takes_more_than_fifteen_queries(cast: Cast, browse):
    """Session and person included; that a page's queries do not grow with its rows is tested beside each page."""
    asked = {}
    for who, name, address in world(cast):
        client = browse(getattr(cast, who, None))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        asked[f"{name} ({who})"] = len(queries)
    assert {page: count for page, count in asked.items() if count > MOST} == {}
