"""Beginning a ledger, and giving one that an older ingestd began what came later."""

from __future__ import annotations

from sqlalchemy import Connection, insert, inspect
from sqlalchemy.schema import CreateColumn

from ingestd.ledger.fitness import look_into
from ingestd.ledger.schema import COLUMNS_ADDED, INDEXES_ADDED, VERSION, about, metadata


def prepare(connection: Connection) -> None:
    """Begin a ledger in an empty database, or bring the one that is there up to date.

    :raises Unfit: if what is there is no ledger, or a newer ingestd's.
    """
    if not inspect(connection).has_table(about.name):
        metadata.create_all(connection)
        connection.execute(insert(about).values(version=VERSION))
    bring_up_to_date(connection)


def bring_up_to_date(connection: Connection) -> None:
    """Add what it was begun without; an older ingestd can still live with it.

    :raises Unfit: if it is no ledger, or a newer ingestd's.
    """
    look_into(connection)
    for column in COLUMNS_ADDED:
        table = column.table.name
        if column.name not in {one["name"] for one in inspect(connection).get_columns(table)}:
            how = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {how}")
    for index in INDEXES_ADDED:
        index.create(connection, checkfirst=True)
