"""How SQLite goes about what the ledger asks of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from sqlalchemy import Engine, event


class _Cursor(sqlite3.Cursor):
    def execute(self, statement: str, parameters: Any = (), /) -> Self:
        if isinstance(self.connection, _Connection):
            self.connection.asked.setdefault(statement, parameters)
        return super().execute(statement, parameters)


class _Connection(sqlite3.Connection):
    asked: dict[str, Any]

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """Make one that writes down what it is asked."""
        return super().cursor(_Cursor, *args, **kwargs)


@contextmanager
def asked() -> Iterator[Mapping[str, Any]]:
    """Write down each statement, with the first parameters that it had.

    Only of ledgers that are opened meanwhile. The parameters matter: SQLite takes an index of some
    of the rows only where the statement's text shows that no others are wanted.
    """
    statements: dict[str, Any] = {}

    class Noting(_Connection):
        asked = statements

    def connect(_dialect: Any, _record: Any, _args: Any, given: dict[str, Any]) -> None:
        given["factory"] = Noting

    event.listen(Engine, "do_connect", connect)
    try:
        yield statements
    finally:
        event.remove(Engine, "do_connect", connect)


def plan(connection: sqlite3.Connection, statement: str, parameters: Any) -> list[str]:
    """The steps of carrying out a statement; none for one that has none, such as BEGIN."""
    if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "INSERT", "DELETE", "WITH")):
        return []
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [detail for *_, detail in rows]
