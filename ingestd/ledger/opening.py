"""Opening the ledger, and setting aside one that cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import TIMEOUT_MAX
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ingestd.errors import LedgerUnusable, SettingsError
from ingestd.ledger.beginning import bring_up_to_date, prepare
from ingestd.ledger.file import LedgerFile, damage_in
from ingestd.ledger.fitness import NotBegun, Unfit, look_into, look_into_if_begun
from ingestd.ledger.older import documents_in
from ingestd.ledger.reading import Reading
from ingestd.ledger.store import Ledger
from ingestd.ledger.translating import in_its_words

FILE_NAME = "ledger.sqlite3"

_WAIT_FOR_OTHER_PROCESSES = 30.0
"""Seconds; `status` and `history` may be reading while the daemon writes."""

_Found = TypeVar("_Found")


def open_ledger(
    state_dir: Path,
    url: str,
    *,
    now: Callable[[], datetime],
    set_aside: Callable[[Path, str], None],
    flush_within: float = TIMEOUT_MAX,
) -> Ledger:
    """Open the ledger, making it if there is none.

    What lies at its place and cannot be it (damaged, cut short, another program's, written by a
    newer ingestd, no file at all) is never written to: it is renamed, `set_aside` is told its new
    path and why, and a new ledger is begun. No document is lost or delivered twice by that, only
    history.

    Damage deep in the file shows when that part is used: looking through all of it would take 20
    seconds for a million documents (measured: 1.2 GB, not in memory yet), at every run of `once`.
    The ledger leaves a mark then and stops the process; the next start sets it aside.

    :param url: SQLAlchemy's, e.g. `postgresql+psycopg://…`; empty: SQLite in `state_dir`.
    :param flush_within: seconds that what nothing depends on is missing in the database, at most.
    :raises LedgerUnusable: if it cannot be opened.
    :raises SettingsError: if `url` is none, or its driver is not installed.
    """
    if url:
        return Ledger(_open_server(url), now=now, flush_within=flush_within)
    file = LedgerFile(state_dir / FILE_NAME)
    why = file.what_is_wrong() or (_unfit(file.path) if file.path.exists() else "")
    if why:
        set_aside(file.put_aside(now()), why)
    if not file.path.exists():
        file.make(lambda draft: _on(draft, prepare))
    file.forget_mark()
    _on(file.path, bring_up_to_date, set_up=_write_ahead)
    return Ledger(
        _engine(file.path),
        now=now,
        flush_within=flush_within,
        ensure_in_place=file.watch(),
        damaged=file.mark,
    )


def open_to_read(state_dir: Path, url: str) -> Reading | None:
    """Open the ledger without changing anything, also while a daemon writes to it.

    One that an older ingestd began is read as it is.

    :returns: None where none was begun yet.
    :raises LedgerUnusable: if it cannot be read, or is a newer ingestd's.
    :raises SettingsError: if `url` is none, or its driver is not installed.
    """
    path = state_dir / FILE_NAME
    if not url and not _is_there(path):
        return None
    engine = _engine_of(url) if url else _engine(path)
    try:
        _try(engine, look_into_if_begun if url else look_into, denied=_AS_WHOM)
        return Reading(engine, documents=_try(engine, documents_in, denied=_AS_WHOM))
    except NotBegun:
        engine.dispose()
        return None
    except Unfit as unfit:
        engine.dispose()
        raise LedgerUnusable(
            f"The ledger cannot be read: {unfit}.",
            hint="Was it begun by another version of ingestd? The next `ingestd run` sees to it.",
        ) from unfit
    except LedgerUnusable:
        engine.dispose()
        raise


_AS_WHOM = "Run this as the user that ingestd runs as: sudo -u ingestd ingestd …"


def _is_there(path: Path) -> bool:
    """Whether there is a ledger to read; `Path.exists` does not say that it may not look."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except NotADirectoryError as error:
        said = f"The ledger {path} cannot be looked at: {path.parent} is no folder."
        raise LedgerUnusable(said, hint="Correct state_dir.") from error
    except OSError as error:
        raise LedgerUnusable(
            f"The ledger {path} cannot be looked at: {error.strerror}.", hint=_AS_WHOM
        ) from error
    return True


def _engine_of(url: str) -> Engine:
    try:
        return create_engine(_with_driver(url), pool_pre_ping=True)
    except (ArgumentError, ModuleNotFoundError) as error:
        why = str(error).rstrip(".")
        raise SettingsError(f"[ledger] url cannot be used: {why}.", hint=_HOW_IT_READS) from error
    except ValueError:  # its text may be a part of the password
        raise SettingsError(
            "[ledger] url cannot be used: its port is no number.", hint=_HOW_IT_READS
        ) from None


def _open_server(url: str) -> Engine:
    engine = _engine_of(url)
    try:
        _try(engine, prepare)
    except Unfit as unfit:
        raise LedgerUnusable(
            f"The ledger in [ledger] url cannot be used: {unfit}.", hint="Use that version."
        ) from unfit
    return engine


_HOW_IT_READS = (
    "It reads postgresql://user:password@host/name (signs such as / in the password as %2F), "
    "and needs ingestd[postgres]."
)


def _unfit(path: Path) -> str:
    """Why this file cannot serve as the ledger; empty if it can."""
    try:
        _on(path, look_into)
    except LedgerUnusable as error:
        if what := damage_in(error.__cause__):
            return what
        raise
    except Unfit as unfit:
        return str(unfit)
    return ""


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        connect_args={"timeout": _WAIT_FOR_OTHER_PROCESSES},
        pool_use_lifo=True,  # what one connection wrote, it need not read again
    )
    event.listen(engine, "connect", _set_up_connection)
    return engine


def _set_up_connection(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = FULL")


def _write_ahead(connection: sqlite3.Connection, _record: object) -> None:
    # changes the file, and for good; it is asked for once the file is known to be ours
    connection.execute("PRAGMA journal_mode = WAL")


def _on(
    path: Path,
    do: Callable[[Connection], None],
    *,
    set_up: Callable[[sqlite3.Connection, object], None] = lambda *_: None,
) -> None:
    """Do something with all of a file, in one transaction.

    sqlite3 of its own accord leaves the making of tables out of it. That is for here alone: where
    it is listened to the beginning of a transaction, SQLAlchemy takes twice as long for all else.
    """
    engine = _engine(path)
    event.listen(engine, "connect", _leave_transactions_to_us)
    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        _try(engine, do)
    finally:
        engine.dispose()


def _leave_transactions_to_us(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None


_WRITABLE = "Check that state_dir is writable and has space, or the database in [ledger] url."


def _try(engine: Engine, do: Callable[[Connection], _Found], *, denied: str = _WRITABLE) -> _Found:
    """Do something with a ledger.

    :param denied: what to do where the rights to its file are missing.
    """
    try:
        with engine.begin() as connection:
            return do(connection)
    except SQLAlchemyError as error:
        is_file = engine.dialect.name == "sqlite"
        where = engine.url.database if is_file else f"at {engine.url.render_as_string()}"
        raise LedgerUnusable(
            f"The ledger {where} cannot be opened: {_why(error)}.",
            hint=denied if _is_denied(error) else _WRITABLE,
        ) from error


def _is_denied(error: SQLAlchemyError) -> bool:
    """Whether SQLite may not open or change a file; to read one, it makes others beside it."""
    return _code(error) in {sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


def _why(error: SQLAlchemyError) -> str:
    if _code(error) == sqlite3.SQLITE_READONLY:  # which it says of those who only read it too
        return "it and its folder have to be writable, to read it too"
    return in_its_words(error)


def _code(error: SQLAlchemyError) -> int:
    """SQLite's, without what it says further; 0 where it is another's."""
    code: int = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return code & 0xFF


def _with_driver(url: str) -> str:
    """Say psycopg 3 where the settings say `postgresql://`, which SQLAlchemy takes for 2."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in {"postgres", "postgresql"} else url
