"""What is written to the ledger, and which of it somebody waits for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, update

from ingestd.errors import (
    ContentDelivered,
    IngestdError,
    LedgerUnusable,
    StaleState,
    StorageFailed,
)
from ingestd.ledger.flusher import Flusher
from ingestd.ledger.group_commit import Also, GroupCommit
from ingestd.ledger.pending import Change, Pending
from ingestd.ledger.reading import KnownInbox, Reading
from ingestd.ledger.schema import inboxes
from ingestd.ledger.writer import Writer
from ingestd.model import NEXT, Document, State

_LONGEST_FAREWELL = 1.0
"""Seconds that the end waits for the ledger: it may hang, or another process have it locked."""
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
        engine: Engine,
        *,
        now: Callable[[], datetime],
        flush_within: float,
        ensure_in_place: Callable[[], None] = lambda: None,
        damaged: Callable[[str], IngestdError] = LedgerUnusable,
    ) -> None:
        """Make a ledger of a database that has its tables.

        :param flush_within: see `open_ledger`; for the others see `Reading`.
        """
        super().__init__(engine, ensure_in_place=ensure_in_place, damaged=damaged)
        self._now = now
        self._is_file = engine.dialect.name == "sqlite"
        self._pending = Pending()
        self._writer = Writer(engine, self._in_use)
        self._commits = GroupCommit(self._writer.transaction, self._writer.write, self._pending)
        self._flusher = Flusher(self._flush_unseen, within=flush_within)

    def add(self, document: Document) -> None:
        """Remember a document that was just claimed."""
        event = self._event(document.id, document.state, document.name)
        self._defer(Change(document.id, None, document.state, _columns(document), [event]))

    def advance(self, document: Document, to: State, *, note: str = "", **facts: Any) -> Document:
        """Move a document on to its next state, and remember `facts` (its fields) with it.

        :returns: the document as it is now.
        :raises StaleState: if `to` may not follow, or the document was moved on by somebody else.
        :raises ContentUnderWay: to UPLOADING, if the same content is being created already.
        """
        moved = self._moved(document, to, note, facts)
        if to is State.RELEASED and self._is_file and self._pending.defer_unheard_of(moved):
            self._flusher.ask()  # with a server, the answer to its writing may have been lost
        elif to in _DEPENDED_ON:
            self._commit(moved)
        else:
            self._defer(moved)
        return _replaced(document, moved.facts)

    def begin_upload(
        self, document: Document, considered: Mapping[str, str], *, note: str = "", **facts: Any
    ) -> Document:
        """Move a document on to UPLOADING, unless its content became an invoice meanwhile.

        :param considered: the invoices that it may have become: their external_ids by their ids.
        :raises ContentDelivered: if it became others; and what `advance` does.
        """

        def ensure_nothing_new(connection: Connection) -> None:
            # after the change: others with its content wait for this transaction's end from then on
            found = self._invoices_with_its_content(connection, document)
            if found != considered:
                raise ContentDelivered(found)

        moved = self._moved(document, State.UPLOADING, note, facts)
        self._commit(moved, ensure_nothing_new)
        return _replaced(document, moved.facts)

    def plan(self, document: Document, destination: str) -> Document:
        """Remember where a document is about to be moved.

        :raises StaleState: if it was moved on by somebody else.
        """
        changes = {"destination": destination}
        self._commit(Change(document.id, document.state, document.state, changes))
        return _replaced(document, changes)

    def remember_inbox(self, name: str, known: KnownInbox) -> None:
        """Remember an inbox's folder, in place of what was remembered before."""
        facts = asdict(known)

        def write(connection: Connection) -> None:
            again = update(inboxes).where(inboxes.c.name == name).values(**facts)
            if not connection.execute(again).rowcount:
                connection.execute(insert(inboxes).values(name=name, **facts))

        self._commits.commit(also=write)

    def flush(self) -> None:
        """Return once all that it was told is in the database.

        :raises LedgerUnusable: if it cannot be written now; it is once that is possible.
        """
        self._pending.ensure_disk_works()
        if not self._pending.is_empty:
            self._commits.flush()

    def _flush_unseen(self) -> bool:
        """Flush, and tell nobody of what goes wrong: whoever has to have it written is told."""
        try:
            self._commits.flush()
        except LedgerUnusable:
            return False
        except StorageFailed:
            pass  # never tried again
        return True

    def _defer(self, change: Change) -> None:
        """Have it written soon, as nothing depends on it; at once where only that will show."""
        if self._pending.defer(change):
            self._flusher.ask()
        else:
            self._commits.commit(change, durable=False)

    def _commit(self, change: Change, also: Also | None = None) -> None:
        self._pending.ensure_not_lost(change)
        self._commits.commit(change, also)

    def _moved(self, document: Document, to: State, note: str, facts: Mapping[str, Any]) -> Change:
        if to not in NEXT[document.state]:
            raise StaleState(f"A document cannot go from {document.state} to {to}.")
        event = self._event(document.id, to, note)
        changes = {**facts, "state": to, "updated_at": event["at"]}
        return Change(document.id, document.state, to, changes, [event])

    def _event(self, document: str, state: State, note: str) -> Mapping[str, Any]:
        return {"document": document, "at": self._now(), "state": state, "note": note}

    def close(self) -> None:
        """Let go of the database, once nobody writes to it any more."""
        self._flusher.close(_LONGEST_FAREWELL)  # what is not written by then is found out anew
        self._writer.close()
        super().close()


def _replaced(document: Document, changes: Mapping[str, Any]) -> Document:
    return Document(**{**_columns(document), **changes})


def _columns(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in _NAMES}


_NAMES = tuple(field.name for field in fields(Document))
