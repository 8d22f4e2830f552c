"""What Kanbert's answers may look like, and what of them is indispensable."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from ingestd.kanbert.received import Booking, DuplicateCheck, Invoice, Page


def test_an_invoice_needs_nothing_but_an_id() -> None:
    invoice = Invoice.model_validate({"id": "aB3"})

    assert (invoice.id, invoice.sum_gross, invoice.vats, invoice.bookings) == ("aB3", None, (), ())


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": None}, [], None, "aB3"])
def test_without_an_id_it_is_no_invoice(body: object) -> None:
    with pytest.raises(ValidationError):
        Invoice.model_validate(body)


def test_money_keeps_every_digit() -> None:
    text = '{"id": "a", "sum_net": 0.1, "sum_tax": 100000000.10, "sum_gross": 100}'

    invoice = Invoice.model_validate(json.loads(text, parse_float=Decimal))

    assert invoice.sum_net == Decimal("0.1")
    assert str(invoice.sum_tax) == "100000000.10"
    assert invoice.sum_gross == Decimal(100)


def test_unknown_fields_and_unknown_enum_values_are_kept() -> None:
    invoice = Invoice.model_validate({"id": "a", "type": "Pro forma", "status": "held", "new": [1]})

    assert (invoice.type, invoice.status) == ("Pro forma", "held")
    assert invoice.model_extra == {"new": [1]}


def test_odd_fields_do_not_hide_an_invoice() -> None:
    odd = {"vats": None, "supplier": {"name": "no id"}, "bookings": "x", "created_at": "yesterday"}

    invoice = Invoice.model_validate({"id": "a", **odd})

    assert (invoice.vats, invoice.supplier, invoice.bookings) == ((), None, ())
    assert invoice.created_at is None


def test_times_without_an_offset_are_utc() -> None:
    invoice = Invoice.model_validate({"id": "a", "created_at": "2024-01-16", "due_date": None})

    assert invoice.created_at == datetime(2024, 1, 16, tzinfo=UTC)


def test_booked_at_is_taken_as_it_is_written() -> None:
    check = {"exists": True, "duplicates": [{"id": "a", "booked_at": "last Tuesday"}]}

    assert DuplicateCheck.model_validate(check).duplicates[0].booked_at == "last Tuesday"


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (DuplicateCheck, {}),
        (DuplicateCheck, {"exists": "false", "duplicates": []}),
        (DuplicateCheck, {"exists": 0, "duplicates": []}),
        (DuplicateCheck, {"exists": None, "duplicates": []}),
        (DuplicateCheck, {"exists": False}),
        (DuplicateCheck, {"exists": False, "duplicates": None}),
        (DuplicateCheck, {"exists": False, "duplicates": {}}),
        (DuplicateCheck, {"exists": True, "duplicates": [{}]}),
        (Page, {}),
        (Page, {"data": {"id": "a"}}),
        (Page, {"data": [{}]}),
        (Page, {"data": [], "meta": {"next_cursor": {}}}),
        (Booking, {"value": 1}),
    ],
)
def test_what_must_be_there_is_required(model: type[BaseModel], body: Any) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(body)


@pytest.mark.parametrize(
    ("exists", "duplicates", "known"),
    [
        (False, [], False),
        (True, [{"id": "a"}], True),
        (True, [], True),
        (False, [{"id": "a"}], True),
    ],
)
def test_a_content_is_absent_only_when_everything_says_so(
    exists: bool, duplicates: list[dict[str, str]], known: bool
) -> None:
    check = DuplicateCheck.model_validate({"exists": exists, "duplicates": duplicates})

    assert check.known is known


def test_an_empty_cursor_is_no_last_page() -> None:
    with pytest.raises(ValidationError):
        Page.model_validate({"data": [], "meta": {"next_cursor": ""}})
