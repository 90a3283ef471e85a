"""No framework at all: one query, one look at the address, orjson."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import environ
import orjson
import psycopg
from psycopg.rows import dict_row

PAGE = """SELECT id, consultation_id, passage_id, phase, number, kind, current_text, proposed_text, reason, audience, state,
  revision, author_id, membership_id, organisation_id, sector, submitted_at, source, source_note, submitter, recorded_by_id,
  confirmed_at, merged_into_id, hidden_at, hidden_reason, campaign_id, created_at
  FROM opinions_opinion WHERE consultation_id = %s ORDER BY id DESC LIMIT 50"""

_at = environ.Env().db("DATABASE_URL")
connection = psycopg.connect(
    host=_at["HOST"], user=_at["USER"], dbname=_at["NAME"], autocommit=True, row_factory=dict_row
)


def application(request: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The newest opinions of a consultation."""
    consultation = parse_qs(request["QUERY_STRING"]).get("consultation")
    rows = connection.execute(PAGE, consultation).fetchall() if consultation else []
    body = orjson.dumps({"results": rows})
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
