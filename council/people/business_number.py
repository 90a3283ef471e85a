"""사업자등록번호: ten digits, the last of which checks the others."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def normalised(text: str) -> str:
    """The digits alone, as stored."""
    return re.sub(r"[\s-]", "", text)


def formatted(digits: str) -> str:
    """Ten digits as people write them: 3-2-5."""
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


def check_digit(first_nine: str) -> int:
    """The tenth digit that belongs to the first nine.

    The ninth digit counts five times, and the tens of that product once more. Without the outer ``mod 10`` a valid
    number that ends in 0 would be refused.
    """
    digits = [int(digit) for digit in first_nine]
    total = sum(digit * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) + digits[8] * 5 // 10
    return (10 - total % 10) % 10


def validate_business_number(text: str) -> None:
    """Refuse what cannot be a business registration number. That one exists is for the tax office to say.

    Raises:
        ValidationError: Not ten digits, all zeros (whose sum would pass), or a wrong check digit.
    """
    digits = normalised(text)
    if not re.fullmatch(r"\d{10}", digits, re.ASCII):
        raise ValidationError(_("A business registration number has ten digits, e.g. 124-81-00998."))
    if digits == "0" * 10:
        raise ValidationError(_("000-00-00000 is not a business registration number."))
    if check_digit(digits[:9]) != int(digits[9]):
        raise ValidationError(_("The last digit does not fit the others; please check the number for a typing error."))
