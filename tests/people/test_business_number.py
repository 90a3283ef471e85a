"""사업자등록번호."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from council.people.business_number import check_digit, formatted, normalised, validate_business_number


@pytest.mark.parametrize("number", ["124-81-00998", "220-81-62517", "120-81-47521", "101-81-09147", "1248100998"])
def test_a_number_whose_last_digit_fits_passes(number: str):
    validate_business_number(number)


@pytest.mark.parametrize("number", ["123-45-67890", "124-81-00997"])
def test_a_typing_error_is_named(number: str):
    with translation.override("en"), pytest.raises(ValidationError, match="typing error"):
        validate_business_number(number)


@pytest.mark.parametrize("number", ["", "124-81", "124-81-009981", "124-81-0099A", "１２４８１００９９８"])
def test_what_is_not_ten_digits_is_refused(number: str):
    with pytest.raises(ValidationError):
        validate_business_number(number)


def test_all_zeros_would_pass_the_sum_and_is_refused():
    assert check_digit("0" * 9) == 0
    with pytest.raises(ValidationError):
        validate_business_number("000-00-00000")


def test_a_valid_number_may_end_in_zero():
    ending_in_zero = next(f"{n:09}0" for n in range(123456780, 123456900) if check_digit(f"{n:09}") == 0)
    validate_business_number(ending_in_zero)


def test_it_is_stored_as_digits_and_shown_with_hyphens():
    assert normalised(" 124-81-00998 ") == "1248100998"
    assert formatted("1248100998") == "124-81-00998"
