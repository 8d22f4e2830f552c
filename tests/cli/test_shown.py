"""What Kanbert answers, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ingestd.cli.shown import dumped, facts, invoice_row, print_facts, shown
from ingestd.kanbert import Booking, Invoice


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (Decimal(120), "120.00"),
        (Decimal("0.5"), "0.50"),
        (Decimal("1E+2"), "100.00"),
        (Decimal("1.2345"), "1.2345"),
        (datetime(2024, 1, 15, tzinfo=UTC), "2024-01-15"),
        (datetime(2024, 1, 15, 8, 30, tzinfo=UTC), "2024-01-15 08:30 UTC"),
        (True, "yes"),
        (False, "no"),
        (["a", "b"], "a, b"),
        ({"2024": Decimal(5)}, "2024: 5.00"),
        ("a\x1b[2Jb\nc", r"a\x1b[2Jb\nc"),
        ({"a\x1b": "b\x1b"}, r"a\x1b: b\x1b"),
    ],
)
def test_values_are_shown_in_one_harmless_line(value: object, text: str) -> None:
    assert shown(value) == text


def invoice(**fields: Any) -> Invoice:
    return Invoice.model_validate({"id": "a", **fields})


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        (
            {
                "invoice_number": "R-1",
                "title": "Paper",
                "date_of_invoice": "2024-01-15T10:00:00Z",
                "sum_gross": 120,
                "status": "open",
                "supplier": {"id": "s1", "name": "Acme"},
            },
            ["a", "R-1", "Paper", "2024-01-15", "120.00", "open", "Acme"],
        ),
        ({"supplier": {"id": "s1"}}, ["a", "", "", "", "", "", "s1"]),
        ({}, ["a", "", "", "", "", "", ""]),
    ],
)
def test_an_invoice_is_a_row(fields: dict[str, Any], row: list[str]) -> None:
    assert invoice_row(invoice(**fields)) == row


def test_everything_that_has_a_value_is_a_fact_known_or_not() -> None:
    found = invoice(
        title="Paper",
        notes=None,
        vats=[{"vat": 7.5, "value": 3}, {"vat": 20, "value": 40}],
        supplier={"id": "s1", "name": "Acme"},
        editor={"id": "u1", "first_name": "Ann", "last_name": "Bee"},
        bookings=[{"id": "b"}],
        urgency="high",
    )

    assert list(facts(found, without=("bookings",))) == [
        ("id", "a"),
        ("title", "Paper"),
        ("vats", "7.50 %: 3.00, 20 %: 40.00"),
        ("supplier", "Acme (s1)"),
        ("editor", "Ann Bee (u1)"),
        ("urgency", "high"),
    ]


def test_notes_keep_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts(facts(invoice(notes="one\ntw\x1bo")))

    assert capsys.readouterr().out.splitlines() == ["id     a", "notes  one", r"       tw\x1bo"]


def test_for_scripts_it_is_what_kanbert_said_and_no_more() -> None:
    found = Booking.model_validate({"id": "b", "value": 1, "urgency": "high", "title": None})

    assert dumped(found) == {"id": "b", "value": 1, "urgency": "high", "title": None}
