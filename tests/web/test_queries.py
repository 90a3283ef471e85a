"""No page asks the database more than fifteen times."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.world import world

MOST = 15
MOST_OF = {
    # who may see what they were about: a query for each kind of thing among the thirty messages of a page
    "message_log": 35,
    "council_message_log": 35,
    # twelve kinds of things that can wait, from five rooms, and the answers not read yet: a query each
    "home": 20,
    # the state everyone sees (7), and one's own: place, presence, recusal, ballot papers, vote cards
    "live": 17,
    # the same state, and what the buttons need: all items, queue, open ballot, challenges, the step to take back
    "control": 19,
    # the agenda with its papers and texts, the answers, and what came of it: ballots, decisions, actions, minutes, files
    "meeting": 17,
    # circulated, for whoever runs the council: also everything the law asks of them is looked up again
    "minutes": 21,
}


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
    assert {page: count for page, count in asked.items() if count > MOST_OF.get(page.split()[0], MOST)} == {}
