"""The blank form goes out, and comes back."""

import io
import re
import zipfile

import docx
import pytest

from council.exchange.columns import Field, Form
from council.exchange.forms import blank_form
from council.exchange.reading import Sheet, read
from council.exchange.writing import Format

FILLED_IN = [Format.XLSX, Format.CSV, Format.DOCX, Format.HWPX]
PASSAGES = [
    ("제1조", "목적", "이 규정은 <협의회>의 구성 & 운영을 정한다."),
    ("제2조", "정의", "① 용어의 뜻은 다음과 같다.\n1. 가\n2. 나"),
    ("제3조", "", "- 삭제된 조문"),
]


def form(kind: Format, passages=PASSAGES, **changes) -> io.BytesIO:
    to = io.BytesIO()
    said = {"title": "운영규정 제정안", "organisation": "가나협회", "submitter": "홍길동", "deadline": "2023. 9. 20."}
    blank_form(kind, passages=passages, to=to, **{**said, **changes})
    to.seek(0)
    return to


def read_back(kind: Format, **changes) -> Sheet:
    return read(form(kind, **changes), f"form{kind.extension}")


@pytest.mark.parametrize("kind", FILLED_IN)
def test_a_form_is_read_back_as_it_was_made_out(kind: Format):
    sheet = read_back(kind)
    assert sheet.form is Form.CLAUSE
    assert [row.problems for row in sheet.rows] == [[], [], []]
    assert [row.values for row in sheet.rows] == [
        {
            Field.NUMBER: str(number),
            Field.ORGANISATION: "가나협회",
            Field.SUBMITTER: "홍길동",
            Field.PLACE: f"{place} {heading}".strip(),
            Field.CURRENT: text,
        }
        for number, (place, heading, text) in enumerate(PASSAGES, start=1)
    ]


@pytest.mark.parametrize("kind", FILLED_IN)
def test_an_iso_template_is_read_back_as_one(kind: Format):
    sheet = read_back(kind, iso=True, organisation="KR")
    assert sheet.form is Form.ISO
    assert [row.values for row in sheet.rows] == [
        {Field.ORGANISATION: "KR", Field.PLACE: f"{place} {heading}".strip()} for place, heading, _text in PASSAGES
    ]


def test_a_long_form_is_read_back_whole():
    passages = [(f"제{number}조", "제목", "본문") for number in range(1, 1101)]
    assert len(read_back(Format.HWPX, passages=passages).rows) == 1100


def test_kinds_of_opinion_are_chosen_from_a_list():
    with zipfile.ZipFile(form(Format.XLSX)) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    first, last, choices = re.search(
        r'<dataValidation type="list".*?sqref="E(\d+):E(\d+)"><formula1>(.*?)</formula1>', xml
    ).groups()
    assert choices == '"수정,삭제,신설,찬성,질의,일반"'
    assert int(last) - int(first) > 100
    assert f'<row r="{first}"' in xml
    assert "sheetProtection" not in xml


def test_a_form_says_how_to_fill_it_in_and_until_when():
    word = docx.Document(form(Format.DOCX))
    assert word.paragraphs[0].text == "운영규정 제정안"
    assert [row.cells[1].text for row in word.tables[0].rows] == ["가나협회", "홍길동", "2023. 9. 20."]


def test_a_pdf_is_no_form():
    with pytest.raises(ValueError, match="not read back"):
        form(Format.PDF)
