"""An invoice and its bookings, as the store keeps them. Amounts are in hundredths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ingestd.sandbox.seeds import INTEGRATION


class VatLine(NamedTuple):
    """The VAT of one rate: the rate in hundredths of a percent, the amount in hundredths."""

    rate: int
    value: int


@dataclass(frozen=True, kw_only=True)
class NewInvoice:
    """What an invoice is created with. Of its file, only hashes, size and name are kept."""

    external_id: str | None = None
    external_origin: str | None = INTEGRATION
    type: str = "Invoice"
    title: str = ""
    status: str = "open"
    payment_status: str = "open"
    invoice_number: str | None = None
    notes: str | None = None
    sum_net: int = 0
    sum_tax: int = 0
    vats: tuple[VatLine, ...] = ()
    tags: tuple[str, ...] = ()
    supplier_id: str | None = None
    payment_account_id: str | None = None
    editor_id: str | None = None
    date_of_invoice: str | None = None
    due_date: str | None = None
    date_of_start: str | None = None
    date_of_end: str | None = None
    md5: str | None = None
    sha256: str | None = None
    size: int | None = None
    filename: str | None = None

    @property
    def sum_gross(self) -> int:
        """Net and tax together."""
        return self.sum_net + self.sum_tax


@dataclass(frozen=True, kw_only=True)
class StoredInvoice(NewInvoice):
    """An invoice in the store; `number` is its place in the order of arrival."""

    number: int
    id: str
    created_at: str
    updated_at: str | None = None
    booked_at: str | None = None
    deleted_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewBooking:
    """One chart-of-accounts booking of an invoice."""

    type: str = "account"
    title: str | None = None
    value: int = 0
    chart_of_account_id: str | None = None
    position_id: str | None = None
    project_id: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class StoredBooking(NewBooking):
    """A booking in the store."""

    number: int
    id: str
    invoice_id: str
    created_at: str
    updated_at: str | None = None
