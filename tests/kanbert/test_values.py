"""How single values are read and written."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import PydanticCustomError

from ingestd.kanbert.values import (
    OpaqueId,
    ReadAmount,
    ReadInt,
    ReadMoment,
    ReadText,
    amount,
    iso,
    moment,
    plain,
    text,
)

VIENNA = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("given_as", "read"),
    [
        (Decimal("0.1"), Decimal("0.1")),
        (0.1, Decimal("0.1")),
        (100000000.10, Decimal("100000000.1")),
        ("100000000.10", Decimal("100000000.10")),
        (" 12 ", Decimal(12)),
        (7, Decimal(7)),
        (-7, Decimal(-7)),
        ("1e2", Decimal("1e2")),
    ],
)
def test_an_amount_is_read_exactly(given_as: object, read: Decimal) -> None:
    assert amount(given_as) == read
    assert amount(given_as).as_tuple() == read.as_tuple()


@pytest.mark.parametrize(
    "no_amount",
    [
        True,
        None,
        "",
        "1,5",
        "1_000",
        "٣",
        "NaN",
        "Infinity",
        "1e400",
        "1e-400",
        "1" * 5000,
        float("nan"),
        float("inf"),
        1e300,
        10**4000,
        Decimal("NaN"),
        Decimal("-Infinity"),
        Decimal("1e15"),
        Decimal("1e-13"),
        [1],
    ],
)
def test_what_is_no_amount_is_refused(no_amount: object) -> None:
    with pytest.raises(PydanticCustomError, match="must be"):
        amount(no_amount)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9
    )
)
def test_an_amount_survives_writing_and_reading(number: Decimal) -> None:
    assert amount(plain(number)) == number


@pytest.mark.parametrize(
    ("number", "written"),
    [("1E+2", "100"), ("1E-7", "0.0000001"), ("10.00", "10.00"), ("-0.5", "-0.5")],
)
def test_a_number_is_written_without_an_exponent(number: str, written: str) -> None:
    assert plain(Decimal(number)) == written


@pytest.mark.parametrize(
    ("given_as", "written"),
    [
        (date(2024, 1, 15), "2024-01-15T00:00:00Z"),
        ("2024-01-15", "2024-01-15T00:00:00Z"),
        (datetime(2024, 1, 15, 8, 30), "2024-01-15T08:30:00Z"),  # noqa: DTZ001 - the case
        ("2024-01-15T08:30:00.000000Z", "2024-01-15T08:30:00Z"),
        ("2024-01-15T08:30:00+01:00", "2024-01-15T08:30:00+01:00"),
        (datetime(2024, 1, 15, tzinfo=UTC), "2024-01-15T00:00:00Z"),
        (datetime(2024, 1, 15, tzinfo=VIENNA), "2024-01-15T00:00:00+01:00"),
    ],
)
def test_a_moment_is_aware_and_utc_unless_it_says_otherwise(given_as: object, written: str) -> None:
    assert iso(moment(given_as)) == written


@pytest.mark.parametrize(
    "no_moment", [20240115, 1.5, True, "15.01.2024", "", "soon", time(8), None]
)
def test_what_is_no_moment_is_refused(no_moment: object) -> None:
    with pytest.raises(PydanticCustomError, match="must be a date such as"):
        moment(no_moment)


def test_a_whole_number_passes_for_a_text() -> None:
    assert text(1017) == "1017"


def test_a_number_with_a_fraction_does_not_pass_for_a_text() -> None:
    with pytest.raises(PydanticCustomError, match=r'put it in quotes, such as "1.5"'):
        text(1.5)


@pytest.mark.parametrize(
    ("kind", "received", "read"),
    [
        (ReadAmount, "120.00", Decimal("120.00")),
        (ReadAmount, Decimal("1e999999"), None),
        (ReadAmount, Decimal("1e9999999"), None),
        (ReadAmount, Decimal("-1e9999999"), None),
        (ReadInt, Decimal("1e999999"), None),
        (ReadInt, 10**18, None),
        (ReadInt, 30, 30),
        (ReadAmount, True, None),
        (ReadAmount, {}, None),
        (ReadMoment, "0000-00-00", None),
        (ReadMoment, 3, None),
        (ReadText, 17, "17"),
        (ReadText, ["x"], None),
        (ReadText, "\ud800", None),
    ],
)
def test_what_kanbert_sends_and_cannot_be_read_is_none(
    kind: Any, received: object, read: object
) -> None:
    assert TypeAdapter(kind).validate_python(received) == read


@pytest.mark.parametrize(
    ("received", "read"),
    [("aB3", "aB3"), (17, "17"), ("a/b", "a/b"), ("../x", "../x"), ("a" * 255, "a" * 255)],
)
def test_an_id_is_opaque(received: object, read: str) -> None:
    assert TypeAdapter(OpaqueId).validate_python(received) == read


@pytest.mark.parametrize(
    "no_id",
    ["", None, True, 1.5, {}, [], "\ud800", ".", "..", "a" * 256, 10**300]
    + [f"a{control}b" for control in ("\n", "\r", "\0", "\x1b", "\x9b", "\u2028", "\u202e")],
)
def test_what_cannot_be_an_id_is_refused(no_id: object) -> None:
    with pytest.raises(ValueError, match="1 validation error"):
        TypeAdapter(OpaqueId).validate_python(no_id)
