"""What is written to the ledger and read from it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from ingestd.errors import (
    ContentUnderWay,
    IngestdError,
    LedgerUnusable,
    StaleState,
    StorageFailed,
)
from ingestd.ledger.disk import is_full
from ingestd.ledger.file import damage_in
from ingestd.ledger.schema import documents, events, inboxes
from ingestd.model import CREATE_SENT, ENDS, NEXT, Document, Outcome, State


@dataclass(frozen=True, slots=True)
class KnownInbox:
    """An inbox's folder, its marker, and the mount it was seen on (see mountinfo in proc(5))."""

    path: str
    marker: str
    filesystem: str
    source: str
    root: str


class Ledger:
    """What happened to every document; one object serves all threads.

    Every method raises `LedgerUnusable` when the database cannot be read or written (nothing was
    changed then), and `StorageFailed` when what was written may be lost, or the ledger is.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        now: Callable[[], datetime],
        ensure_in_place: Callable[[], None] = lambda: None,
        damaged: Callable[[str], IngestdError] = LedgerUnusable,
    ) -> None:
        """Make a ledger of a database that has its tables.

        :param ensure_in_place: raises `StorageFailed` if the database is not where it was opened.
        :param damaged: told what cannot have been written so; what to raise then.
        """
        self._engine = engine
        self._now = now
        self._ensure_in_place = ensure_in_place
        self._damaged = damaged
        # SQLite's own way to wait for another writer is to sleep and look again
        self._writing = threading.Lock()

    def add(self, document: Document) -> None:
        """Remember a document that was just claimed."""
        with self._change() as connection:
            connection.execute(insert(documents).values(**_columns(document)))
            self._event(connection, document.id, document.state, document.name)

    def advance(self, document: Document, to: State, *, note: str = "", **facts: Any) -> Document:
        """Move a document on to its next state, and remember `facts` (its fields) with it.

        :returns: the document as it is now.
        :raises StaleState: if `to` may not follow, or the document was moved on by somebody else.
        :raises ContentUnderWay: to UPLOADING, if the same content is being created already.
        """
        if to not in NEXT[document.state]:
            raise StaleState(f"A document cannot go from {document.state} to {to}.")
        changes = {**facts, "state": to, "updated_at": self._now()}
        with self._change() as connection:
            try:
                _update_one(connection, document, changes)
            except IntegrityError as error:  # the index one_create_per_content
                raise ContentUnderWay("The same content is being delivered right now.") from error
            self._event(connection, document.id, to, note)
        return _replaced(document, changes)

    def plan(self, document: Document, destination: str) -> Document:
        """Remember where a document is about to be moved.

        :raises StaleState: if it was moved on by somebody else.
        """
        changes = {"destination": destination}
        with self._change() as connection:
            _update_one(connection, document, changes)
        return _replaced(document, changes)

    def document(self, document_id: str) -> Document | None:
        """The document with this id; None too for what no id can be, such as a stray name."""
        try:
            found = self._read(select(documents).where(documents.c.id == document_id))
        except UnicodeEncodeError:  # bytes that are no text, which no column of ids takes
            return None
        return _document(found[0]) if found else None

    def under_way(self, inbox: str) -> list[Document]:
        """The documents of an inbox that have not come to an end, oldest first."""
        open_ones = documents.c.state.not_in(sorted(ENDS))
        query = select(documents).where(documents.c.inbox == inbox, open_ones)
        return [_document(row) for row in self._read(query.order_by(documents.c.claimed_at))]

    def numbers_under_way(self) -> dict[str, int]:
        """How many documents of each inbox have not come to an end; inboxes with none left out."""
        open_ones = documents.c.state.not_in(sorted(ENDS))
        query = select(documents.c.inbox, func.count().label("number")).where(open_ones)
        return {row.inbox: row.number for row in self._read(query.group_by(documents.c.inbox))}

    def outcomes_since(self, moment: datetime) -> dict[str, dict[Outcome, int]]:
        """How many documents of each inbox came to each outcome since then."""
        query = (
            select(documents.c.inbox, documents.c.outcome, func.count().label("number"))
            .where(documents.c.updated_at >= moment, documents.c.state == State.FILED)
            .group_by(documents.c.inbox, documents.c.outcome)
        )
        counts: dict[str, dict[Outcome, int]] = {}
        for row in self._read(query):
            counts.setdefault(row.inbox, {})[row.outcome] = row.number
        return counts

    def delivered_before(self, document: Document) -> bool:
        """Whether another document with the same content became an invoice of this account.

        :raises ContentUnderWay: if one is just becoming that.
        """
        query = select(documents.c.state, documents.c.outcome).where(
            documents.c.account == document.account,
            documents.c.sha256 == document.sha256,
            documents.c.id != document.id,
        )
        others = self._read(query)
        if any(other.state in CREATE_SENT for other in others):
            raise ContentUnderWay("The same content is being delivered right now.")
        return any(other.outcome is Outcome.DELIVERED for other in others)

    def contents_with_its_md5(self, document: Document) -> set[tuple[str, Outcome | None]]:
        """SHA-256 and outcome of this account's other documents with the same MD5, each once."""
        query = select(documents.c.sha256, documents.c.outcome).where(
            documents.c.account == document.account,
            documents.c.md5 == document.md5,
            documents.c.id != document.id,
        )
        return {(row.sha256, row.outcome) for row in self._read(query.distinct())}

    def steps(self, document_id: str) -> list[tuple[datetime, State, str]]:
        """What happened to a document, oldest first: when, to which state, and a note."""
        query = select(events).where(events.c.document == document_id).order_by(events.c.number)
        return [(row.at, row.state, row.note) for row in self._read(query)]

    def known_inbox(self, name: str) -> KnownInbox | None:
        """What is remembered of an inbox's folder."""
        found = self._read(select(inboxes).where(inboxes.c.name == name))
        if not found:
            return None
        row = found[0]
        return KnownInbox(row.path, row.marker, row.filesystem, row.source, row.root)

    def remember_inbox(self, name: str, known: KnownInbox) -> None:
        """Remember an inbox's folder, in place of what was remembered before."""
        facts = asdict(known)
        with self._change() as connection:
            changed = connection.execute(
                update(inboxes).where(inboxes.c.name == name).values(**facts)
            )
            if not changed.rowcount:
                connection.execute(insert(inboxes).values(name=name, **facts))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _event(self, connection: Connection, document: str, state: State, note: str) -> None:
        connection.execute(
            insert(events).values(document=document, at=self._now(), state=state, note=note)
        )

    def _read(self, query: Any) -> list[Row[Any]]:
        with self._in_use(), self._engine.connect() as connection:
            rows = connection.execute(query)
            try:
                return list(rows)
            except (ValueError, TypeError) as error:  # a state or a time that there is not
                raise self._damaged(f"{error}") from error

    @contextmanager
    def _change(self) -> Iterator[Connection]:
        with self._writing, self._in_use(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        self._ensure_in_place()
        try:
            with _translated(self._engine):
                yield
        except LedgerUnusable as error:
            if what := damage_in(error.__cause__):
                raise self._damaged(what) from error
            raise


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        if _disk_failed(error, engine):
            raise StorageFailed(
                f"The disk could not store the ledger: {in_its_words(error)}.",
                hint="Check the disk (dmesg, smartctl); ingestd goes on from here when started.",
            ) from error
        raise LedgerUnusable(
            f"The ledger cannot be used: {in_its_words(error)}.",
            hint="Check the space and the rights in state_dir (or the database in [ledger] url).",
        ) from error


def _disk_failed(error: SQLAlchemyError, engine: Engine) -> bool:
    name: str = getattr(getattr(error, "orig", None), "sqlite_errorname", "")
    if name == "SQLITE_IOERR_WRITE":
        return not is_full(Path(engine.url.database or ""))
    return name.endswith("_FSYNC")  # of the file, or of the folder it is in


def in_its_words(error: SQLAlchemyError) -> str:
    """What the database said, on one line, without the query around it."""
    said = getattr(error, "orig", None) or error
    return " ".join(str(said).split()).rstrip(".?")


def _update_one(connection: Connection, document: Document, changes: Mapping[str, Any]) -> None:
    where = (documents.c.id == document.id, documents.c.state == document.state)
    changed = connection.execute(update(documents).where(*where).values(**changes))
    if changed.rowcount != 1:
        raise StaleState(f"Document {document.id} is not {document.state} any more.")


def _replaced(document: Document, changes: Mapping[str, Any]) -> Document:
    return Document(**{**_columns(document), **changes})


def _columns(document: Document) -> dict[str, Any]:
    return {field.name: getattr(document, field.name) for field in fields(Document)}


def _document(row: Row[Any]) -> Document:
    return Document(**row._mapping)  # noqa: SLF001 (SQLAlchemy's documented name for it)
