"""What Kanbert answers with.

Every field the API's page knows is here; what it does not know is kept too (`model_extra`), and
so are unknown values of its enums. Only ids are indispensable: the rest is None, or an empty
tuple, where it is missing or cannot be read. Times are aware (UTC where Kanbert names no offset).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StrictBool

from ingestd.kanbert.values import (
    Cursor,
    OpaqueId,
    OrEmpty,
    OrNone,
    ReadAmount,
    ReadBool,
    ReadInt,
    ReadMoment,
    ReadText,
)


class _Received(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class Named(_Received):
    """A supplier or a space: an id with a name."""

    id: OpaqueId
    name: ReadText = None


class PaymentAccount(_Received):
    """The payment account assigned to an invoice."""

    id: OpaqueId
    title: ReadText = None


class User(_Received):
    """Somebody who edits invoices; `type` is user, guest, tax_advisor or integration."""

    id: OpaqueId
    first_name: ReadText = None
    last_name: ReadText = None
    email: ReadText = None
    type: ReadText = None
    space: Annotated[Named | None, OrNone] = None


class Vat(_Received):
    """One line of the VAT breakdown: the rate in percent, and the VAT itself."""

    vat: ReadAmount = None
    value: ReadAmount = None


class Payment(_Received):
    """A payment; the API's page names it without its fields."""


class Position(_Received):
    """A position; the API's page names it without its fields."""


class ChartOfAccount(_Received):
    """An account of the chart; `type` is accounts, discount or supplier_discount."""

    id: OpaqueId
    type: ReadText = None
    code: ReadText = None
    title: ReadText = None
    description: ReadText = None
    priority: ReadText = None
    budgets: Annotated[dict[str, ReadAmount] | None, OrNone] = None
    start_date: ReadMoment = None
    end_date: ReadMoment = None
    created_at: ReadMoment = None
    updated_at: ReadMoment = None
    positions: Annotated[tuple[Position, ...] | dict[str, Any] | None, OrNone] = None
    """A list, or an object of unstated shape."""


class OutgoingInvoice(_Received):
    """The outgoing invoice that a booking refers to."""

    id: OpaqueId
    invoice_number: ReadText = None
    title: ReadText = None
    is_credit: ReadBool = None


class Booking(_Received):
    """A chart-of-account booking of an invoice."""

    id: OpaqueId
    type: ReadText = None
    title: ReadText = None
    value: ReadAmount = None
    chart_of_account_id: ReadText = None
    position_id: ReadText = None
    project_id: ReadText = None
    client_id: ReadText = None
    chart_of_account: Annotated[ChartOfAccount | None, OrNone] = None
    outgoing_invoice: Annotated[OutgoingInvoice | None, OrNone] = None
    created_at: ReadMoment = None
    updated_at: ReadMoment = None


class Invoice(_Received):
    """An incoming invoice, or a credit note (`type` says which)."""

    id: OpaqueId
    external_id: ReadText = None
    external_origin: ReadText = None
    type: ReadText = None
    title: ReadText = None
    status: ReadText = None
    """open, ready_for_accounting, booked; others are possible."""
    payment_status: ReadText = None
    invoice_number: ReadText = None
    notes: ReadText = None
    sum_net: ReadAmount = None
    sum_tax: ReadAmount = None
    sum_gross: ReadAmount = None
    vats: Annotated[tuple[Vat, ...], OrEmpty] = ()
    supplier: Annotated[Named | None, OrNone] = None
    payment_account: Annotated[PaymentAccount | None, OrNone] = None
    date_of_invoice: ReadMoment = None
    due_date: ReadMoment = None
    date_of_start: ReadMoment = None
    date_of_end: ReadMoment = None
    editor: Annotated[User | None, OrNone] = None
    bookings: Annotated[tuple[Booking, ...], OrEmpty] = ()
    """May be absent from an answer; there is no documented way to ask for them."""
    payments: Annotated[tuple[Payment, ...], OrEmpty] = ()
    created_at: ReadMoment = None
    updated_at: ReadMoment = None


class CursorMeta(_Received):
    """Where a page stands. Page by `next_cursor`: the names of the URL keys are in doubt."""

    path: ReadText = None
    per_page: ReadInt = None
    next_cursor: Cursor | None = None
    """None on the last page. Read strictly: a cursor lost would be invoices lost."""
    next_cursor_url: ReadText = None
    prev_cursor: ReadText = None
    prev_cursor_url: ReadText = None


class Page(_Received):
    """One page of invoices."""

    data: tuple[Invoice, ...]
    links: Annotated[tuple[Any, ...], OrEmpty] = ()
    meta: CursorMeta = CursorMeta()


class Duplicate(_Received):
    """A stored invoice with the content that was asked about."""

    id: OpaqueId
    title: ReadText = None
    invoice_number: ReadText = None
    supplier: Annotated[Named | None, OrNone] = None
    status: ReadText = None
    booked_at: ReadText = None
    """As Kanbert writes it: the page gives it no date format."""


class DuplicateCheck(_Received):
    """What Kanbert knows of a content. Read strictly, for "unknown" must never pass as "absent"."""

    hash: ReadText = None
    exists: StrictBool
    duplicates: tuple[Duplicate, ...]

    @property
    def known(self) -> bool:
        """Whether Kanbert has this content, be it that it lists no invoice for it."""
        return self.exists or bool(self.duplicates)
