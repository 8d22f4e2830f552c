"""Statements that every document needs several times, given to the driver as directly as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

_ROWS = 50
"""Of one statement, at most: each number of them is one more that sqlite3 keeps, and older SQLites
take 999 parameters."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    names: Sequence[str]
    """Of the parameters, in their order."""
    converters: Mapping[str, Callable[[Any], Any]]
    """Of those that the driver does not take as they are."""
    constants: Mapping[str, Any]
    """Those that the statement gives itself."""
    positional: bool

    def text_of(self, rows: int) -> str:
        """The text of an insert, which ends with its values, with so many rows of them."""
        return self.text + f", {self.text.partition(' VALUES ')[2]}" * (rows - 1)

    def parameters(self, given: Mapping[str, Any]) -> Any:
        values = {**self.constants, **given}
        for name, convert in self.converters.items():
            values[name] = convert(values[name])
        return [values[name] for name in self.names] if self.positional else values


class Prepared:
    """A statement that SQLAlchemy compiles once, and the driver carries out.

    SQLAlchemy's own way (looking it up, making ready for listeners and for a result) takes ten
    times as long as SQLite does, and was a quarter of all CPU that a document took.
    """

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        self._statement = statement
        self._dialect = dialect
        self._compiled: dict[frozenset[str], _Compiled] = {}

    def execute(self, connection: Connection, given: Mapping[str, Any]) -> Any:
        """Execute it within the transaction of a connection; the driver's cursor.

        :param given: its parameters, and for an insert or update the columns' values.
        :raises SQLAlchemyError: as `Connection.execute`.
        """
        compiled = self._compiled_for(given)
        parameters = compiled.parameters(given)
        with self._raising(compiled, parameters):
            cursor = connection.connection.cursor()
            cursor.execute(compiled.text, parameters)
        return cursor

    def insert_rows(self, connection: Connection, given: Sequence[Mapping[str, Any]]) -> None:
        """Do the same for an insert of several rows, of which each gives the same columns."""
        compiled = self._compiled_for(given[0])
        rows = [compiled.parameters(one) for one in given]
        with self._raising(compiled, rows):
            cursor = connection.connection.cursor()
            if not compiled.positional:
                cursor.executemany(compiled.text, rows)
                return
            # sqlite3 lets another thread have the interpreter three times for each of `executemany`
            for start in range(0, len(rows), _ROWS):
                some = rows[start : start + _ROWS]
                cursor.execute(compiled.text_of(len(some)), list(chain.from_iterable(some)))

    @contextmanager
    def _raising(self, compiled: _Compiled, parameters: Any) -> Iterator[None]:
        assert self._dialect.dbapi
        errors = self._dialect.dbapi.Error
        try:
            yield
        except errors as error:
            raise DBAPIError.instance(compiled.text, parameters, error, errors) from error

    def _compiled_for(self, given: Mapping[str, Any]) -> _Compiled:
        columns = frozenset(given)
        return self._compiled.get(columns) or self._compile(columns)

    def _compile(self, columns: frozenset[str]) -> _Compiled:
        compiled = self._statement.compile(dialect=self._dialect, column_keys=sorted(columns))
        assert isinstance(compiled, SQLCompiler)  # as it is for all but the making of tables
        processors = {
            name: bind.type.dialect_impl(self._dialect).bind_processor(self._dialect)
            for bind, name in compiled.bind_names.items()
        }
        constants = compiled.params.keys() - columns
        made = self._compiled[columns] = _Compiled(
            str(compiled),
            tuple(compiled.positiontup or ()),
            {name: process for name, process in processors.items() if process},
            {name: compiled.params[name] for name in constants},
            positional=compiled.positional,
        )
        return made
