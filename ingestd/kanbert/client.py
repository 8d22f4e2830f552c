"""The client: one method for each of Kanbert's seven operations on incoming invoices."""

from __future__ import annotations

import secrets
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx

from ingestd.errors import KanbertError, OutcomeUnknown
from ingestd.kanbert.address import checked
from ingestd.kanbert.asking import AGENT, Asking
from ingestd.kanbert.auth import Auth
from ingestd.kanbert.calls import Caller, OnAnswer
from ingestd.kanbert.filters import F, Filter
from ingestd.kanbert.form import file_part
from ingestd.kanbert.httpx_transport import HttpxTransport
from ingestd.kanbert.meaning import Operation
from ingestd.kanbert.meeting import NO_INVOICE, Meeting, may_write_after, meeting
from ingestd.kanbert.pace import Pace
from ingestd.kanbert.pool import Pool
from ingestd.kanbert.reading import check_of, created, nothing, read_as
from ingestd.kanbert.received import Booking, DuplicateCheck, Invoice, Page
from ingestd.kanbert.reply import Reply
from ingestd.kanbert.retry import NEVER, OnRetry, Repeater, RetryPolicy
from ingestd.kanbert.sent import CreateInvoice, UpdateBooking, UpdateInvoice
from ingestd.kanbert.tls import trust
from ingestd.kanbert.transport import OnSent
from ingestd.kanbert.wire import Outgoing, Wire
from ingestd.kanbert.world import World

T = TypeVar("T")


class Kanbert:
    """One account of Kanbert's, for any number of threads; close it, or use it in a `with`.

    `timeout` is in seconds for each wait of the network, `deadline` in seconds for one call in
    all, with its retries and waits. `requests_per_minute` is a limit of our own (0 = none), of
    all threads together, who share `pool_size` connections. `on_answer` is told of every request
    (see `OnAnswer`). `stop` ends waits between attempts when it is set. `ca_bundle` may also be
    what `trust` made of one, for several clients to share. `transport` takes the place of the
    network, for tests, and `world` that of time and chance.

    Every call may raise any `KanbertError`: `Unavailable` (nothing was carried out),
    `OutcomeUnknown` (it may have been), `AccountTrouble` (token or address), `Refused`, and
    `NotFound`; and ValueError for arguments that make no request, such as an empty id. The
    constructor raises `SettingsError` for an address, proxy or CA bundle that cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        auth: Auth,
        *,
        timeout: float = 30.0,
        deadline: float = 300.0,
        ca_bundle: str | Path | ssl.SSLContext | None = None,
        proxy: str | None = None,
        retry: RetryPolicy | None = None,
        requests_per_minute: float = 0,
        pool_size: int = 10,
        on_retry: OnRetry | None = None,
        on_answer: OnAnswer | None = None,
        stop: threading.Event | None = None,
        transport: httpx.BaseTransport | None = None,
        world: World | None = None,
    ) -> None:
        base = checked(base_url, setting="base_url")
        inner = HttpxTransport(transport) if transport else Pool(trust(ca_bundle), proxy, pool_size)
        world = world or World()
        world = replace(world, nap=stop.wait) if stop else world
        self._auth, self._world = auth, world
        self._asking = Asking(base, {"User-Agent": AGENT}, lambda: secrets.token_hex(16))
        self._wire = Wire(inner, timeout=timeout, clock=world.clock)
        pace = Pace(requests_per_minute, world)
        self._caller = Caller(self._wire, auth, pace, world, deadline, on_answer)
        self._patient = Repeater(retry or RetryPolicy(), world, on_retry)
        self._once = Repeater(NEVER, world)

    def __repr__(self) -> str:
        return f"Kanbert({str(self._asking.base)!r}, {self._auth!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; calls under way in other threads end with an error."""
        self._wire.close()

    def credentials_version(self) -> object:
        """Return something that changes when somebody changed the token's file; asks nobody."""
        return self._auth.version()

    def list(
        self,
        *,
        filter: Filter | str | None = None,  # noqa: A002 - the API's own name for it
        sort: str | Iterable[str] | None = None,
        page_size: int | None = None,
        cursor: str | None = None,
    ) -> Page:
        """Return one page of the invoices, 30 unless `page_size` says otherwise.

        A `filter` given as text is sent as it is. Raises ValueError for an unknown sort field.
        """
        asked = self._asking.list(filter, sort, page_size, cursor)
        return self._call(Operation.LIST, asked, read_as(Page))

    def iterate(
        self,
        *,
        filter: Filter | str | None = None,  # noqa: A002 - as above
        sort: str | Iterable[str] | None = None,
        page_size: int | None = None,
    ) -> Iterator[Invoice]:
        """Iterate over all invoices, page after page (see `pages`)."""
        for page in self.pages(filter=filter, sort=sort, page_size=page_size):
            yield from page.data

    def pages(
        self,
        *,
        filter: Filter | str | None = None,  # noqa: A002 - as above
        sort: str | Iterable[str] | None = None,
        page_size: int | None = None,
    ) -> Iterator[Page]:
        """Iterate over all pages; each is a call with its own deadline, made when it is asked for.

        Ends at a cursor that was seen before, where a faulty server would have it go on for ever.
        """
        cursor: str | None = None
        seen: set[str | None] = set()
        while cursor not in seen:
            seen.add(cursor)
            page = self.list(filter=filter, sort=sort, page_size=page_size, cursor=cursor)
            yield page
            cursor = page.meta.next_cursor

    def find(self, external_id: str) -> Invoice | None:
        """Return the invoice with this `external_id`, None where there is none.

        Raises OutcomeUnknown where the answer holds only other invoices, or names a further page:
        then the server did not filter, and nothing is known.
        """
        page = self.list(filter=F("external_id").eq(external_id))
        for invoice in page.data:
            if invoice.external_id == external_id:
                return invoice
        if page.data or page.meta.next_cursor:
            raise OutcomeUnknown(
                f"It is not known whether there is an invoice with external_id {external_id!r}: "
                "Kanbert answered with other invoices."
            )
        return None

    def create(
        self,
        invoice: CreateInvoice,
        *,
        file: bytes | Path | None = None,
        filename: str = "",
        media_type: str = "",
        on_sent: OnSent | None = None,
    ) -> Invoice:
        """Create an invoice, with its document where there is one (PDF or image, 15 MB at most).

        `filename` defaults to the path's name and is made harmless (see `document_name`);
        `media_type` defaults to what the content begins like. `on_sent` is told of the bytes that
        are on their way. Never repeated where the outcome is not known. Raises `ExternalIdTaken`
        where an invoice with its `external_id` exists.
        """
        part = file_part(file, filename, media_type) if file is not None else None
        asked = replace(self._asking.create(invoice, part), on_sent=on_sent)
        return self._call(Operation.CREATE, asked, created(invoice.external_id))

    def get(self, invoice_id: str) -> Invoice:
        """Return one invoice. Raises NotFound where there is none with this id."""
        return self._call(Operation.GET, self._asking.get(invoice_id), read_as(Invoice))

    def update(self, invoice_id: str, changes: UpdateInvoice) -> Invoice:
        """Change the fields that were set in `changes`, None clearing one; return the invoice."""
        asked = self._asking.update(invoice_id, changes)
        return self._call(Operation.UPDATE, asked, read_as(Invoice))

    def check_duplicate(self, md5: str) -> DuplicateCheck:
        """Ask whether a content is known, by its MD5 (32 hex digits)."""
        return self._call(Operation.CHECK, self._asking.check_hash(md5), check_of(md5))

    def check_duplicate_of_file(
        self, file: bytes | Path, *, filename: str = "", media_type: str = ""
    ) -> DuplicateCheck:
        """Ask whether a content is known, sending all of it for Kanbert to hash."""
        asked = self._asking.check_file(file_part(file, filename, media_type))
        return self._call(Operation.CHECK, asked, read_as(DuplicateCheck))

    def update_booking(self, invoice_id: str, booking_id: str, changes: UpdateBooking) -> Booking:
        """Change the fields of a booking that were set in `changes`; return the booking."""
        asked = self._asking.update_booking(invoice_id, booking_id, changes)
        return self._call(Operation.UPDATE_BOOKING, asked, read_as(Booking))

    def delete_booking(self, invoice_id: str, booking_id: str) -> None:
        """Remove a booking from its invoice. Raises NotFound where there is none (any more)."""
        asked = self._asking.delete_booking(invoice_id, booking_id)
        self._call(Operation.DELETE_BOOKING, asked, nothing)

    def probe(self) -> None:
        """Ask once, without retries, for as little as possible, to see if the account is usable."""
        asked = self._asking.list(page_size=1)
        self._caller.call(Operation.LIST, asked, read_as(Page), repeater=self._once)

    def meet(self) -> Meeting:
        """Ask as `probe` does; tell how long the answer took, and how our clocks differ."""
        asked, began = self._asking.list(page_size=1), self._world.clock()

        def date(reply: Reply) -> str:
            read_as(Page)(reply)
            return reply.headers.get("date", "")

        said = self._caller.call(Operation.LIST, asked, date, repeater=self._once)
        return meeting(said, ended=self._world.now(), took=self._world.clock() - began)

    def may_write(self) -> bool | None:
        """Ask once whether the token may change invoices; None where the answer does not tell.

        What is asked for is a change of nothing to an invoice that does not exist.
        """
        asked = self._asking.update(NO_INVOICE, UpdateInvoice())
        try:
            self._caller.call(Operation.UPDATE, asked, nothing, repeater=self._once)
        except KanbertError as error:
            return may_write_after(error)
        return may_write_after(None)

    def _call(self, operation: Operation, asked: Outgoing, read: Callable[[Reply], T]) -> T:
        return self._caller.call(operation, asked, read, repeater=self._patient)
