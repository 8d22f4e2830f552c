"""What is sent to Kanbert: the bodies of create and of the two updates.

Only fields that were set are sent; None clears. Unknown fields are errors, because they are a
slip in somebody's settings or sidecar file. Limits are those of the API's reference page.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from ingestd.kanbert.values import Amount, LongText, Moment, ShortText, Text


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def changes(self) -> dict[str, Any]:
        """Return the fields that were set, by name; None where one is to be cleared."""
        return {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name in self.model_fields_set
        }


class VatLine(_Sent):
    """One line of the VAT breakdown."""

    vat: Amount
    """Rate in percent, such as 20."""
    value: Amount
    """The VAT itself, in the invoice's currency."""


class _InvoiceFields(_Sent):
    invoice_number: ShortText | None = None
    """The number the supplier gave it."""
    notes: LongText | None = None
    """Free text."""
    date_of_invoice: Moment | None = None
    """The day it was issued."""
    due_date: Moment | None = None
    """The day it is to be paid by."""
    date_of_start: Moment | None = None
    """Start of the period of service."""
    date_of_end: Moment | None = None
    """End of the period of service."""
    net_value: Amount | None = None
    """The total without VAT; read back as `sum_net`."""
    vat_value: Amount | None = None
    """The VAT in all; read back as `sum_tax`."""
    supplier_id: Text | None = None
    """Who sent it."""
    editor_id: Text | None = None
    """The user who sees to it."""
    payment_account_id: Text | None = None
    """The account it is paid from."""
    tags: list[Text] | None = None
    """Can be written, but no answer shows them."""
    vats: list[VatLine] | None = None
    """A rate in percent and the VAT at this rate."""


class CreateInvoice(_InvoiceFields):
    """The fields of a new invoice; none is required."""

    external_id: ShortText | None = None
    """Unique within the integration; Kanbert refuses a second invoice with the same."""
    external_origin: ShortText = ""
    """Where `external_id` comes from; the integration's own slug where it is not set."""
    title: ShortText | None = None
    """What it is about."""
    type: Literal["Invoice", "Credit"] | None = None
    """Credit is a credit note."""
    file_was_preprocessed: bool | None = None
    """True skips Kanbert's OCR, for callers that read the data already."""


class UpdateInvoice(_InvoiceFields):
    """The fields of an invoice to change. Bookings and payments stay as they are.

    The page's text lets `status` be `booked` too, its enum does not; nor can a title or a type
    be cleared.
    """

    title: ShortText = ""
    """What it is about."""
    type: Literal["Invoice", "Credit"] = "Invoice"
    """Credit is a credit note."""
    status: Literal["open", "ready_for_accounting"] = "open"
    """How far it has come."""
    payment_status: Literal["open", "paid", "partial"] = "open"
    """Whether it is paid."""


class UpdateBooking(_Sent):
    """The fields of a chart-of-account booking to change."""

    value: Amount = Decimal(0)
    """The amount that is booked."""
    title: ShortText | None = None
    """What it is for."""
    type: Literal["account", "reference", "account_staff", "account_other"] = "account"
    """What it is booked to."""
    chart_of_account_id: Text | None = None
    """The account of the chart of accounts."""
    position_id: Text | None = None
    """The position."""
    project_id: Text | None = None
    """The project."""
    client_id: Text | None = None
    """The client."""
