"""Opening the ledger, and setting aside one that cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ingestd import moves
from ingestd.errors import LedgerUnusable
from ingestd.ledger.schema import VERSION, about, metadata
from ingestd.ledger.store import Ledger, in_its_words

FILE_NAME = "ledger.sqlite3"

_WAIT_FOR_OTHER_PROCESSES = 30.0
"""Seconds; `status` and `history` may be reading while the daemon writes."""


def open_ledger(
    state_dir: Path,
    url: str,
    *,
    now: Callable[[], datetime],
    set_aside: Callable[[Path, str], None],
) -> Ledger:
    """Open the ledger, making it if there is none.

    A SQLite file that is damaged or was written by a newer ingestd is never overwritten: it is
    renamed, `set_aside` is told its new path and why, and a new ledger is begun. No document is
    lost or delivered twice by that, only history.

    :param url: SQLAlchemy's, e.g. `postgresql+psycopg://…`; empty: SQLite in `state_dir`.
    :raises LedgerUnusable: if it cannot be opened.
    """
    if url:
        return Ledger(_open_server(url), now=now)
    path = state_dir / FILE_NAME
    try:
        engine = _open_file(path)
    except _Unfit as unfit:
        aside = _put_aside(path, now())
        set_aside(aside, str(unfit))
        engine = _open_file(path)
    return Ledger(engine, now=now)


class _Unfit(Exception):
    """This file cannot serve as the ledger."""


def _open_server(url: str) -> Engine:
    try:
        engine = create_engine(_with_driver(url), pool_pre_ping=True)
    except (ArgumentError, ModuleNotFoundError) as error:
        why = str(error).rstrip(".")
        raise LedgerUnusable(f"[ledger] url cannot be used: {why}.", hint=_HOW_IT_READS) from error
    except ValueError:  # its text may be a part of the password
        raise LedgerUnusable(
            "[ledger] url cannot be used: its port is no number.", hint=_HOW_IT_READS
        ) from None
    try:
        _prepare(engine)
    except _Unfit as unfit:
        raise LedgerUnusable(
            f"The ledger in [ledger] url cannot be used: {unfit}.", hint="Use that version."
        ) from unfit
    return engine


_HOW_IT_READS = (
    "It reads postgresql://user:password@host/name (signs such as / in the password as %2F), "
    "and needs ingestd[postgres]."
)


def _open_file(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        connect_args={"timeout": _WAIT_FOR_OTHER_PROCESSES},
    )
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)
    try:
        _prepare(engine)
    except LedgerUnusable as error:
        engine.dispose()
        cause = getattr(error.__cause__, "orig", None)
        # "file is not a database", "malformed": DatabaseError itself, not one of its kin
        if type(cause) is sqlite3.DatabaseError:
            raise _Unfit(str(cause)) from error
        raise
    except _Unfit:
        engine.dispose()
        raise
    return engine


def _set_up_connection(connection: sqlite3.Connection, _record: object) -> None:
    # sqlite3 of its own accord leaves the making of tables out of transactions
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    # An upload depends on what was committed before it: FULL writes through at every commit,
    # NORMAL (in WAL mode) only at checkpoints.
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _prepare(engine: Engine) -> None:
    try:
        with engine.begin() as connection:
            if not inspect(connection).has_table(about.name):
                metadata.create_all(connection)
                connection.execute(insert(about).values(version=VERSION))
            version = connection.execute(select(about.c.version)).scalar_one()
    except SQLAlchemyError as error:
        raise LedgerUnusable(
            f"The ledger at {engine.url.render_as_string()} cannot be opened: "
            f"{in_its_words(error)}.",
            hint="Check that state_dir is writable and has space, or the database in [ledger] url.",
        ) from error
    if version > VERSION:
        raise _Unfit(f"it was written by a newer ingestd (ledger version {version})")


def _put_aside(path: Path, now: datetime) -> Path:
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.set-aside-{stamp}")
    try:
        # the file last: a log of changes left behind would be taken for the new ledger's
        for suffix in ("-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            if part.exists():
                moves.move(part, aside.with_name(aside.name + suffix))
    except OSError as error:
        raise LedgerUnusable(
            f"The ledger {path} cannot be used, nor set aside: {error.strerror}.",
            hint=f"Move it away from {path.parent} by hand; a new one is begun then.",
        ) from error
    return aside


def _with_driver(url: str) -> str:
    """Say psycopg 3 where the settings say `postgresql://`, which SQLAlchemy takes for 2."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in {"postgres", "postgresql"} else url
