"""The seven operations: what each does, needs, takes and answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from ingestd.sandbox import answers, models
from ingestd.sandbox.auth import READ, WRITE, WRITE_BOOKINGS
from ingestd.sandbox.bodies import read_form, read_json
from ingestd.sandbox.drafts import changes, draft
from ingestd.sandbox.errors import invalid, not_found
from ingestd.sandbox.filters import condition_of
from ingestd.sandbox.forms import CHECK, CREATE, UPDATE, UPDATE_BOOKING
from ingestd.sandbox.paging import read_cursor, read_page, read_size, read_sort
from ingestd.sandbox.records import StoredBooking, StoredInvoice
from ingestd.sandbox.rules import Form, read_fields
from ingestd.sandbox.seeds import ME
from ingestd.sandbox.sql import Sql
from ingestd.sandbox.store import ExternalIdTaken, Store

MULTIPART: Final = "multipart/form-data"
JSON: Final = "application/json"

_INVOICES: Final = "/incoming-invoices"
_INVOICE: Final = "/incoming-invoices/{id}"
_BOOKING: Final = "/incoming-invoices/{invoiceId}/bookings/{bookingId}"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the API: the single source of its route, its guard and its description."""

    id: str
    method: str
    path: str
    summary: str
    scopes: tuple[str, ...]
    carry_out: Callable[[Request, Store], Awaitable[Response]]
    answer: type[BaseModel] | None
    status: HTTPStatus = HTTPStatus.OK
    form: Form | None = None
    media_type: str = JSON


async def list_invoices(request: Request, store: Store) -> Response:
    """Answer one page of invoices."""
    query = request.query_params
    size = read_size(query.get("page[size]", ""))
    keys = read_sort(query.get("sort", ""))
    cursor = read_cursor(query.get("page[cursor]", ""), keys)
    asked = query.get("filter", "")
    where = condition_of(asked, me=ME, now=store.clock()) if asked.strip() else Sql("1")
    page = read_page(store, where, keys, cursor, size)
    path = str(request.url).partition("?")[0]
    return _answer(answers.cursor_page(page, path=path, size=size))


async def create_invoice(request: Request, store: Store) -> Response:
    """Store a new invoice."""
    invoice, bookings = draft(read_fields(CREATE, await read_form(request)))
    try:
        stored = store.add(invoice, bookings)
    except ExternalIdTaken as taken:
        raise invalid({"external_id": ["The external id has already been taken."]}) from taken
    return _answer(_whole(stored, store), HTTPStatus.CREATED)


async def get_invoice(request: Request, store: Store) -> Response:
    """Answer one invoice."""
    return _answer(_whole(_invoice(request.path_params["id"], store), store))


async def update_invoice(request: Request, store: Store) -> Response:
    """Change an invoice; what is not mentioned stays."""
    invoice = _invoice(request.path_params["id"], store)
    changed = changes(read_fields(UPDATE, await read_json(request)))
    if changed:
        invoice = store.update(invoice.id, changed)
    return _answer(_whole(invoice, store))


async def check_duplicate(request: Request, store: Store) -> Response:
    """Answer which invoices have the same file."""
    fields = read_fields(CHECK, await read_form(request))
    if len(fields) > 1:
        raise invalid({"hash": ["The hash field prohibits file from being present."]})
    if not fields:
        missing = "The {} field is required when {} is not present."
        raise invalid(
            {"hash": [missing.format("hash", "file")], "file": [missing.format("file", "hash")]}
        )
    md5: str = fields["hash"] if "hash" in fields else fields["file"].md5
    return _answer(answers.duplicates(md5, store.with_md5(md5.lower())))


async def update_booking(request: Request, store: Store) -> Response:
    """Change a booking; what is not mentioned stays."""
    booking = _booking(request, store)
    changed = read_fields(UPDATE_BOOKING, await read_json(request))
    if changed:
        store.update_booking(booking.id, changed)
    return _answer(answers.booking_data(_booking(request, store)))


async def delete_booking(request: Request, store: Store) -> Response:
    """Remove a booking."""
    store.delete_booking(_booking(request, store).id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _invoice(invoice_id: str, store: Store) -> StoredInvoice:
    invoice = store.find(invoice_id)
    if invoice is None:
        raise not_found()
    return invoice


def _booking(request: Request, store: Store) -> StoredBooking:
    invoice = _invoice(request.path_params["invoiceId"], store)
    for booking in store.bookings(invoice.id):
        if booking.id == request.path_params["bookingId"]:
            return booking
    raise not_found()


def _whole(invoice: StoredInvoice, store: Store) -> BaseModel:
    return answers.invoice_with_bookings(invoice, store.bookings(invoice.id))


def _answer(data: BaseModel, status: HTTPStatus = HTTPStatus.OK) -> Response:
    # Unset fields are those that "may be absent": they are left out, not answered as empty.
    return Response(data.model_dump_json(exclude_unset=True), status, media_type=JSON)


OPERATIONS: Final = (
    Operation(
        id="listIncomingInvoices",
        method="GET",
        path=_INVOICES,
        summary="List incoming invoices",
        scopes=(READ,),
        carry_out=list_invoices,
        answer=models.IncomingInvoiceCursorPage,
    ),
    Operation(
        id="createIncomingInvoice",
        method="POST",
        path=_INVOICES,
        summary="Create an incoming invoice",
        scopes=(WRITE,),
        carry_out=create_invoice,
        answer=models.IncomingInvoiceData,
        status=HTTPStatus.CREATED,
        form=CREATE,
        media_type=MULTIPART,
    ),
    Operation(
        id="getIncomingInvoice",
        method="GET",
        path=_INVOICE,
        summary="Get one incoming invoice",
        scopes=(READ,),
        carry_out=get_invoice,
        answer=models.IncomingInvoiceData,
    ),
    Operation(
        id="updateIncomingInvoice",
        method="PATCH",
        path=_INVOICE,
        summary="Update an incoming invoice",
        scopes=(WRITE,),
        carry_out=update_invoice,
        answer=models.IncomingInvoiceData,
        form=UPDATE,
    ),
    Operation(
        id="checkIncomingInvoiceDuplicate",
        method="POST",
        path=f"{_INVOICES}/check-duplicate",
        summary="Check whether a file is already known",
        scopes=(READ,),
        carry_out=check_duplicate,
        answer=models.DuplicateCheckResult,
        form=CHECK,
        media_type=MULTIPART,
    ),
    Operation(
        id="updateIncomingInvoiceBooking",
        method="PATCH",
        path=_BOOKING,
        summary="Update one booking",
        scopes=(WRITE, WRITE_BOOKINGS),
        carry_out=update_booking,
        answer=models.IncomingInvoiceBookingData,
        form=UPDATE_BOOKING,
    ),
    Operation(
        id="deleteIncomingInvoiceBooking",
        method="DELETE",
        path=_BOOKING,
        summary="Delete one booking",
        scopes=(WRITE, WRITE_BOOKINGS),
        carry_out=delete_booking,
        answer=None,
        status=HTTPStatus.NO_CONTENT,
    ),
)
