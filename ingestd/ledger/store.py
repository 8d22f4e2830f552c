"""What is written to the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, text, update
from sqlalchemy.exc import IntegrityError

from ingestd.errors import ContentUnderWay, StaleState
from ingestd.ledger.prepared import Prepared
from ingestd.ledger.reading import KnownInbox, Reading
from ingestd.ledger.schema import documents, events, inboxes
from ingestd.ledger.together import Together
from ingestd.model import NEXT, Document, State

_UPDATE = update(documents).where(
    documents.c.id == bindparam("its_id"), documents.c.state == bindparam("its_state")
)
_DEPENDED_ON = frozenset({State.UPLOADING, State.RELEASED})
"""States that what is done next depends on: the upload, and the move back into the inbox."""


class Ledger(Reading):
    """What happened to every document, to be read and written; one object serves all threads."""

    def __init__(self, *args: Any, now: Callable[[], datetime], **kwargs: Any) -> None:
        """Make a ledger of a database that has its tables; for the parameters see `Reading`."""
        super().__init__(*args, **kwargs)
        self._now = now
        self._together = Together(self._transaction)
        dialect = self._engine.dialect
        self._add, self._update = Prepared(insert(documents), dialect), Prepared(_UPDATE, dialect)
        self._happen = Prepared(insert(events).inline(), dialect)
        self._wait_for_disk = {
            lasting: Prepared(text(f"PRAGMA synchronous = {level}"), dialect)
            for lasting, level in ((True, "FULL"), (False, "NORMAL"))
        }
        self._kept: Connection | None = None
        self._is_file = self._engine.dialect.name == "sqlite"

    def add(self, document: Document) -> None:
        """Remember a document that was just claimed."""

        def change(connection: Connection) -> None:
            self._add.carry_out(connection, _columns(document))
            self._event(connection, document.id, document.state, document.name)

        self._together.carry_out(change, lasting=False)

    def advance(self, document: Document, to: State, *, note: str = "", **facts: Any) -> Document:
        """Move a document on to its next state, and remember `facts` (its fields) with it.

        :returns: the document as it is now.
        :raises StaleState: if `to` may not follow, or the document was moved on by somebody else.
        :raises ContentUnderWay: to UPLOADING, if the same content is being created already.
        """
        if to not in NEXT[document.state]:
            raise StaleState(f"A document cannot go from {document.state} to {to}.")
        changes = {**facts, "state": to, "updated_at": self._now()}

        def change(connection: Connection) -> None:
            try:
                self._update_one(connection, document, changes)
            except IntegrityError as error:  # the index one_create_per_content
                raise ContentUnderWay("The same content is being delivered right now.") from error
            self._event(connection, document.id, to, note)

        self._together.carry_out(change, lasting=to in _DEPENDED_ON)
        return _replaced(document, changes)

    def plan(self, document: Document, destination: str) -> Document:
        """Remember where a document is about to be moved.

        :raises StaleState: if it was moved on by somebody else.
        """
        changes = {"destination": destination}
        self._together.carry_out(lambda connection: self._update_one(connection, document, changes))
        return _replaced(document, changes)

    def remember_inbox(self, name: str, known: KnownInbox) -> None:
        """Remember an inbox's folder, in place of what was remembered before."""
        facts = asdict(known)

        def change(connection: Connection) -> None:
            known = update(inboxes).where(inboxes.c.name == name)
            if not connection.execute(known.values(**facts)).rowcount:
                connection.execute(insert(inboxes).values(name=name, **facts))

        self._together.carry_out(change)

    def _update_one(
        self, connection: Connection, document: Document, changes: Mapping[str, Any]
    ) -> None:
        which = {"its_id": document.id, "its_state": document.state}
        if self._update.carry_out(connection, {**which, **changes}).rowcount != 1:
            raise StaleState(f"Document {document.id} is not {document.state} any more.")

    def _event(self, connection: Connection, document: str, state: State, note: str) -> None:
        happened = {"document": document, "at": self._now(), "state": state, "note": note}
        self._happen.carry_out(connection, happened)

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
        if self._kept:
            self._kept.close()
        super().close()


def _replaced(document: Document, changes: Mapping[str, Any]) -> Document:
    return Document(**{**_columns(document), **changes})


def _columns(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in _NAMES}


_NAMES = tuple(field.name for field in fields(Document))
