"""Pages stay where they are while rows come in."""

import base64
from urllib.parse import quote

import pytest

from council.documents import actions as documents


def follow(caller, address: str, link: str = "next") -> list[list[str]]:
    """The titles of every page from an address on."""
    pages = []
    while address:
        page = caller.get(address).json()
        pages.append([row["title"] for row in page["results"]])
        address = page[link]
    return pages


@pytest.fixture
def caller(cast, call):
    for number in range(1, 8):
        documents.create_document(cast.council, title=f"문서 {number}", by=cast.secretary)
    return call(cast.secretary)


def test_a_list_is_followed_from_the_newest_to_the_oldest(caller):
    assert follow(caller, "/api/v1/documents/?limit=3") == [
        ["문서 7", "문서 6", "문서 5"],
        ["문서 4", "문서 3", "문서 2"],
        ["문서 1"],
    ]


def test_rows_that_come_in_move_no_page(cast, caller):
    first = caller.get("/api/v1/documents/?limit=3").json()
    documents.create_document(cast.council, title="새 문서", by=cast.secretary)

    assert follow(caller, first["next"]) == [["문서 4", "문서 3", "문서 2"], ["문서 1"]]


def test_one_comes_back_to_where_one_was(caller):
    first = caller.get("/api/v1/documents/?limit=3").json()
    second = caller.get(first["next"]).json()

    assert caller.get(second["previous"]).json()["results"] == first["results"]
    assert first["previous"] is None


def test_passages_that_are_put_in_between_move_no_page(cast, call):
    version = cast.document(passages=6).versions.get()
    caller = call(cast.secretary)
    first = caller.get(f"/api/v1/passages/?version={version.pk}&limit=3").json()
    last = version.passages.latest("position")
    documents.add_passage(version, number="7", heading="과제 7", after=last, by=cast.secretary)

    second = caller.get(first["next"]).json()

    assert [row["number"] for row in first["results"] + second["results"]] == ["1", "2", "3", "4", "5", "6"]


def test_a_limit_that_is_no_number_is_bad_input_and_one_below_one_gives_the_usual_page(caller):
    for limit in ("x", "1e3", "true"):
        answer = caller.get(f"/api/v1/documents/?limit={limit}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["limit"])
    for limit in ("0", "-1"):
        assert len(caller.get(f"/api/v1/documents/?limit={limit}").json()["results"]) == 7


def test_a_cursor_that_no_page_gave_out_is_bad_input(caller):
    nobody = "00000000-0000-7000-8000-000000000000"
    for address in (f"/api/v1/{path}" for path in ("documents/?", "notices/?", f"passages/?version={nobody}&")):
        for position in ("p=x", "p=%00", "p=" + "9" * 400 + "x", "o=x", "o=-1", f"p={nobody}0", "\xff"):
            cursor = quote(base64.b64encode(position.encode()).decode())
            answer = caller.get(f"{address}cursor={cursor}")
            assert answer.status_code == 400, (address, position)
            assert list(answer.json()["errors"]) == ["cursor"]
