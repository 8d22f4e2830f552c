"""The ledger's tables, for SQLite and PostgreSQL alike."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Index,
    Insert,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    event,
)
from sqlalchemy.types import TypeDecorator

from ingestd.model import CREATE_SENT, ENDS, Outcome, State

VERSION = 1
"""Goes up with every change that an older ingestd could not live with."""


class PathText(TypeDecorator[str]):
    """A path as the filesystem's bytes.

    Names need not be UTF-8 (an archive unpacked with the wrong code page is enough), and text
    columns of both databases refuse the surrogates that Python reads such names as.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """To the database."""
        del dialect
        return None if value is None else os.fsencode(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """From the database."""
        del dialect
        return None if value is None else os.fsdecode(value)


class Prose(TypeDecorator[str]):
    """Text for people, which may quote names and servers: what no text column takes is escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        del dialect
        if value is None:
            return None
        return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", r"\x00")


class Instant(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database (SQLite drops the offset)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        del dialect
        if value is None:
            return None
        # PostgreSQL answers in the time zone of its own settings
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Word(TypeDecorator[StrEnum]):
    """A member of an enumeration by its value (psycopg would write its name)."""

    impl = String(16)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """To the database."""
        del dialect
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """From the database."""
        del dialect
        return None if value is None else self.kind(value)


def _listed(states: Iterable[State]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


metadata = MetaData()

about = Table("about", metadata, Column("version", Integer, nullable=False))

documents = Table(
    "documents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("inbox", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("name", PathText, nullable=False),
    Column("state", Word(State), nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("size", BigInteger),
    Column("md5", String(32), nullable=False, default=""),
    Column("sha256", String(64), nullable=False, default=""),
    Column("external_id", String(255), nullable=False, default=""),
    Column("outcome", Word(Outcome)),
    Column("invoice_id", Prose, nullable=False, default=""),
    Column("reason", Prose, nullable=False, default=""),
    Column("advice", Prose, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("destination", PathText, nullable=False, default=""),
    Column("sent_size", BigInteger),
    Column("sent_md5", String(32), nullable=False, default="", server_default=""),
    Column("sent_sha256", String(64), nullable=False, default="", server_default=""),
)
COLUMNS_ADDED = (documents.c.sent_size, documents.c.sent_md5, documents.c.sent_sha256)
"""Came later: a ledger that was begun without them gets them when it is opened to be written."""


_ends = bindparam("ends", sorted(ENDS), Word(State), expanding=True, literal_execute=True)


def is_under_way(state: ColumnElement[State]) -> ColumnElement[bool]:
    """Whether a document is, in the words of the index of those that are.

    A database uses that where it reads that no others are wanted: of a parameter it does not know
    what will be in it.
    """
    return state.not_in(_ends)


def _partial_index(name: str, columns: str, where: str, *, unique: bool = False) -> None:
    """An index of the documents that fulfil a condition.

    SQLAlchemy's own would import what it has for PostgreSQL also where SQLite is used: 15 ms of
    every command.
    """
    kind = "UNIQUE INDEX" if unique else "INDEX"
    statement = f"CREATE {kind} {name} ON {documents.name} ({columns}) WHERE {where}"
    made = DDL(statement)  # type: ignore[no-untyped-call]  # not typed there
    event.listen(documents, "after_create", made)


_partial_index("documents_under_way", "inbox", f"state NOT IN ({_listed(ENDS)})")
Index("documents_by_content", documents.c.account, documents.c.sha256)
by_md5 = Index("documents_by_md5", documents.c.account, documents.c.md5)
by_update = Index("documents_by_update", documents.c.updated_at)
by_sent_md5 = Index("documents_by_sent_md5", documents.c.account, documents.c.sent_md5)
INDEXES_ADDED = (by_md5, by_update, by_sent_md5)
"""Came later too."""

_partial_index(
    "one_create_per_content",
    "account, sha256",
    f"state IN ({_listed(CREATE_SENT)}) AND sha256 <> ''",
    unique=True,
)


def unless_there(dialect: Dialect) -> Insert:
    """Inserting a document, if none has its id: the database says then that it inserted none."""
    own = import_module(f"sqlalchemy.dialects.{dialect.name}")  # loaded already
    added: Insert = own.insert(documents).on_conflict_do_nothing(index_elements=[documents.c.id])
    return added


events = Table(
    "events",
    metadata,
    # SQLite counts only a column declared INTEGER up by itself
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("document", String(64), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("state", Word(State), nullable=False),
    Column("note", Prose, nullable=False, default=""),
)

inboxes = Table(
    "inboxes",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("path", PathText, nullable=False),
    Column("marker", String(255), nullable=False),
    Column("filesystem", Text, nullable=False),
    Column("source", PathText, nullable=False),
    Column("root", PathText, nullable=False),
)
