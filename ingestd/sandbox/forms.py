"""The fields of the four requests that have a body."""

from __future__ import annotations

from typing import Final

from ingestd.sandbox.arrays import File, Texts, VatLines
from ingestd.sandbox.rules import Choice, Flag, Form, Known, Moment, Number, Text
from ingestd.sandbox.seeds import CHART_OF_ACCOUNTS, PAYMENT_ACCOUNTS, SUPPLIERS, USERS

TYPES: Final = ("Invoice", "Credit")
PAYMENT_STATUSES: Final = ("open", "paid", "partial")

_DATES_SUMS_AND_PARTIES: Form = {
    "date_of_invoice": Moment(),
    "due_date": Moment(),
    "date_of_start": Moment(),
    "date_of_end": Moment(),
    "net_value": Number(),
    "vat_value": Number(),
    "supplier_id": Known(among=SUPPLIERS),
    "editor_id": Known(among=USERS),
    "payment_account_id": Known(among=PAYMENT_ACCOUNTS),
}

CREATE: Form = {
    "external_id": Text(longest=255),
    "external_origin": Text(longest=255, nullable=False),
    "title": Text(longest=255),
    "type": Choice(among=TYPES),
    "invoice_number": Text(longest=255),
    "notes": Text(longest=10_000),
    **_DATES_SUMS_AND_PARTIES,
    "file_was_preprocessed": Flag(),
    "file": File(nullable=False),
    "tags": Texts(or_one=True),
    "vats": VatLines(),
}

UPDATE: Form = {
    "title": Text(longest=255, nullable=False),
    "type": Choice(among=TYPES, nullable=False),
    "invoice_number": Text(longest=255),
    "notes": Text(longest=10_000),
    "status": Choice(among=("open", "ready_for_accounting"), nullable=False),
    "payment_status": Choice(among=PAYMENT_STATUSES, nullable=False),
    **_DATES_SUMS_AND_PARTIES,
    "tags": Texts(),
    "vats": VatLines(),
}

CHECK: Form = {
    "hash": Text(exactly=32, nullable=False),
    "file": File(nullable=False, limit_documented=False),
}

UPDATE_BOOKING: Form = {
    "value": Number(nullable=False),
    "title": Text(longest=255),
    "type": Choice(
        among=("account", "reference", "account_staff", "account_other"), nullable=False
    ),
    "chart_of_account_id": Known(among=CHART_OF_ACCOUNTS),
    "position_id": Text(),
    "project_id": Text(),
    "client_id": Text(),
}
