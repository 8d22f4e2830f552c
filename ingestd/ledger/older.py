"""Reading in a ledger that an older ingestd began, and that nobody opened to write since."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, FromClause, literal, select

from ingestd.ledger.fitness import columns_of
from ingestd.ledger.schema import COLUMNS_ADDED, documents


def documents_in(connection: Connection) -> FromClause:
    """The table of documents, or a query like it; what came later is as for one without it."""
    there = columns_of(connection, documents.name)
    if all(column.name in there for column in COLUMNS_ADDED):
        return documents
    columns = (one if one.name in there else _blank(one) for one in documents.c)
    return select(*columns).subquery(documents.name)


def _blank(column: Column[Any]) -> ColumnElement[Any]:
    value = None if column.nullable else ""
    return literal(value, column.type).label(column.name)
