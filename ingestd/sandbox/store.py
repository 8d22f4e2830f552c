"""The invoices of the account, in SQLite."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingestd.sandbox.moments import stamp
from ingestd.sandbox.records import NewBooking, NewInvoice, StoredBooking, StoredInvoice
from ingestd.sandbox.sql import Sql
from ingestd.sandbox.tables import (
    BOOKING_COLUMNS,
    INVOICE_COLUMNS,
    TABLES,
    booking_of,
    invoice_of,
    row_of,
    written,
)

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ID_SPACE = len(_ALPHABET) ** 8
_SET_UP = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + TABLES


class ExternalIdTaken(Exception):
    """Another invoice, perhaps a deleted one, has this external_id."""


def now_utc() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


class Store:
    """Invoices and bookings in a database file, or with `":memory:"` for as long as it is open.

    Safe to use from several threads. The bytes of files are not kept, only hashes and size.
    """

    def __init__(
        self, path: Path | str = ":memory:", clock: Callable[[], datetime] = now_utc
    ) -> None:
        self.clock = clock
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._db.executescript(_SET_UP)
        except sqlite3.Error:  # it is no database, for one
            self._db.close()
            raise

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def count(self) -> int:
        """Return how many invoices there are."""
        with self._lock:
            found = self._db.execute("SELECT count(*) FROM invoices WHERE deleted_at IS NULL")
            return int(found.fetchone()[0])

    def invoices(self) -> list[StoredInvoice]:
        """Return all invoices in the order of their arrival."""
        return self.select(Sql("1"), order="number", limit=-1)

    def add(self, new: NewInvoice, bookings: Sequence[NewBooking] = ()) -> StoredInvoice:
        """Store an invoice with its bookings, both or neither.

        Raises:
            ExternalIdTaken: its external_id is that of another one.
        """
        created_at = stamp(self.clock())
        with self._transaction():
            number = self._next_number("invoices")
            row = {"number": number, "id": opaque_id(number, salt=1), "created_at": created_at}
            try:
                self._insert("invoices", row | row_of(new))
            except sqlite3.IntegrityError as broken:
                if "external_id" not in str(broken):
                    raise
                raise ExternalIdTaken(new.external_id) from broken
            for booking in bookings:
                self._add_booking(str(row["id"]), booking, created_at)
        return self._only("id = ?", row["id"])

    def find(self, invoice_id: str) -> StoredInvoice | None:
        """Return an invoice, None if there is none with this id."""
        return next(iter(self.select(Sql("id = ?", (invoice_id,)), order="number", limit=1)), None)

    def with_md5(self, md5: str) -> list[StoredInvoice]:
        """Return the invoices whose file has this hash, in lower-case hex."""
        return self.select(Sql("md5 = ?", (md5,)), order="number", limit=-1)

    def select(self, where: Sql, *, order: str, limit: int) -> list[StoredInvoice]:
        """Return the invoices that fulfil a condition; a limit of -1 is none."""
        columns = ", ".join(INVOICE_COLUMNS)
        query = (
            f"SELECT {columns} FROM invoices WHERE deleted_at IS NULL AND ({where.text})"  # noqa: S608 -- names and operators are the code's, values are parameters
            f" ORDER BY {order} LIMIT ?"
        )
        with self._lock:
            rows = self._db.execute(query, (*where.values, limit)).fetchall()
        return [invoice_of(row) for row in rows]

    def update(self, invoice_id: str, changes: Mapping[str, Any]) -> StoredInvoice:
        """Change columns of an invoice that is there."""
        self._update("invoices", invoice_id, written(dict(changes)))
        return self._only("id = ?", invoice_id)

    def book(self, invoice_id: str) -> StoredInvoice:
        """Make an invoice booked, which no request can do."""
        return self.update(invoice_id, {"status": "booked", "booked_at": stamp(self.clock())})

    def delete(self, invoice_id: str) -> None:
        """Delete an invoice, as someone may in the web interface.

        It is found no more, neither by its id nor by its hash, but its external_id stays taken.
        """
        self._update("invoices", invoice_id, {"deleted_at": stamp(self.clock())})

    def bookings(self, invoice_id: str) -> list[StoredBooking]:
        """Return the bookings of an invoice."""
        columns = ", ".join(BOOKING_COLUMNS)
        query = f"SELECT {columns} FROM bookings WHERE invoice_id = ? ORDER BY number"  # noqa: S608 -- the columns are the code's
        with self._lock:
            return [booking_of(row) for row in self._db.execute(query, (invoice_id,))]

    def update_booking(self, booking_id: str, changes: Mapping[str, Any]) -> None:
        """Change columns of a booking that is there."""
        self._update("bookings", booking_id, changes)

    def delete_booking(self, booking_id: str) -> None:
        """Remove a booking."""
        with self._lock:
            self._db.execute("DELETE FROM bookings WHERE id = ?", (booking_id,))

    def _add_booking(self, invoice_id: str, booking: NewBooking, created_at: str) -> None:
        number = self._next_number("bookings")
        place = {"number": number, "id": opaque_id(number, salt=2), "invoice_id": invoice_id}
        self._insert("bookings", place | {"created_at": created_at} | row_of(booking))

    def _next_number(self, table: str) -> int:
        found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        row = found.fetchone()
        return 1 + int(row[0]) if row else 1

    def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        columns, places = ", ".join(row), ", ".join("?" * len(row))
        self._db.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608 -- the names are the code's
            tuple(row.values()),
        )

    def _update(self, table: str, row_id: str, changes: Mapping[str, Any]) -> None:
        row = {**changes, "updated_at": stamp(self.clock())}
        assignments = ", ".join(f"{column} = ?" for column in row)
        with self._lock:
            self._db.execute(
                f"UPDATE {table} SET {assignments} WHERE id = ?",  # noqa: S608 -- the names are the code's
                (*row.values(), row_id),
            )

    def _only(self, where: str, value: object) -> StoredInvoice:
        return self.select(Sql(where, (value,)), order="number", limit=1)[0]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def opaque_id(number: int, *, salt: int) -> str:
    """Return the id of a number: distinct, and without an order that a client could rely on."""
    # Multiplying by a number that shares no factor with the space permutes it.
    rest = (number * 81_985_529_216_487 + salt * 40_503) % _ID_SPACE
    digits = ""
    while rest:
        rest, digit = divmod(rest, len(_ALPHABET))
        digits += _ALPHABET[digit]
    return digits.ljust(8, _ALPHABET[0])
