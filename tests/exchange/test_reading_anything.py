"""Whatever bytes come under whatever name: a table, or a refusal that says why; never another error."""

import io
from contextlib import suppress

from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from council.exchange.reading import ENCODINGS, read
from tests.exchange import files

WHOLE = {
    "a.csv": files.as_csv(),
    "b.csv": files.as_csv(encoding="cp949"),
    "a.xlsx": files.as_xlsx(),
    "a.docx": files.as_docx(),
    "a.hwpx": files.as_hwpx(),
}
SPOKEN = [
    ("a.xlsx", "xl/worksheets/sheet1.xml"),
    ("a.xlsx", "xl/workbook.xml"),
    ("a.xlsx", "xl/styles.xml"),
    ("a.xlsx", "xl/sharedStrings.xml"),
    ("a.xlsx", "[Content_Types].xml"),
    ("a.xlsx", "_rels/.rels"),
    ("a.docx", "word/document.xml"),
    ("a.hwpx", "Contents/section0.xml"),
]
names = st.sampled_from([*WHOLE, "a", "a.hwp", "a.xlsm", "", "../a.xlsx", "a.\ud800"])
encodings = st.sampled_from([None, *ENCODINGS])
often = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def read_or_refuse(data: bytes, name: str, encoding: str | None) -> None:
    with suppress(ValidationError):
        sheet = read(io.BytesIO(data), name, encoding=encoding)
        assert "\0" not in "".join(text for row in sheet.rows for text in row.values.values())


@st.composite
def mutated(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file with bytes exchanged, taken out and put in, and perhaps cut short."""
    data = bytearray(whole)
    for _change in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        data[start : start + draw(st.integers(0, 8))] = draw(st.binary(max_size=8))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@often
@given(data=st.binary(max_size=2_000), name=names, encoding=encodings)
def test_any_bytes(data: bytes, name: str, encoding: str | None):
    read_or_refuse(data, name, encoding)


@often
@given(text=st.text(max_size=500), name=names, encoding=encodings)
def test_any_text_below_a_header(text: str, name: str, encoding: str | None):
    data = ",".join(files.HEADER) + "\n" + text
    read_or_refuse(data.encode("utf-8", "surrogatepass"), name, encoding)


@often
@given(data=st.data(), name=st.sampled_from(list(WHOLE)), encoding=encodings)
def test_a_file_with_bytes_exchanged(data: st.DataObject, name: str, encoding: str | None):
    read_or_refuse(data.draw(mutated(WHOLE[name])), name, encoding)


@often
@given(data=st.data(), spoken=st.sampled_from(SPOKEN))
def test_a_package_whose_parts_say_something_else(data: st.DataObject, spoken: tuple[str, str]):
    name, part = spoken
    content = data.draw(mutated(files.parts_of(WHOLE[name])[part]))
    read_or_refuse(files.repacked(WHOLE[name], {part: content}), name, None)


@often
@given(
    attribute=st.sampled_from(['r="', 's="', 't="', "<v>", 'ref="', 'numFmtId="', 'r:id="', 'Target="', 'name="']),
    value=st.one_of(st.integers(), st.floats()).map(str) | st.text("A1:é-_. e/", max_size=8),
)
def test_a_workbook_whose_numbers_are_none(attribute: str, value: str):
    changed = {
        name: content.replace(attribute.encode(), f"{attribute}{value}".encode())
        for name, content in files.parts_of(WHOLE["a.xlsx"]).items()
        if name.endswith((".xml", ".rels"))
    }
    read_or_refuse(files.repacked(WHOLE["a.xlsx"], changed), "a.xlsx", None)
