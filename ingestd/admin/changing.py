"""Changing what Kanbert has: what would change, and whether it did where no answer came."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from ingestd.errors import AskLater, KanbertError, NotFound, OutcomeUnknown
from ingestd.kanbert import Booking, Invoice, Kanbert, UpdateBooking, UpdateInvoice

T = TypeVar("T", Invoice, Booking)

NOT_SHOWN = object()
"""In place of what Kanbert has in a field that no answer shows."""

_READ_AS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "net_value": ("sum_net",),
        "vat_value": ("sum_tax",),
        "supplier_id": ("supplier", "id"),
        "editor_id": ("editor", "id"),
        "payment_account_id": ("payment_account", "id"),
    }
)
"""Where a field of an invoice is read back, if not under its own name."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that is to become another."""

    field: str
    """By the name that it is written under."""
    old: Any
    """None where it is empty, `NOT_SHOWN` where that cannot be known."""
    new: Any
    """None where it is to be empty."""


def changes_of(
    now: Invoice | Booking | None, wanted: UpdateInvoice | UpdateBooking
) -> list[Change]:
    """The fields that are not yet as they are wanted.

    :param now: None where Kanbert does not show it.
    """
    changes = (Change(name, _read(now, name), value) for name, value in wanted.changes().items())
    return [one for one in changes if _plain(one.old) != _plain(one.new)]


def _read(now: Invoice | Booking | None, name: str) -> Any:
    if now is None:
        return NOT_SHOWN
    value: Any = now
    for part in _READ_AS.get(name, (name,)):
        value = getattr(value, part, NOT_SHOWN) if value is not None else None
    return value


def _plain(value: Any) -> Any:
    """What can be compared: lines of VAT as pairs, and nothing, which is written in three ways."""
    if isinstance(value, list | tuple):
        return [(one.vat, one.value) if hasattr(one, "vat") else one for one in value] or None
    return None if value == "" else value


def update_invoice(kanbert: Kanbert, invoice_id: str, changes: Sequence[Change]) -> Invoice:
    """Change an invoice; where no answer comes, look whether it was changed.

    :raises AskLater: it is not known.
    :raises KanbertError: it was not.
    """
    wanted = UpdateInvoice(**_values(changes))
    try:
        return kanbert.update(invoice_id, wanted)
    except OutcomeUnknown as error:
        return _made_sure(lambda: kanbert.get(invoice_id), wanted, error)


def update_booking(
    kanbert: Kanbert, invoice_id: str, booking_id: str, changes: Sequence[Change]
) -> Booking:
    """Change a booking; as `update_invoice`."""
    wanted = UpdateBooking(**_values(changes))
    try:
        return kanbert.update_booking(invoice_id, booking_id, wanted)
    except OutcomeUnknown as error:
        return _made_sure(lambda: find_booking(kanbert, invoice_id, booking_id), wanted, error)


def delete_booking(kanbert: Kanbert, invoice_id: str, booking_id: str) -> None:
    """Remove a booking; where no answer comes, look whether it is there.

    :raises AskLater: it is not known.
    :raises KanbertError: it was not removed.
    """
    try:
        kanbert.delete_booking(invoice_id, booking_id)
    except OutcomeUnknown as error:
        try:
            find_booking(kanbert, invoice_id, booking_id)
        except NotFound:
            return
        except KanbertError:
            pass
        raise _unknown(error) from error


def get_invoice(kanbert: Kanbert, invoice_id: str) -> Invoice:
    """An invoice as it is now.

    :raises NotFound: with where its id is found.
    """
    try:
        return kanbert.get(invoice_id)
    except NotFound as error:
        hint = "Its id is the first column of `ingestd invoices list`."
        raise NotFound(str(error), hint=hint) from error


def find_booking(kanbert: Kanbert, invoice_id: str, booking_id: str) -> Booking | None:
    """A booking as its invoice shows it; None where the invoice does not show its bookings.

    :raises NotFound: the invoice has others, or none; or there is no such invoice.
    """
    invoice = get_invoice(kanbert, invoice_id)
    for booking in invoice.bookings:
        if booking.id == booking_id:
            return booking
    if "bookings" not in invoice.model_fields_set:
        return None
    known = ", ".join(one.id for one in invoice.bookings)
    raise NotFound(
        f"The invoice {invoice_id} has no booking {booking_id}.",
        hint=f"It has: {known}." if known else "It has no bookings at all.",
    )


def _values(changes: Sequence[Change]) -> dict[str, Any]:
    return {one.field: one.new for one in changes}


def _made_sure(
    look: Callable[[], T | None], wanted: UpdateInvoice | UpdateBooking, error: OutcomeUnknown
) -> T:
    """What is there now, if it is as wanted; every field that was sent was another before."""
    try:
        now = look()
    except KanbertError:
        now = None
    shown = [name for name in wanted.changes() if _read(now, name) is not NOT_SHOWN]
    left = [one for one in changes_of(now, wanted) if one.old is not NOT_SHOWN]
    if now is not None and shown and not left:
        return now
    raise _unknown(error) from error


def _unknown(error: OutcomeUnknown) -> AskLater:
    return AskLater(
        str(error), hint="Look at it in a few minutes; doing the same again does no harm."
    )
