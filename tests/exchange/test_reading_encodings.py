"""CSV is read in any encoding and with any delimiter, and one that is not UTF-8 is named instead of guessed."""

import pytest

from council.exchange.columns import Field
from tests.exchange import files
from tests.exchange.files import opened, refusal

CHOOSE = "Upload it again and choose that encoding, or save it as CSV UTF-8."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_its_mark_and_without(encoding: str):
    assert len(opened(files.as_csv(encoding=encoding), "a.csv").rows) == 2


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("cp949", "CP949 (EUC-KR)"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")],
)
def test_another_encoding_is_named(encoding: str, named: str):
    assert refusal(files.as_csv(encoding=encoding), "a.csv") == f"The file is in {named}. {CHOOSE}"


@pytest.mark.parametrize("encoding", ["cp949", "utf-16"])
def test_another_encoding_is_read_where_it_is_chosen(encoding: str):
    rows = opened(files.as_csv(encoding=encoding), "a.csv", encoding).rows
    assert rows[0].values[Field.ORGANISATION] == "중소벤처기업부"


def test_utf_8_is_read_whatever_was_chosen():
    assert opened(files.as_csv(), "a.csv", "cp949").rows[0].values[Field.ORGANISATION] == "중소벤처기업부"


def test_a_wrong_choice_is_told():
    sentence = refusal(files.as_csv(encoding="utf-16"), "a.csv", "cp949")
    assert sentence == "The file is not in CP949 (EUC-KR). Choose another encoding, or save it as CSV UTF-8."


def test_an_unknown_encoding_is_an_error_of_its_own():
    assert "utf-8, cp949, utf-16" in refusal(files.as_csv(), "a.csv", "rot13", under="encoding")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_shows_in_the_header(delimiter: str):
    lines = [["의견, 제출; 서식, 가, 나, 다, 라, 마, 바, 사, 아, 자, 차, 카"], *files.TABLE]
    assert len(opened(files.as_csv(lines, delimiter=delimiter), "a.csv").rows) == 2


def test_rows_count_as_in_a_spreadsheet_where_a_cell_has_several_lines():
    rows = opened(files.as_csv([files.HEADER, *files.ROWS, [], files.ROWS[1]]), "a.csv").rows
    assert rows[0].values[Field.REASON] == "주기가\n길다"
    assert [row.number for row in rows] == [2, 3, 5]


def test_an_apostrophe_that_kept_a_cell_from_running_is_taken_away():
    rows = opened(files.as_csv([["조문", "사유"], ["제1조", "'=1+1"], ["제2조", "'인용'"]]), "a.csv").rows
    assert [row.values[Field.REASON] for row in rows] == ["=1+1", "'인용'"]


def test_an_unclosed_quotation_mark_is_named_with_its_place():
    data = files.as_csv() + '3,부처,"사유가 여기서 시작\n4,부처,다음'.encode()
    assert "after row 6" in refusal(data, "a.csv")


def test_a_quotation_mark_inside_the_header_is_named_too():
    assert "quotation mark" in refusal('조문,"사유\n제1조,길다\n'.encode(), "a.csv")


def test_nul_bytes_are_no_text():
    assert "neither a spreadsheet" in refusal(files.as_csv() + b"3,\0,\n", "a.csv")


def test_rubbish_is_no_text():
    assert "neither a spreadsheet" in refusal(bytes(range(256)) * 40, "a.csv")
