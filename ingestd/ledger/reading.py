"""What is read from the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, FromClause, Row, bindparam, func, select, union_all

from ingestd.errors import ContentUnderWay, IngestdError, LedgerUnusable
from ingestd.ledger.file import damage_in
from ingestd.ledger.parting import let_go
from ingestd.ledger.prepared import Prepared
from ingestd.ledger.schema import documents, events, inboxes, is_under_way
from ingestd.ledger.search import Wanted, matching
from ingestd.ledger.translating import translated
from ingestd.model import CREATE_SENT, Document, Outcome, State


@dataclass(frozen=True, slots=True)
class KnownInbox:
    """An inbox's folder, its marker, and the mount it was seen on (see mountinfo in proc(5))."""

    path: str
    marker: str
    filesystem: str
    source: str
    root: str


class Delivery(NamedTuple):
    """What is remembered of one document's invoice and of its place; see `Document`."""

    id: str
    account: str
    inbox: str
    name: str
    state: State
    updated_at: datetime
    size: int | None
    sha256: str
    external_id: str
    outcome: Outcome | None
    invoice_id: str
    destination: str
    sent_md5: str


_INVOICES_WITH_ITS_CONTENT = select(documents.c.invoice_id, documents.c.external_id).where(
    documents.c.account == bindparam("account"),
    documents.c.sha256 == bindparam("sha256"),
    documents.c.outcome == Outcome.DELIVERED,
    documents.c.id != bindparam("id"),
)


class Reading:
    """What happened to every document; one object serves all threads.

    Every method raises `LedgerUnusable` when the database cannot be read or written (nothing was
    changed then), and `StorageFailed` when what was written may be lost, or the ledger is.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        documents: FromClause = documents,
        ensure_in_place: Callable[[], None] = lambda: None,
        damaged: Callable[[str], IngestdError] = LedgerUnusable,
    ) -> None:
        """Read in a database that has its tables.

        :param documents: see `older.documents_in`.
        :param ensure_in_place: raises `StorageFailed` if the database is not where it was opened.
        :param damaged: told what cannot have been written so; what to raise then.
        """
        self._engine = engine
        self._documents, self._columns = documents, documents.c
        self._ensure_in_place = ensure_in_place
        self._damaged = damaged
        self._with_its_content = Prepared(_INVOICES_WITH_ITS_CONTENT, engine.dialect)

    def document(self, document_id: str) -> Document | None:
        """The document with this id; None too for what no id can be, such as a stray name."""
        try:
            found = self._read(select(self._documents).where(self._columns.id == document_id))
        except UnicodeEncodeError:  # bytes that are no text, which no column of ids takes
            return None
        return _document(found[0]) if found else None

    def under_way(self, inbox: str) -> list[Document]:
        """The documents of an inbox that have not come to an end, oldest first."""
        open_ones = is_under_way(self._columns.state)
        query = select(self._documents).where(self._columns.inbox == inbox, open_ones)
        return [_document(row) for row in self._read(query.order_by(self._columns.claimed_at))]

    def numbers_under_way(self) -> dict[str, int]:
        """How many documents of each inbox have not come to an end; inboxes with none left out."""
        open_ones = is_under_way(self._columns.state)
        query = select(self._columns.inbox, func.count().label("number")).where(open_ones)
        return {row.inbox: row.number for row in self._read(query.group_by(self._columns.inbox))}

    def outcomes_since(self, moment: datetime) -> dict[str, dict[Outcome, int]]:
        """How many documents of each inbox came to each outcome since then."""
        query = (
            select(self._columns.inbox, self._columns.outcome, func.count().label("number"))
            .where(self._columns.updated_at >= moment, self._columns.state == State.FILED)
            .group_by(self._columns.inbox, self._columns.outcome)
        )
        counts: dict[str, dict[Outcome, int]] = {}
        for row in self._read(query):
            counts.setdefault(row.inbox, {})[row.outcome] = row.number
        return counts

    def last_successes(self) -> dict[str, datetime]:
        """When Kanbert last had a document of each inbox; inboxes without one left out."""
        columns, had = documents.c, [Outcome.DELIVERED, Outcome.DUPLICATE]
        query = select(columns.inbox, func.max(columns.updated_at).label("at"))
        rows = self._read(query.where(columns.outcome.in_(had)).group_by(columns.inbox))
        return {row.inbox: row.at for row in rows}

    def delivered_before(self, document: Document) -> bool:
        """Whether another document with the same content became an invoice of this account.

        :raises ContentUnderWay: if one is just becoming that.
        """
        query = select(self._columns.state, self._columns.outcome).where(
            self._columns.account == document.account,
            self._columns.sha256 == document.sha256,
            self._columns.id != document.id,
        )
        others = self._read(query)
        if any(other.state in CREATE_SENT for other in others):
            raise ContentUnderWay("The same content is being delivered right now.")
        return any(other.outcome is Outcome.DELIVERED for other in others)

    def invoices_with_its_content(self, document: Document) -> dict[str, str]:
        """The invoices that others with its content became: external_ids by their ids."""
        self.flush()
        with self._in_use(), self._engine.connect() as connection:
            return self._invoices_with_its_content(connection, document)

    def contents_with_its_md5(self, document: Document) -> set[tuple[str, Outcome | None]]:
        """SHA-256 and outcome of what was sent of this account's others with its MD5, each once."""
        columns, md5 = self._columns, document.md5_at_kanbert
        others = select(columns.sha256, columns.sent_md5, columns.sent_sha256, columns.outcome)
        others = others.where(columns.account == document.account, columns.id != document.id)
        # two queries, each with its index: for "or" SQLite goes through all of the account's, and
        # so does 3.53 for a UNION, which it puts in order
        either = union_all(others.where(columns.md5 == md5), others.where(columns.sent_md5 == md5))
        # what was sent of one is its copy, where there is one
        of_it = (row for row in self._read(either) if row.sent_md5 in {"", md5})
        return {(row.sent_sha256 or row.sha256, row.outcome) for row in of_it}

    def copy_of(self, account: str, sha256: str) -> dict[str, Any]:
        """What Kanbert was sent in place of a content, as a document's facts; empty if nothing."""
        columns = self._columns
        query = select(columns.sent_size, columns.sent_md5, columns.sent_sha256).where(
            columns.account == account,
            columns.sha256 == sha256,
            columns.sent_md5 != "",
            columns.outcome.in_([Outcome.DELIVERED, Outcome.DUPLICATE]),
        )
        rows = self._read(query.order_by(columns.updated_at.desc()).limit(1))
        return dict(rows[0]._mapping) if rows else {}  # noqa: SLF001 - see `_document`

    def deliveries(self, *, piece: int = 5000) -> Iterator[Delivery]:
        """Iterate over all documents, whatever became of them, in no order.

        :param piece: how many are read at a time.
        """
        query = select(*(self._columns[name] for name in Delivery._fields)).order_by(
            self._columns.id
        )
        last = ""
        # by the primary key: as fast for the last piece as for the first
        while rows := self._read(query.where(self._columns.id > last).limit(piece)):
            for row in rows:
                yield Delivery._make(row)
            last = rows[-1].id

    def steps(self, document_id: str) -> list[tuple[datetime, State, str]]:
        """What happened to a document, oldest first: when, to which state, and a note."""
        query = select(events).where(events.c.document == document_id).order_by(events.c.number)
        return [(row.at, row.state, row.note) for row in self._read(query)]

    def search(self, wanted: Wanted) -> list[Document]:
        """The documents that are wanted, those that went on last first."""
        query = matching(wanted, self._documents, sqlite=self._engine.dialect.name == "sqlite")
        return [_document(row) for row in self._read(query)]

    def known_inbox(self, name: str) -> KnownInbox | None:
        """What is remembered of an inbox's folder."""
        found = self._read(select(inboxes).where(inboxes.c.name == name))
        if not found:
            return None
        row = found[0]
        return KnownInbox(row.path, row.marker, row.filesystem, row.source, row.root)

    def number(self) -> int:
        """How many documents it remembers."""
        return int(self._read(select(func.count()).select_from(self._documents))[0][0])

    def close(self) -> None:
        """Let go of the database; what a thread still does with it comes to its end."""
        let_go(self._engine)

    def flush(self) -> None:
        """Have in the database what is to be read there: a `Ledger` may have deferred it."""

    def _invoices_with_its_content(
        self, connection: Connection, document: Document
    ) -> dict[str, str]:
        its = {"account": document.account, "sha256": document.sha256, "id": document.id}
        rows = self._with_its_content.execute(connection, its).fetchall()
        return {invoice_id: external_id for invoice_id, external_id in rows if invoice_id}

    def _read(self, query: Any) -> list[Row[Any]]:
        self.flush()
        with self._in_use(), self._engine.connect() as connection:
            rows = connection.execute(query)
            try:
                return list(rows)
            except (ValueError, TypeError) as error:  # a state or a time that there is not
                raise self._damaged(f"{error}") from error

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        self._ensure_in_place()
        try:
            with translated(self._engine):
                yield
        except LedgerUnusable as error:
            if what := damage_in(error.__cause__):
                raise self._damaged(what) from error
            raise


def _document(row: Row[Any]) -> Document:
    return Document(**row._mapping)  # noqa: SLF001 (SQLAlchemy's documented name for it)
