from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestd.sandbox.money import decimal_of, hundredths, plain

_LARGEST = 99_999_999_999_999


@settings(deadline=None)
@given(st.integers(-_LARGEST, _LARGEST))
def test_an_amount_is_printed_as_it_is_and_read_back_the_same(amount: int) -> None:
    printed = repr(plain(amount))

    assert Decimal(printed) == Decimal(amount).scaleb(-2)
    assert hundredths(Decimal(printed)) == amount


@pytest.mark.parametrize(
    ("text", "amount"), [("1.005", 101), ("-1.005", -101), ("1e2", 10_000), (".5", 50), ("5.", 500)]
)
def test_numbers_are_rounded_half_up_to_hundredths(text: str, amount: int) -> None:
    number = decimal_of(text)

    assert number is not None
    assert hundredths(number) == amount


@pytest.mark.parametrize(
    "value", ["", "1,5", "0x1", "\N{ARABIC-INDIC DIGIT ONE}", "inf", "1e9999", True, None, 1.5, [1]]
)
def test_what_is_no_exact_number_is_none(value: object) -> None:
    assert decimal_of(value) is None
