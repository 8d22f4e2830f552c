"""From what is stored to what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from ingestd.sandbox.models import (
    ChartOfAccountData,
    CostCenterType,
    CursorMeta,
    DuplicateCheckResult,
    DuplicateData,
    IncomingInvoiceBookingData,
    IncomingInvoiceCursorPage,
    IncomingInvoiceData,
    IncomingInvoicePaymentAccountData,
    IncomingInvoiceType,
    IncomingInvoiceVatData,
    SpaceData,
    SupplierData,
    UserData,
    UserType,
)
from ingestd.sandbox.money import plain
from ingestd.sandbox.paging import Page
from ingestd.sandbox.records import StoredBooking, StoredInvoice
from ingestd.sandbox.seeds import CHART_OF_ACCOUNTS, PAYMENT_ACCOUNTS, SPACE, SUPPLIERS, USERS

_SEEDED_AT: Final = "2023-01-01T00:00:00Z"


def invoice_with_bookings(
    invoice: StoredInvoice, bookings: Sequence[StoredBooking]
) -> IncomingInvoiceData:
    """Return a single invoice."""
    data = invoice_data(invoice)
    data.bookings = [booking_data(booking) for booking in bookings]
    data.payments = []
    return data


def invoice_data(invoice: StoredInvoice) -> IncomingInvoiceData:
    """Return an invoice as it stands in a list."""
    return IncomingInvoiceData(
        id=invoice.id,
        external_id=invoice.external_id,
        external_origin=invoice.external_origin,
        type=IncomingInvoiceType(invoice.type),
        title=invoice.title,
        status=invoice.status,
        payment_status=invoice.payment_status,
        invoice_number=invoice.invoice_number,
        notes=invoice.notes,
        sum_net=plain(invoice.sum_net),
        sum_tax=plain(invoice.sum_tax),
        sum_gross=plain(invoice.sum_gross),
        vats=[
            IncomingInvoiceVatData(vat=plain(line.rate), value=plain(line.value))
            for line in invoice.vats
        ],
        supplier=_supplier(invoice.supplier_id),
        payment_account=_payment_account(invoice.payment_account_id),
        date_of_invoice=invoice.date_of_invoice,
        due_date=invoice.due_date,
        date_of_start=invoice.date_of_start,
        date_of_end=invoice.date_of_end,
        editor=_editor(invoice.editor_id),
        created_at=invoice.created_at,
        updated_at=invoice.updated_at,
    )


def booking_data(booking: StoredBooking) -> IncomingInvoiceBookingData:
    """Return a booking."""
    return IncomingInvoiceBookingData(
        id=booking.id,
        type=booking.type,
        title=booking.title,
        value=plain(booking.value),
        chart_of_account_id=booking.chart_of_account_id,
        position_id=booking.position_id,
        project_id=booking.project_id,
        client_id=booking.client_id,
        chart_of_account=_chart_of_account(booking.chart_of_account_id),
        outgoing_invoice=None,
        created_at=booking.created_at,
        updated_at=booking.updated_at,
    )


def cursor_page(page: Page, *, path: str, size: int) -> IncomingInvoiceCursorPage:
    """Return a page of invoices; `path` is the URL of the list."""
    return IncomingInvoiceCursorPage(
        data=[invoice_data(invoice) for invoice in page.invoices],
        links=[],
        meta=CursorMeta(
            path=path,
            per_page=size,
            next_cursor=page.next_cursor,
            next_cursor_url=_page_url(path, page.next_cursor),
            prev_cursor=page.prev_cursor,
            prev_cursor_url=_page_url(path, page.prev_cursor),
        ),
    )


def duplicates(md5: str, invoices: Sequence[StoredInvoice]) -> DuplicateCheckResult:
    """Return which invoices have a file with this hash, which is repeated as it was sent."""
    return DuplicateCheckResult(
        hash=md5,
        exists=bool(invoices),
        duplicates=[
            DuplicateData(
                id=invoice.id,
                title=invoice.title,
                invoice_number=invoice.invoice_number,
                supplier=_supplier(invoice.supplier_id),
                status=invoice.status,
                booked_at=invoice.booked_at,
            )
            for invoice in invoices
        ],
    )


def _page_url(path: str, cursor: str | None) -> str | None:
    # As in the page's example, without the other parameters: they have to be sent again.
    return None if cursor is None else f"{path}?page%5Bcursor%5D={quote(cursor)}"


def _supplier(supplier_id: str | None) -> SupplierData | None:
    if supplier_id is None:
        return None
    return SupplierData(id=supplier_id, name=SUPPLIERS[supplier_id])


def _payment_account(account_id: str | None) -> IncomingInvoicePaymentAccountData | None:
    if account_id is None:
        return None
    return IncomingInvoicePaymentAccountData(id=account_id, title=PAYMENT_ACCOUNTS[account_id])


def _editor(user_id: str | None) -> UserData | None:
    if user_id is None:
        return None
    user = USERS[user_id]
    return UserData(
        id=user_id,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        type=UserType(user.type),
        space=SpaceData(id=SPACE[0], name=SPACE[1]),
    )


def _chart_of_account(account_id: str | None) -> ChartOfAccountData | None:
    if account_id is None:
        return None
    account = CHART_OF_ACCOUNTS[account_id]
    return ChartOfAccountData(
        id=account_id,
        type=CostCenterType.ACCOUNTS,
        code=account.code,
        title=account.title,
        description=None,
        priority=None,
        budgets=dict(account.budgets) if account.budgets else None,
        start_date=None,
        end_date=None,
        created_at=_SEEDED_AT,
        updated_at=None,
    )
