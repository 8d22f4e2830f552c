"""From a request's fields to what is stored: what was given wins, what is missing is worked out.

Totals that were not given follow from what was: tax is the sum of the VAT lines. A file that was
not preprocessed is "read" (`reading`), which fills every gap that is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from ingestd.sandbox.reading import Reading, read_document
from ingestd.sandbox.records import NewBooking, NewInvoice, VatLine
from ingestd.sandbox.upload import Upload

Fields = Mapping[str, Any]

_COLUMNS: Final = {"net_value": "sum_net", "vat_value": "sum_tax"}
_EMPTY: Final = {"sum_net": 0, "sum_tax": 0, "vats": (), "tags": ()}
_UNTITLED: Final = "Untitled"


def draft(fields: Fields) -> tuple[NewInvoice, Sequence[NewBooking]]:
    """Return the invoice, and the bookings, that a create request asks for."""
    given = {name: value for name, value in fields.items() if value is not None}
    upload: Upload | None = given.pop("file", None)
    preprocessed = given.pop("file_was_preprocessed", False)
    columns = {_COLUMNS.get(name, name): value for name, value in given.items()} | _of_file(upload)
    bookings: list[NewBooking] = []
    if upload is not None and not preprocessed:
        reading = read_document(upload.sha256)
        columns = _filled_in(columns, reading)
        bookings = [_booking(columns, reading)]
    columns.setdefault("sum_tax", _tax_of(columns.get("vats", ())))
    columns.setdefault("title", PurePath(upload.filename).stem if upload else _UNTITLED)
    return NewInvoice(**columns), bookings


def changes(fields: Fields) -> dict[str, Any]:
    """Return the columns that an update request changes; null clears one."""
    columns = {_COLUMNS.get(name, name): value for name, value in fields.items()}
    if "vats" in columns:
        columns.setdefault("sum_tax", _tax_of(columns["vats"] or ()))
    return {name: _EMPTY.get(name) if value is None else value for name, value in columns.items()}


def _of_file(upload: Upload | None) -> dict[str, Any]:
    if upload is None:
        return {}
    return {
        "md5": upload.md5,
        "sha256": upload.sha256,
        "size": upload.size,
        "filename": upload.filename,
    }


def _filled_in(columns: Fields, reading: Reading) -> dict[str, Any]:
    """Return the columns with their gaps filled, so that the sums agree with each other."""
    net = columns.get("sum_net", reading.net)
    read_tax = _tax_of(columns["vats"]) if "vats" in columns else reading.tax_on(net)
    tax = columns.get("sum_tax", read_tax)
    read = {
        "title": reading.title,
        "supplier_id": reading.supplier_id,
        "invoice_number": reading.invoice_number,
        "date_of_invoice": reading.date_of_invoice,
        "due_date": reading.due_date,
        "vats": (VatLine(reading.rate, tax),),
    }
    return read | dict(columns) | {"sum_net": net, "sum_tax": tax}


def _booking(columns: Fields, reading: Reading) -> NewBooking:
    return NewBooking(
        title=columns["title"],
        value=columns["sum_net"],
        chart_of_account_id=reading.chart_of_account_id,
    )


def _tax_of(vats: Sequence[VatLine]) -> int:
    return sum(line.value for line in vats)
