"""Sorting, and pages by cursor.

A page is found by the sort values of the invoice it starts after, never by a count, so that
invoices that arrive meanwhile neither repeat nor hide one. Ties are broken by the order of
arrival, which is also the order when no sort is asked for. A null date sorts before all others.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ingestd.sandbox.errors import Refused, invalid
from ingestd.sandbox.records import StoredInvoice
from ingestd.sandbox.rules import is_text
from ingestd.sandbox.sql import Sql, joined
from ingestd.sandbox.store import Store

SORTABLE: Final = (
    "title",
    "date_of_invoice",
    "due_date",
    "sum_net",
    "sum_tax",
    "sum_gross",
    "created_at",
)
SORT_PATTERN: Final = "^-?({0})(,-?({0}))*$".format("|".join(SORTABLE))
DEFAULT_SIZE: Final = 30
LARGEST_SIZE: Final = 100

_NULLABLE = frozenset({"date_of_invoice", "due_date"})
_LARGEST_INTEGER = 2**63 - 1


class Key(NamedTuple):
    """One sort key."""

    name: str
    descending: bool

    @property
    def column(self) -> str:
        """The SQL for its value, which is never null."""
        return f"coalesce({self.name}, '')" if self.name in _NULLABLE else self.name

    def value_of(self, invoice: StoredInvoice) -> str | int:
        """Return what `column` is for an invoice."""
        value: str | int | None = getattr(invoice, self.name)
        return "" if value is None else value


Keys = tuple[Key, ...]
_ARRIVAL = Key("number", descending=False)


class Cursor(NamedTuple):
    """A place in the order of `keys`: that of the invoice with these sort values."""

    values: tuple[str | int, ...]
    forwards: bool


@dataclass(frozen=True)
class Page:
    """Some invoices, and the cursors of the pages around them."""

    invoices: list[StoredInvoice]
    next_cursor: str | None
    prev_cursor: str | None


def read_sort(text: str) -> Keys:
    """Return the keys of a `sort` parameter, the order of arrival last.

    Raises:
        Refused: 422, if it names anything else than `SORTABLE`.
    """
    if text and not re.fullmatch(SORT_PATTERN, text):
        raise invalid({"sort": ["The selected sort is invalid."]})
    names = text.split(",") if text else []
    return (*(Key(name.removeprefix("-"), name.startswith("-")) for name in names), _ARRIVAL)


def read_size(text: str) -> int:
    """Return the number of a `page[size]` parameter.

    Raises:
        Refused: 422, if it is none from 1 to `LARGEST_SIZE`.
    """
    if not text:
        return DEFAULT_SIZE
    if not re.fullmatch("[0-9]{1,9}", text):
        raise invalid({"page.size": ["The page.size field must be an integer."]})
    if not 1 <= int(text) <= LARGEST_SIZE:
        raise invalid({"page.size": [f"The page.size field must be between 1 and {LARGEST_SIZE}."]})
    return int(text)


def read_cursor(text: str, keys: Keys) -> Cursor | None:
    """Return the place that a `page[cursor]` parameter stands for, None for the beginning.

    Raises:
        Refused: 422, if it was not given out for this sort.
    """
    if not text:
        return None
    try:
        sort, values, forwards = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, TypeError, RecursionError) as broken:
        raise _bad_cursor() from broken
    if sort != _sort_text(keys) or not isinstance(values, list) or len(values) != len(keys):
        raise _bad_cursor()
    if not all(_is_sort_value(value) for value in values):
        raise _bad_cursor()
    return Cursor(tuple(values), forwards is True)


def read_page(store: Store, where: Sql, keys: Keys, cursor: Cursor | None, size: int) -> Page:
    """Return the page of `size` invoices that starts at a cursor."""
    forwards = cursor is None or cursor.forwards
    order = ", ".join(_direction(key, forwards=forwards) for key in keys)
    if cursor is not None:
        where = joined("AND", [where, _beyond(keys, cursor)])
    found = store.select(where, order=order, limit=size + 1)
    more = len(found) > size
    invoices = found[:size] if forwards else found[:size][::-1]
    has_next, has_prev = (more, cursor is not None) if forwards else (True, more)
    return Page(
        invoices,
        _write_cursor(keys, invoices[-1], forwards=True) if invoices and has_next else None,
        _write_cursor(keys, invoices[0], forwards=False) if invoices and has_prev else None,
    )


def _beyond(keys: Keys, cursor: Cursor) -> Sql:
    """Return the condition for what comes after the cursor's place in the order of `keys`."""
    ways = []
    for index, key in enumerate(keys):
        equal = [
            Sql(f"{earlier.column} = ?", (value,))
            for earlier, value in zip(keys[:index], cursor.values, strict=False)
        ]
        sign = ">" if key.descending != cursor.forwards else "<"
        past = Sql(f"{key.column} {sign} ?", (cursor.values[index],))
        ways.append(joined("AND", [*equal, past]))
    return joined("OR", ways)


def _direction(key: Key, *, forwards: bool) -> str:
    return f"{key.column} {'ASC' if key.descending != forwards else 'DESC'}"


def _write_cursor(keys: Keys, invoice: StoredInvoice, *, forwards: bool) -> str:
    place = [_sort_text(keys), [key.value_of(invoice) for key in keys], forwards]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _sort_text(keys: Sequence[Key]) -> str:
    return ",".join(f"{'-' if key.descending else ''}{key.name}" for key in keys)


def _is_sort_value(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) <= _LARGEST_INTEGER
    return is_text(value)


def _bad_cursor() -> Refused:
    return invalid({"page.cursor": ["The selected page.cursor is invalid."]})
