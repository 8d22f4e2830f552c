"""What may be sent to Kanbert, as settings and sidecar files give it."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from ingestd.kanbert import CreateInvoice, UpdateBooking, UpdateInvoice


def test_toml_values_make_a_create_request() -> None:
    fields = tomllib.loads("""
        title = "Paper"
        type = "Credit"
        invoice_number = 1017
        date_of_invoice = 2024-01-15
        due_date = 2024-02-14T00:00:00+01:00
        net_value = 100.10
        vat_value = 20
        file_was_preprocessed = true
        tags = ["scanner", 7]
        vats = [{ vat = 20, value = 20.02 }]
    """)

    invoice = CreateInvoice.model_validate(fields)

    assert invoice.invoice_number == "1017"
    assert invoice.net_value == Decimal("100.10")
    assert invoice.tags == ["scanner", "7"]
    assert invoice.vats is not None
    assert invoice.vats[0].value == Decimal("20.02")
    assert invoice.date_of_invoice is not None
    assert invoice.date_of_invoice.isoformat() == "2024-01-15T00:00:00+00:00"


@pytest.mark.parametrize(
    ("fields", "where", "says"),
    [
        ({"titel": "x"}, ("titel",), "Extra inputs are not permitted"),
        ({"title": "x" * 256}, ("title",), "at most 255 characters"),
        ({"notes": "x" * 10_001}, ("notes",), "at most 10000 characters"),
        ({"external_id": "x" * 256}, ("external_id",), "at most 255 characters"),
        ({"type": "invoice"}, ("type",), "'Invoice' or 'Credit'"),
        ({"net_value": "1,5"}, ("net_value",), "must be a number such as 1234.56"),
        ({"due_date": "15.1.2024"}, ("due_date",), "must be a date such as 2024-01-15"),
        ({"invoice_number": 1.5}, ("invoice_number",), "put it in quotes"),
        ({"title": "Rechnung \udce4.pdf"}, ("title",), "without broken characters"),
        ({"notes": "a\0b"}, ("notes",), "without control characters (U+0000)"),
        ({"tags": ["a\x7f"]}, ("tags", 0), "without control characters (U+007F)"),
        ({"tags": "scanner"}, ("tags",), "valid list"),
        ({"vats": [{"vat": 20}]}, ("vats", 0, "value"), "Field required"),
        ({"vats": [{"vat": 20, "value": 1, "x": 1}]}, ("vats", 0, "x"), "Extra inputs"),
        ({"file_was_preprocessed": "perhaps"}, ("file_was_preprocessed",), "valid boolean"),
        ({"external_origin": None}, ("external_origin",), "valid string"),
    ],
)
def test_a_wrong_field_is_named_and_explained(
    fields: dict[str, Any], where: tuple[object, ...], says: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        CreateInvoice.model_validate(fields)

    (error,) = refused.value.errors()
    assert error["loc"] == where
    assert says in error["msg"]


def test_limits_count_characters_not_bytes() -> None:
    assert CreateInvoice(title="ä" * 255).title == "ä" * 255


def test_only_fields_that_were_set_are_sent() -> None:
    assert UpdateInvoice(title="Paper", notes=None).changes() == {"title": "Paper", "notes": None}
    assert CreateInvoice().changes() == {}


@pytest.mark.parametrize("field", ["title", "type", "status", "payment_status"])
def test_what_cannot_be_cleared_is_refused(field: str) -> None:
    with pytest.raises(ValidationError):
        UpdateInvoice.model_validate({field: None})


def test_a_booking_is_not_set_to_booked_by_an_update() -> None:
    with pytest.raises(ValidationError):
        UpdateInvoice.model_validate({"status": "booked"})


def test_a_booking_takes_its_documented_types_only() -> None:
    assert UpdateBooking(type="reference", value=Decimal(3)).changes() == {
        "type": "reference",
        "value": Decimal(3),
    }
    with pytest.raises(ValidationError):
        UpdateBooking.model_validate({"type": "discount"})
