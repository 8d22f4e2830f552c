"""Whether a database is a ledger, and one of this version."""

from __future__ import annotations

from sqlalchemy import Connection, Table, inspect, select

from ingestd.ledger.schema import COLUMNS_ADDED, VERSION, about, metadata


class Unfit(Exception):
    """This cannot serve as the ledger."""


class NotBegun(Exception):
    """The database that is to be the ledger is empty yet."""


def look_into(connection: Connection) -> None:
    """Make sure that this is a ledger, and of our version; it may lack what came later.

    :raises Unfit: if it is not.
    """
    _require(connection, about)
    match connection.scalars(select(about.c.version)).all():
        case [int(version)] if version > VERSION:
            raise Unfit(f"it was written by a newer ingestd (ledger version {version})")
        case [int(version)] if version == VERSION:
            pass
        case _:
            raise Unfit("its version cannot be told")
    for table in metadata.sorted_tables:
        _require(connection, table)


def look_into_if_begun(connection: Connection) -> None:
    """Do the same where a database is begun.

    :raises NotBegun: if it is not.
    :raises Unfit: if it is not what it should be.
    """
    if not inspect(connection).has_table(about.name):
        raise NotBegun
    look_into(connection)


def _require(connection: Connection, table: Table) -> None:
    added = {column.name for column in COLUMNS_ADDED if column.table is table}
    if not columns_of(connection, table.name) >= set(table.columns.keys()) - added:
        raise Unfit(f"it is no ledger (the table {table.name} is missing, or another program's)")


def columns_of(connection: Connection, table: str) -> set[str]:
    """The names of those that a table has; none, if it is not there."""
    there = inspect(connection)
    columns = there.get_columns(table) if there.has_table(table) else []
    return {column["name"] for column in columns}
