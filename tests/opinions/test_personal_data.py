"""Personal data in free text."""

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.core import clock
from council.opinions.personal_data import Found, Kind, find, mask

steady = settings(derandomize=True, deadline=None)


@pytest.fixture(autouse=True)
def _in_the_year_of_the_demo() -> Iterator[None]:
    with clock.at(dt.datetime(2023, 10, 4, tzinfo=dt.UTC)):
        yield


PERSONAL = [
    (Kind.RESIDENT_NUMBER, "900101-1234567", "900101-*******"),
    (Kind.RESIDENT_NUMBER, "9001011234567", "900101*******"),
    (Kind.RESIDENT_NUMBER, "900101 1234567", "900101 *******"),
    (Kind.RESIDENT_NUMBER, "900101 – 1234567", "900101 – *******"),
    (Kind.RESIDENT_NUMBER, "９００１０１－１２３４５６７", "９００１０１－*******"),
    (Kind.RESIDENT_NUMBER, "850515-5123456", "850515-*******"),
    (Kind.RESIDENT_NUMBER, "210229-3123456".replace("0229", "0228"), "210228-*******"),
    (Kind.RESIDENT_NUMBER, "000229-4123456", "000229-*******"),
    (Kind.PHONE, "010-1234-5678", "010-****-5678"),
    (Kind.PHONE, "01012345678", "010****5678"),
    (Kind.PHONE, "010 1234 5678", "010 **** 5678"),
    (Kind.PHONE, "010.1234.5678", "010.****.5678"),
    (Kind.PHONE, "010‑1234‑5678", "010‑****‑5678"),
    (Kind.PHONE, "010·1234·5678", "010·****·5678"),
    (Kind.PHONE, "０１０－１２３４－５６７８", "０１０－****－５６７８"),
    (Kind.PHONE, "011-123-4567", "011-***-4567"),
    (Kind.PHONE, "02-123-4567", "02-***-4567"),
    (Kind.PHONE, "02)1234-5678", "02)****-5678"),
    (Kind.PHONE, "(055) 123-4567", "(055) ***-4567"),
    (Kind.PHONE, "031-1234-5678", "031-****-5678"),
    (Kind.PHONE, "070-1234-5678", "070-****-5678"),
    (Kind.PHONE, "0502-123-4567", "0502-***-4567"),
    (Kind.PHONE, "+82-10-1234-5678", "+82-10-****-5678"),
    (Kind.PHONE, "+82 (0)10 1234 5678", "+82 (0)10 **** 5678"),
    (Kind.PHONE, "+82 2 123 4567", "+82 2 *** 4567"),
    (Kind.PHONE, "82-10-1234-5678", "82-10-****-5678"),
    (Kind.EMAIL, "hong@example.com", "ho***@example.com"),
    (Kind.EMAIL, "gildong.hong+smart@mail.example.co.kr", "gi***@mail.example.co.kr"),
    (Kind.EMAIL, "h@example.com", "***@example.com"),
    (Kind.EMAIL, "01012345678@example.com", "01***@example.com"),
    (Kind.EMAIL, "hong＠example.com", "ho***＠example.com"),
    (Kind.CARD, "4111-1111-1111-1111", "4111-****-****-1111"),
    (Kind.CARD, "5555555555554444", "5555********4444"),
    (Kind.CARD, "3782 822463 10005", "3782 ****** *0005"),
    (Kind.PASSPORT, "M12345678", "M********"),
    (Kind.PASSPORT, "M123A4567", "M********"),
    (Kind.PASSPORT, "s12345678", "s********"),
]


@pytest.mark.parametrize(("kind", "text", "masked"), PERSONAL, ids=[text for _, text, _ in PERSONAL])
def test_personal_data_is_found_and_masked_in_the_middle_of_a_sentence(kind: Kind, text: str, masked: str):
    assert find(f"문의:{text}으로 주세요.") == [Found(kind, 3, 3 + len(text), text)]
    assert mask(f"문의:{text}으로 주세요.") == f"문의:{masked}으로 주세요."


@pytest.mark.parametrize(
    "text",
    [
        "사업자등록번호 124-81-00998",
        "사업자등록번호 1248100998",
        "법인등록번호 110111-3012345",
        "법인등록번호: 110111-1234567",
        "대표번호 1588-1234, 1577-0000",
        "무료 상담 080-123-4567",
        "예산 25,000백만원을 2,180억원으로",
        "총 218000000000원",
        "2023년 10월 4일, 2023-10-04, 2023.10.04., 20231004",
        "제15조제2항 및 제3조의2, 법률 제19181호",
        "도입기업 25,000개사 중 5,000개사(20.0%), 0.0212345",
        "접수번호 2023-0001-0234",
        "기간 2023.09.18~2023.10.04 09:00-18:00",
        "991332-1234567 은 날짜가 아니다",
        "230229-3123456 은 없는 날",
        "231005-3123456 은 아직 오지 않은 날",
        "900101-9234567",
        "4111-1111-1111-1112",
        "0000-0000-0000-0000",
        "12345678901234567890",
        "모델 AM12345678X, ISO/IEC 27001:2022",
        "@example.com, hong@, a@b",
        "1700000000000",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str):
    assert find(text) == []
    assert mask(text) == text


def test_several_pieces_come_in_order():
    text = "홍길동(010-1234-5678, hong@example.com), 팩스 02-123-4567"
    assert [found.kind for found in find(text)] == [Kind.PHONE, Kind.EMAIL, Kind.PHONE]
    assert mask(text) == "홍길동(010-****-5678, ho***@example.com), 팩스 02-***-4567"


def test_a_company_number_beside_a_persons_number_hides_only_the_persons():
    text = "법인등록번호 110111-3012345, 대표 주민등록번호 900101-1234567"
    assert mask(text) == "법인등록번호 110111-3012345, 대표 주민등록번호 900101-*******"


def test_every_kind_has_a_name():
    assert all(str(kind.label) for kind in Kind)


@pytest.mark.parametrize(
    "text",
    ["1" * 20_000, "0" * 20_000, "010-" * 5_000, "a" * 20_000, "a." * 10_000, "a@" * 10_000, "a@" + "a." * 10_000,
     "1 " * 10_000, "- . " * 5_000, "+82" * 7_000, "M1" * 10_000, "４" * 20_000, "900101-1234567 " * 1_300],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_hostile_text_takes_milliseconds(text: str):
    begun = time.process_time()
    mask(text)
    assert time.process_time() - begun < 0.5


PIECES = st.one_of(st.sampled_from([text for _, text, _ in PERSONAL]), st.text(alphabet="홍 가.\n,:(", max_size=6))


@steady
@given(st.lists(PIECES, max_size=8).map(" / ".join))
def test_what_is_masked_has_nothing_left_to_find(text: str):
    assert find(mask(text)) == []


@steady
@given(st.text(alphabet="0189-. +@aM·홍", max_size=60))
def test_nothing_outside_what_was_found_changes(text: str):
    found = find(text)
    assert all(one.text == text[one.start : one.end] for one in found)
    ends = [0, *(one.end for one in found)]
    kept = [text[end:start] for end, start in zip(ends, [*(one.start for one in found), len(text)], strict=True)]
    masked, place = mask(text), 0
    for piece in kept:
        place = masked.index(piece, place) + len(piece)
