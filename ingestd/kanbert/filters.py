"""Filters for the list of invoices, checked against the fields and operators Kanbert documents.

    F("external_id").eq("erp-1017") & (F("sum_gross").gte(10) | F("due_date").lt(today(-30)))

becomes

    external_id eq "erp-1017" and (sum_gross gte 10 or due_date lt today-30d)

How a text is quoted inside a filter is not documented. Here it always stands in double quotes,
with a backslash before a double quote and before a backslash. Lists stand in square brackets, as
in the examples of the filtering guide at developers.kanbert.com/filtering. Which of `and` and
`or` binds tighter is not documented either, so a mix of the two always gets parentheses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from ingestd.kanbert.fields import FIELDS, OPERATORS, TEXT_OPERATORS, nearest
from ingestd.kanbert.values import amount, iso, moment, plain

_OPPOSITE = {"eq": "ne", "lt": "gte", "gt": "lte", "in": "nin", "isnull": "notnull"}
_OPPOSITES = MappingProxyType(_OPPOSITE | {b: a for a, b in _OPPOSITE.items()})


@dataclass(frozen=True, slots=True)
class Special:
    """A value that Kanbert works out when it is asked, such as `today`; it stands unquoted."""

    text: str
    on: frozenset[str]
    """The types of field it can be compared with."""


_DATES = frozenset({"date", "datetime"})

ME = Special("me.id", frozenset({"id"}))
"""The user whose token is used."""
NOW = Special("now", _DATES)
START_OF_WEEK = Special("sow", _DATES)
END_OF_WEEK = Special("eow", _DATES)
START_OF_MONTH = Special("som", _DATES)
END_OF_MONTH = Special("eom", _DATES)


def today(days: int = 0) -> Special:
    """Name the current date, or the one `days` after it (before it, where negative).

    With `eq` it spans the whole day.
    """
    return Special(f"today{days:+d}d" if days else "today", _DATES)


Value = str | int | Decimal | date | datetime | Special


class Filter:
    """A condition on invoices; combine with `&`, `|` and `~`, and render with `str`."""

    __slots__ = ()

    def __and__(self, other: Filter) -> Filter:
        return _Group("and", (self, other))

    def __or__(self, other: Filter) -> Filter:
        return _Group("or", (self, other))

    def __invert__(self) -> Filter:
        """Turn it into its opposite, condition by condition: the grammar has no `not`.

        As in SQL, a field without a value satisfies neither a comparison nor its opposite.
        Raises ValueError where an operator has no opposite (contains, like, startswith, endswith).
        """
        raise NotImplementedError

    def __bool__(self) -> bool:
        raise TypeError("combine filters with & and |, not with `and` and `or`")


@dataclass(frozen=True, slots=True)
class _Condition(Filter):
    field: str
    operator: str
    value: str = ""
    """As written."""

    def __invert__(self) -> Filter:
        if self.operator not in _OPPOSITES:
            raise ValueError(f"{self.operator!r} has no opposite in Kanbert's filters")
        return _Condition(self.field, _OPPOSITES[self.operator], self.value)

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {self.value}".rstrip(" ")


@dataclass(frozen=True, slots=True)
class _Group(Filter):
    word: Literal["and", "or"]
    parts: tuple[Filter, ...]

    def __invert__(self) -> Filter:
        return _Group("or" if self.word == "and" else "and", tuple(~part for part in self.parts))

    def __str__(self) -> str:
        return f" {self.word} ".join(
            f"({part})" if isinstance(part, _Group) and part.word != self.word else str(part)
            for part in self.parts
        )


class F:
    """A field to filter by; its methods make conditions.

    Raises ValueError for a field that cannot be filtered by, an operator its type does not have,
    and a value that does not fit it (TypeError where it is of the wrong kind altogether).
    """

    __slots__ = ("_kind", "_name")

    def __init__(self, name: str) -> None:
        if name not in FIELDS:
            raise ValueError(f"there is no field {name!r} to filter by{nearest(name, FIELDS)}")
        self._name = name
        self._kind = FIELDS[name]

    def eq(self, value: Value) -> Filter:
        """Equal to; with `today()`, within that day."""
        return self._condition("eq", value)

    def ne(self, value: Value) -> Filter:
        """Not equal to."""
        return self._condition("ne", value)

    def lt(self, value: Value) -> Filter:
        """Less than, or before."""
        return self._condition("lt", value)

    def lte(self, value: Value) -> Filter:
        """At most, or not after."""
        return self._condition("lte", value)

    def gt(self, value: Value) -> Filter:
        """More than, or after."""
        return self._condition("gt", value)

    def gte(self, value: Value) -> Filter:
        """At least, or not before."""
        return self._condition("gte", value)

    def contains(self, value: Value) -> Filter:
        """Has this text in it."""
        return self._condition("contains", value)

    def like(self, value: Value) -> Filter:
        """Like this text; how that differs from `contains` is not documented."""
        return self._condition("like", value)

    def startswith(self, value: Value) -> Filter:
        """Begins with this text."""
        return self._condition("startswith", value)

    def endswith(self, value: Value) -> Filter:
        """Ends with this text."""
        return self._condition("endswith", value)

    def in_(self, values: Iterable[Value]) -> Filter:
        """One of these."""
        return self._listed("in", values)

    def nin(self, values: Iterable[Value]) -> Filter:
        """None of these."""
        return self._listed("nin", values)

    def isnull(self) -> Filter:
        """Has no value."""
        return _Condition(self._name, "isnull")

    def notnull(self) -> Filter:
        """Has a value."""
        return _Condition(self._name, "notnull")

    def _condition(self, operator: str, value: Value) -> Filter:
        if operator not in OPERATORS[self._kind]:
            raise ValueError(f"{self._name} cannot be compared with {operator!r}")
        return _Condition(self._name, operator, _written(self._name, self._kind, operator, value))

    def _listed(self, operator: str, values: Iterable[Value]) -> Filter:
        if isinstance(values, str):
            raise TypeError(f"{operator!r} takes a list of values, not one text")
        written = [_written(self._name, self._kind, operator, value) for value in values]
        if not written:
            raise ValueError(f"{operator!r} takes at least one value")
        return _Condition(self._name, operator, f"[{', '.join(written)}]")


def _written(name: str, kind: str, operator: str, value: object) -> str:
    if isinstance(value, Special):
        if kind not in value.on:
            raise ValueError(f"{name} cannot be compared with {value.text}")
        return value.text
    if kind == "currency" and operator not in TEXT_OPERATORS:
        return plain(amount(value))
    if kind in _DATES and not isinstance(value, str):
        return _quoted(_when(value))
    if not isinstance(value, str):
        raise TypeError(f"{name} is compared with a text, not with {value!r}")
    return _quoted(value)


def _when(value: object) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return iso(moment(value))


def _quoted(value: str) -> str:
    value.encode()  # a lone surrogate cannot be sent at all: UnicodeEncodeError is a ValueError
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
