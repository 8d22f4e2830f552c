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
    date_of_invoice: Moment | None = None
    due_date: Moment | None = None
    date_of_start: Moment | None = None
    """Start of the period of service."""
    date_of_end: Moment | None = None
    net_value: Amount | None = None
    """Read back as `sum_net`."""
    vat_value: Amount | None = None
    """Read back as `sum_tax`."""
    supplier_id: Text | None = None
    editor_id: Text | None = None
    payment_account_id: Text | None = None
    tags: list[Text] | None = None
    """Can be written, but no answer shows them."""
    vats: list[VatLine] | None = None


class CreateInvoice(_InvoiceFields):
    """The fields of a new invoice; none is required."""

    external_id: ShortText | None = None
    """Unique within the integration; Kanbert refuses a second invoice with the same."""
    external_origin: ShortText = ""
    """Where `external_id` comes from; the integration's own slug where it is not set."""
    title: ShortText | None = None
    type: Literal["Invoice", "Credit"] | None = None
    file_was_preprocessed: bool | None = None
    """True skips Kanbert's OCR, for callers that read the data already."""


class UpdateInvoice(_InvoiceFields):
    """The fields of an invoice to change. Bookings and payments stay as they are.

    The page's text lets `status` be `booked` too, its enum does not; nor can a title or a type
    be cleared.
    """

    title: ShortText = ""
    type: Literal["Invoice", "Credit"] = "Invoice"
    status: Literal["open", "ready_for_accounting"] = "open"
    payment_status: Literal["open", "paid", "partial"] = "open"


class UpdateBooking(_Sent):
    """The fields of a chart-of-account booking to change."""

    value: Amount = Decimal(0)
    title: ShortText | None = None
    type: Literal["account", "reference", "account_staff", "account_other"] = "account"
    chart_of_account_id: Text | None = None
    position_id: Text | None = None
    project_id: Text | None = None
    client_id: Text | None = None
