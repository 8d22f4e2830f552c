"""How each operation is asked for: method, address, headers and body."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from ingestd import __version__
from ingestd.kanbert.address import below
from ingestd.kanbert.fields import sort_order
from ingestd.kanbert.filters import Filter
from ingestd.kanbert.form import FilePart, form_fields, json_body, multipart
from ingestd.kanbert.sent import CreateInvoice, UpdateBooking, UpdateInvoice
from ingestd.kanbert.wire import Outgoing

AGENT = f"ingestd/{__version__}"
"""What the client calls itself."""

_INVOICES = "incoming-invoices"
_MD5 = re.compile(r"[0-9a-f]{32}")


class Asking:
    """Makes the requests of one account, without its credentials.

    `headers` go with every request; `boundary` makes an unguessable text of letters and digits,
    new for each document.
    """

    def __init__(
        self, base: httpx.URL, headers: Mapping[str, str], boundary: Callable[[], str]
    ) -> None:
        self.base = base
        self._headers = headers
        self._boundary = boundary
        self._of_hashes = boundary()  # one for all: nobody can make a hash that holds it
        # made once: an address takes httpx 60 us
        self._invoices = below(base, _INVOICES)
        self._check = below(base, _INVOICES, "check-duplicate")

    def list(
        self,
        filter: Filter | str | None = None,  # noqa: A002 - the API's own name for it
        sort: str | Iterable[str] | None = None,
        page_size: int | None = None,
        cursor: str | None = None,
    ) -> Outgoing:
        """Ask for a page. Raises ValueError for an unknown sort field or a page of nothing."""
        if page_size is not None and page_size < 1:
            raise ValueError("a page holds one invoice at least")
        asked = {
            "filter": None if filter is None else str(filter),
            "sort": None if sort is None else sort_order(sort),
            "page[size]": page_size,
            "page[cursor]": cursor,
        }
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return Outgoing("GET", below(self.base, _INVOICES, query=query), self._headers)

    def get(self, invoice_id: str) -> Outgoing:
        """Ask for one invoice."""
        return Outgoing("GET", below(self.base, _INVOICES, invoice_id), self._headers)

    def create(self, invoice: CreateInvoice, file: FilePart | None) -> Outgoing:
        """Ask for a new invoice; the body is made once, however often it is sent."""
        return self._form(self._invoices, invoice.changes(), file, self._boundary())

    def update(self, invoice_id: str, changes: UpdateInvoice) -> Outgoing:
        """Ask for changes to an invoice."""
        return self._patch(below(self.base, _INVOICES, invoice_id), changes.changes())

    def check_hash(self, md5: str) -> Outgoing:
        """Ask for a content by its hash. Raises ValueError for what is no MD5."""
        if not _MD5.fullmatch(md5.lower()):
            raise ValueError(f"{md5!r} is no MD5 of 32 hex digits")
        return self._form(self._check, {"hash": md5.lower()}, None, self._of_hashes)

    def check_file(self, file: FilePart) -> Outgoing:
        """Ask for a content by all of it. The page excludes a hash beside it."""
        return self._form(self._check, {}, file, self._boundary())

    def update_booking(self, invoice_id: str, booking_id: str, changes: UpdateBooking) -> Outgoing:
        """Ask for changes to a booking."""
        return self._patch(self._booking(invoice_id, booking_id), changes.changes())

    def delete_booking(self, invoice_id: str, booking_id: str) -> Outgoing:
        """Ask for a booking's removal."""
        return Outgoing("DELETE", self._booking(invoice_id, booking_id), self._headers)

    def _booking(self, invoice_id: str, booking_id: str) -> httpx.URL:
        return below(self.base, _INVOICES, invoice_id, "bookings", booking_id)

    def _form(
        self, url: httpx.URL, values: Mapping[str, Any], file: FilePart | None, boundary: str
    ) -> Outgoing:
        headers = {**self._headers, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        return Outgoing(
            "POST", url, headers, multipart(form_fields(values), file, boundary=boundary)
        )

    def _patch(self, url: httpx.URL, values: Mapping[str, Any]) -> Outgoing:
        headers = {**self._headers, "Content-Type": "application/json"}
        return Outgoing("PATCH", url, headers, (json_body(values),))
