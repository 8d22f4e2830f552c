"""What is written to the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, text, update
from sqlalchemy.exc import IntegrityError

from ingestd.errors import (
    ContentDelivered,
    ContentUnderWay,
    LedgerUnusable,
    StaleState,
    StorageFailed,
)
from ingestd.ledger.prepared import Prepared
from ingestd.ledger.reading import KnownInbox, Reading
from ingestd.ledger.schema import documents, events, inboxes, unless_there
from ingestd.ledger.soon import Soon
from ingestd.ledger.together import Change, Together
from ingestd.ledger.unwritten import LeftOver, Unwritten
from ingestd.model import NEXT, Document, State

_LONGEST_FAREWELL = 1.0
"""Seconds that the end waits for the ledger: it may hang, or another process have it locked."""
_UPDATE = update(documents).where(
    documents.c.id == bindparam("its_id"), documents.c.state == bindparam("its_state")
)
_DEPENDED_ON = frozenset({State.UPLOADING, State.RELEASED, State.FAILED})
"""States that what is done next depends on: the upload; the move back into the inbox; the draft of
a reason, which is called by its document's id, and is anybody's where a power cut took that."""


class Ledger(Reading):
    """What happened to every document, to be read and written; one object serves all threads.

    Whoever reads in it finds all that it was told. In the database it is before anything is done
    that depends on it, and else within a moment.
    """

    def __init__(
        self,
        *args: Any,
        now: Callable[[], datetime],
        unwritten: float,
        **kwargs: Any,
    ) -> None:
        """Make a ledger of a database that has its tables.

        :param unwritten: see `open_ledger`; for the others see `Reading`.
        """
        super().__init__(*args, **kwargs)
        self._now = now
        self._left_over = LeftOver()
        self._together = Together(self._transaction, self._write, self._left_over)
        self._soon = Soon(self._settle_unseen, after=unwritten)
        dialect = self._engine.dialect
        self._add, self._update = (
            Prepared(unless_there(dialect), dialect),
            Prepared(_UPDATE, dialect),
        )
        self._happen = Prepared(insert(events).inline(), dialect)
        self._wait_for_disk = {
            lasting: Prepared(text(f"PRAGMA synchronous = {level}"), dialect)
            for lasting, level in ((True, "FULL"), (False, "NORMAL"))
        }
        self._kept: Connection | None = None
        self._is_file = self._engine.dialect.name == "sqlite"

    def add(self, document: Document) -> None:
        """Remember a document that was just claimed."""
        happened = self._event(document.id, document.state, document.name)
        facts = _columns(document)
        self._remember(Unwritten(document.id, None, document.state, facts, [happened]))

    def advance(self, document: Document, to: State, *, note: str = "", **facts: Any) -> Document:
        """Move a document on to its next state, and remember `facts` (its fields) with it.

        :returns: the document as it is now.
        :raises StaleState: if `to` may not follow, or the document was moved on by somebody else.
        :raises ContentUnderWay: to UPLOADING, if the same content is being created already.
        """
        moved = self._moved(document, to, note, facts)
        if to is State.RELEASED and self._is_file and self._left_over.leave_unheard_of(moved):
            self._soon.ask()  # with a server, the answer to its writing may have been lost
        elif to in _DEPENDED_ON:
            self._write_now(moved)
        else:
            self._remember(moved)
        return _replaced(document, moved.facts)

    def begin_upload(
        self, document: Document, considered: Mapping[str, str], *, note: str = "", **facts: Any
    ) -> Document:
        """Move a document on to UPLOADING, unless its content became an invoice meanwhile.

        :param considered: the invoices that it may have become: their external_ids by their ids.
        :raises ContentDelivered: if it became others; and what `advance` does.
        """

        def make_sure(connection: Connection) -> None:
            # after the change: others with its content wait for this transaction's end from then on
            found = self._invoices_with_its_content(connection, document)
            if found != considered:
                raise ContentDelivered(found)

        moved = self._moved(document, State.UPLOADING, note, facts)
        self._write_now(moved, make_sure)
        return _replaced(document, moved.facts)

    def plan(self, document: Document, destination: str) -> Document:
        """Remember where a document is about to be moved.

        :raises StaleState: if it was moved on by somebody else.
        """
        changes = {"destination": destination}
        self._write_now(Unwritten(document.id, document.state, document.state, changes))
        return _replaced(document, changes)

    def remember_inbox(self, name: str, known: KnownInbox) -> None:
        """Remember an inbox's folder, in place of what was remembered before."""
        facts = asdict(known)

        def change(connection: Connection) -> None:
            known = update(inboxes).where(inboxes.c.name == name)
            if not connection.execute(known.values(**facts)).rowcount:
                connection.execute(insert(inboxes).values(name=name, **facts))

        self._together.carry_out(change=change)

    def settle(self) -> None:
        """Return once all that it was told is in the database.

        :raises LedgerUnusable: if it cannot be written now; it is once that is possible.
        """
        self._left_over.ensure_unbroken()
        if not self._left_over.is_written:
            self._together.settle()

    def _settle_unseen(self) -> bool:
        """Settle, and tell nobody of what goes wrong: whoever has to have it written is told."""
        try:
            self._together.settle()
        except LedgerUnusable:
            return False
        except StorageFailed:
            pass  # never tried again
        return True

    def _remember(self, unwritten: Unwritten) -> None:
        """Have it written soon, as nothing depends on it; at once where only that will show."""
        if self._left_over.leave(unwritten):
            self._soon.ask()
        else:
            self._together.carry_out(unwritten, lasting=False)

    def _write_now(self, unwritten: Unwritten, change: Change = lambda _: None) -> None:
        self._left_over.make_sure_of(unwritten)
        self._together.carry_out(unwritten, change)

    def _moved(
        self, document: Document, to: State, note: str, facts: Mapping[str, Any]
    ) -> Unwritten:
        if to not in NEXT[document.state]:
            raise StaleState(f"A document cannot go from {document.state} to {to}.")
        happened = self._event(document.id, to, note)
        changes = {**facts, "state": to, "updated_at": happened["at"]}
        return Unwritten(document.id, document.state, to, changes, [happened])

    def _write(self, connection: Connection, changes: Sequence[Unwritten]) -> None:
        for one in changes:
            try:
                self._write_document(connection, one)
            except IntegrityError as error:  # the index one_create_per_content
                raise ContentUnderWay("The same content is being delivered right now.") from error
        happened = [event for one in changes for event in one.happened]
        if happened:
            self._happen.carry_out_for_each(connection, happened)

    def _write_document(self, connection: Connection, one: Unwritten) -> None:
        if one.since is None:
            written = self._add.carry_out(connection, one.facts)
        else:
            which = {"its_id": one.id, "its_state": one.since}
            written = self._update.carry_out(connection, {**which, **one.facts})
        if written.rowcount != 1:
            raise StaleState(f"Document {one.id} is not {one.since or 'new'} any more.")

    def _event(self, document: str, state: State, note: str) -> Mapping[str, Any]:
        return {"document": document, "at": self._now(), "state": state, "note": note}

    @contextmanager
    def _transaction(self, lasting: bool) -> Iterator[Connection]:
        with self._in_use(), self._connected() as connection, connection.begin():
            self._write_through(connection, lasting=lasting)
            yield connection

    def _write_through(self, connection: Connection, *, lasting: bool) -> None:
        """Say whether the commit is to wait for the disk; SQLite takes it before the first change.

        FULL writes through at every commit, NORMAL (with a write-ahead log) at checkpoints.
        """
        if self._is_file and lasting is not connection.info.get("lasting", True):
            self._wait_for_disk[lasting].carry_out(connection, {})
            connection.info["lasting"] = lasting

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Connect to write; to a file once, to a server, which may restart, each time."""
        if not self._is_file:
            with self._engine.connect() as connection:
                yield connection
            return
        connection, self._kept = self._kept or self._engine.connect(), None
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._kept = connection

    def close(self) -> None:
        """Let go of the database, once nobody writes to it any more."""
        self._soon.close(_LONGEST_FAREWELL)  # what is not written by then is found out anew
        if self._kept:
            self._kept.close()
        super().close()


def _replaced(document: Document, changes: Mapping[str, Any]) -> Document:
    return Document(**{**_columns(document), **changes})


def _columns(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in _NAMES}


_NAMES = tuple(field.name for field in fields(Document))
