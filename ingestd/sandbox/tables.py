"""The tables, and how a row becomes a record and a record a row."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, Final

from ingestd.sandbox.records import (
    NewBooking,
    NewInvoice,
    StoredBooking,
    StoredInvoice,
    VatLine,
)

# AUTOINCREMENT: a number is never given twice, so an id never comes to mean another invoice.
# external_id stays taken when an invoice was deleted: the row stays, with deleted_at set.
TABLES: Final = """
CREATE TABLE IF NOT EXISTS invoices (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    external_id TEXT UNIQUE,
    external_origin TEXT,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    payment_status TEXT NOT NULL,
    invoice_number TEXT,
    notes TEXT,
    sum_net INTEGER NOT NULL,
    sum_tax INTEGER NOT NULL,
    sum_gross INTEGER GENERATED ALWAYS AS (sum_net + sum_tax) VIRTUAL,
    vats TEXT NOT NULL,
    tags TEXT NOT NULL,
    supplier_id TEXT,
    payment_account_id TEXT,
    editor_id TEXT,
    date_of_invoice TEXT,
    due_date TEXT,
    date_of_start TEXT,
    date_of_end TEXT,
    md5 TEXT,
    sha256 TEXT,
    size INTEGER,
    filename TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT,
    booked_at TEXT,
    deleted_at TEXT
);
CREATE INDEX IF NOT EXISTS invoices_md5 ON invoices (md5);
CREATE TABLE IF NOT EXISTS bookings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    invoice_id TEXT NOT NULL REFERENCES invoices (id),
    type TEXT NOT NULL,
    title TEXT,
    value INTEGER NOT NULL,
    chart_of_account_id TEXT,
    position_id TEXT,
    project_id TEXT,
    client_id TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT
);
CREATE INDEX IF NOT EXISTS bookings_invoice ON bookings (invoice_id);
"""

INVOICE_COLUMNS: Final = tuple(field.name for field in fields(StoredInvoice))
BOOKING_COLUMNS: Final = tuple(field.name for field in fields(StoredBooking))

_JSON_COLUMNS = ("vats", "tags")


def row_of(record: NewInvoice | NewBooking) -> dict[str, Any]:
    """Return a record's columns, as they are written."""
    return written(vars(record))


def written(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns with their arrays turned into JSON."""
    return {
        name: json.dumps(value) if name in _JSON_COLUMNS else value
        for name, value in columns.items()
    }


def invoice_of(row: tuple[Any, ...]) -> StoredInvoice:
    """Return the invoice of a row that was selected as `INVOICE_COLUMNS`."""
    columns = dict(zip(INVOICE_COLUMNS, row, strict=True))
    columns["vats"] = tuple(VatLine(*line) for line in json.loads(columns["vats"]))
    columns["tags"] = tuple(json.loads(columns["tags"]))
    return StoredInvoice(**columns)


def booking_of(row: tuple[Any, ...]) -> StoredBooking:
    """Return the booking of a row that was selected as `BOOKING_COLUMNS`."""
    return StoredBooking(**dict(zip(BOOKING_COLUMNS, row, strict=True)))
