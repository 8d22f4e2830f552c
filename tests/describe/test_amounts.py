from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.describe.amounts import amount, is_cut_off


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234", "1234"),
        ("1234.5", "1234.5"),
        ("1234,50", "1234.50"),
        ("1,5", "1.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567,8", "1234567.8"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234.567", "1234.567"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1\u2019234.50", "1234.50"),
        ("1 234", "1234"),
        ("1234,567", "1234.567"),
        ("0,234", "0.234"),
        ("-19,99", "-19.99"),
        ("-1.234,56", "-1234.56"),
        ("+5", "5"),
        (" 5.00 ", "5.00"),
        ("007", "7"),
    ],
)
def test_an_amount_is_read_as_it_is_meant(text: str, value: str) -> None:
    assert amount(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,234", "1.234", "12.345", "999,000", "-1,234"])
def test_what_may_be_thousands_or_a_fraction_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="thousands or a fraction"):
        amount(text)


NO_AMOUNTS = [
    "", " ", "x", "1.", ",5", "1.2.3", "1.234.56", "1.23,456.7", "12,34,567", "1,234,56", "1e5",
    "1 23", "1.234 567", "0x10", "NaN", "\u0661\u0662", "5 EUR", "--5", "1,234.567.890",
    "0.234.567",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_what_is_no_amount_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="is no amount such as"):
        amount(text)


@given(st.decimals(min_value=1000, max_value=10**9, places=2))
def test_an_amount_with_cents_survives_being_written_in_german_and_in_english(
    value: Decimal,
) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))

    assert amount(english) == amount(german) == value


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("1.234,56", "234,56"),
        ("1234,56", "1234"),
        ("1234,56", "1234,5"),
        ("1234,56", "34,56"),
        ("1'234.50", "234.50"),
        ("R-1.234,56.pdf", "1.23"),
    ],
)
def test_a_piece_of_a_number_is_cut_off(text: str, piece: str) -> None:
    start = text.index(piece)

    assert is_cut_off(text, start, start + len(piece))


@pytest.mark.parametrize(
    "text", ["{}", "R17_{}_EUR", "R17-{}.pdf", "17 {} (2)", "EUR{}EUR", "R.{}, 17"]
)
def test_a_number_of_its_own_is_not_cut_off(text: str) -> None:
    start = text.index("{}")

    assert not is_cut_off(text.format("1.234,56"), start, start + len("1.234,56"))
