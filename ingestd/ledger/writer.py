"""How changes are written to the database: its transactions, and the statements in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine, bindparam, insert, text, update
from sqlalchemy.exc import IntegrityError

from ingestd.errors import ContentUnderWay, StaleState
from ingestd.ledger.pending import Change
from ingestd.ledger.prepared import Prepared
from ingestd.ledger.schema import documents, events, unless_there

_UPDATE = update(documents).where(
    documents.c.id == bindparam("its_id"), documents.c.state == bindparam("its_state")
)


class Writer:
    """Writes changes of documents, for one thread at a time."""

    def __init__(self, engine: Engine, in_use: Callable[[], AbstractContextManager[None]]) -> None:
        """Make one that is not connected yet.

        :param in_use: around each transaction; translates what the database raises.
        """
        self._engine = engine
        self._in_use = in_use
        self._is_file = engine.dialect.name == "sqlite"
        self._kept: Connection | None = None
        self._is_closed = False
        dialect = engine.dialect
        self._insert = Prepared(unless_there(dialect), dialect)
        self._update = Prepared(_UPDATE, dialect)
        self._insert_event = Prepared(insert(events).inline(), dialect)
        self._synchronous = {
            durable: Prepared(text(f"PRAGMA synchronous = {level}"), dialect)
            for durable, level in ((True, "FULL"), (False, "NORMAL"))
        }

    @contextmanager
    def transaction(self, durable: bool) -> Iterator[Connection]:
        """Begin a transaction, and commit it on the way out.

        :param durable: whether the commit waits until all of it is on the disk.
        """
        with self._in_use(), self._connected() as connection, connection.begin():
            self._be_durable(connection, durable)
            yield connection

    def write(self, connection: Connection, changes: Sequence[Change]) -> None:
        """Write changes within a transaction.

        :raises StaleState: if a document is not in the state that it was to be moved on from.
        :raises ContentUnderWay: if the content of one is being created already.
        """
        for one in changes:
            try:
                self._write_document(connection, one)
            except IntegrityError as error:  # the index one_create_per_content
                raise ContentUnderWay("The same content is being delivered right now.") from error
        happened = [event for one in changes for event in one.events]
        if happened:
            self._insert_event.insert_rows(connection, happened)

    def close(self) -> None:
        """Close the connection; whoever is writing closes it at the transaction's end."""
        self._is_closed = True
        kept, self._kept = self._kept, None
        if kept:
            kept.close()

    def _write_document(self, connection: Connection, one: Change) -> None:
        if one.since is None:
            written = self._insert.execute(connection, one.facts)
        else:
            which = {"its_id": one.id, "its_state": one.since}
            written = self._update.execute(connection, {**which, **one.facts})
        if written.rowcount != 1:
            raise StaleState(f"Document {one.id} is not {one.since or 'new'} any more.")

    def _be_durable(self, connection: Connection, durable: bool) -> None:
        """Say whether the commit is to wait for the disk; SQLite takes it before the first change.

        FULL writes through at every commit, NORMAL (with a write-ahead log) at checkpoints.
        """
        if self._is_file and durable is not connection.info.get("durable", True):
            self._synchronous[durable].execute(connection, {})
            connection.info["durable"] = durable

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
        if self._is_closed:  # meanwhile: the end does not wait for ever
            self.close()
