"""What is answered, and what the schema says is answered: the same classes.

A field with a default may be absent, every other is always there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, WithJsonSchema

Amount = Annotated[int | float, WithJsonSchema({"type": "number"})]
DateTime = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class IncomingInvoiceType(StrEnum):
    """Invoice is an ordinary incoming invoice, Credit a credit note."""

    INVOICE = "Invoice"
    CREDIT = "Credit"


class UserType(StrEnum):
    """Kinds of users."""

    USER = "user"
    GUEST = "guest"
    TAX_ADVISOR = "tax_advisor"
    INTEGRATION = "integration"


class CostCenterType(StrEnum):
    """Kinds of accounts in the chart of accounts."""

    ACCOUNTS = "accounts"
    DISCOUNT = "discount"
    SUPPLIER_DISCOUNT = "supplier_discount"


class IncomingInvoiceVatData(BaseModel):
    """The VAT of one rate, which is in percent."""

    vat: Amount
    value: Amount


class SupplierData(BaseModel):
    """Who sent the invoice."""

    id: str
    name: str


class IncomingInvoicePaymentAccountData(BaseModel):
    """The account it is paid from."""

    id: str
    title: str


class SpaceData(BaseModel):
    """The space a user belongs to."""

    id: str
    name: str


class UserData(BaseModel):
    """A user of the account."""

    id: str
    first_name: str
    last_name: str
    email: str
    type: UserType
    space: SpaceData


class IncomingInvoicePaymentData(BaseModel):
    """A payment; the page does not show its fields."""


class PositionData(BaseModel):
    """A position; the page does not show its fields."""


class ChartOfAccountData(BaseModel):
    """An account of the chart of accounts; budgets are amounts under free keys."""

    id: str
    type: CostCenterType | None
    code: str | None
    title: str | None
    description: str | None
    priority: str | None
    budgets: dict[str, Amount] | None
    start_date: DateTime | None
    end_date: DateTime | None
    created_at: DateTime
    updated_at: DateTime | None
    positions: list[PositionData] | dict[str, object] = Field(default_factory=list)


class OutgoingInvoiceReferenceData(BaseModel):
    """An outgoing invoice that a booking refers to."""

    id: str
    invoice_number: str | None
    title: str
    is_credit: bool


class IncomingInvoiceBookingData(BaseModel):
    """A chart-of-accounts booking."""

    id: str
    type: str
    title: str | None
    value: Amount
    chart_of_account_id: str | None
    position_id: str | None
    project_id: str | None
    client_id: str | None
    chart_of_account: ChartOfAccountData | None
    outgoing_invoice: OutgoingInvoiceReferenceData | None
    created_at: DateTime
    updated_at: DateTime | None


class IncomingInvoiceData(BaseModel):
    """An invoice. Bookings and payments come with a single invoice, not in lists."""

    id: str
    external_id: str | None
    external_origin: str | None
    type: IncomingInvoiceType
    title: str
    status: str
    payment_status: str
    invoice_number: str | None
    notes: str | None
    sum_net: Amount
    sum_tax: Amount
    sum_gross: Amount
    vats: list[IncomingInvoiceVatData]
    supplier: SupplierData | None
    payment_account: IncomingInvoicePaymentAccountData | None
    date_of_invoice: DateTime | None
    due_date: DateTime | None
    date_of_start: DateTime | None
    date_of_end: DateTime | None
    editor: UserData | None
    bookings: list[IncomingInvoiceBookingData] = Field(default_factory=list)
    payments: list[IncomingInvoicePaymentData] = Field(default_factory=list)
    created_at: DateTime
    updated_at: DateTime | None


class CursorMeta(BaseModel):
    """Where the neighbouring pages are; `path` is the base of their URLs."""

    path: str | None
    per_page: int
    next_cursor: str | None
    next_cursor_url: str | None
    prev_cursor: str | None
    prev_cursor_url: str | None


class IncomingInvoiceCursorPage(BaseModel):
    """One page of invoices."""

    data: list[IncomingInvoiceData]
    links: list[str]
    meta: CursorMeta


class DuplicateData(BaseModel):
    """An invoice that has the same file."""

    id: str
    title: str
    invoice_number: str | None
    supplier: SupplierData | None
    status: str
    booked_at: str | None


class DuplicateCheckResult(BaseModel):
    """Whether a file is known, and from which invoices."""

    hash: str
    exists: bool
    duplicates: list[DuplicateData]


class ErrorMessage(BaseModel):
    """An error."""

    message: str


class ValidationErrors(BaseModel):
    """Errors by field; keys use dots for nesting."""

    message: str
    errors: dict[str, list[str]]
