"""A filter becomes SQL; its values only ever become parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ingestd.sandbox.filters.conditions import BadFilter, Condition, Context, Group, Node
from ingestd.sandbox.filters.fields import ALIASES, FIELDS, OPERATORS, Field
from ingestd.sandbox.filters.values import Span, span_of
from ingestd.sandbox.sql import Sql, joined

_DEEPEST = 50

# printf with integers, so that no amount passes through a binary fraction.
_AMOUNT_AS_TEXT = (
    "printf('%s%d.%02d', CASE WHEN {0} < 0 THEN '-' ELSE '' END, abs({0}) / 100, abs({0}) % 100)"
)


def translate(node: Node, context: Context, depth: int = 1) -> Sql:
    """Return the condition on the invoices that a filter stands for.

    Raises:
        BadFilter: a field, operator or value is not allowed, or it is nested too deeply.
    """
    if depth > _DEEPEST:
        raise BadFilter(f"it is more than {_DEEPEST} levels deep")
    if isinstance(node, Group):
        return joined(node.word, [translate(member, context, depth + 1) for member in node.members])
    return _comparison(node, context)


def _comparison(condition: Condition, context: Context) -> Sql:
    field = FIELDS.get(condition.field)
    if field is None:
        raise BadFilter(f"unknown field {condition.field}")
    word = condition.operator.lower()
    operator = ALIASES.get(word, word)
    if operator not in OPERATORS[field.kind]:
        raise BadFilter(f"{condition.field} has no operator {condition.operator}")
    if operator in _PRESENCE:
        return _presence(field, operator, condition)
    if operator in ("in", "nin"):
        return _membership(field, operator, condition, context)
    if not isinstance(condition.value, str):
        raise BadFilter(f"{condition.operator} takes one value")
    if operator in _PATTERNS:
        return _pattern(field, operator, condition.value)
    return _COMPARISONS[operator](field.column, span_of(condition.value, field, context))


def _presence(field: Field, operator: str, condition: Condition) -> Sql:
    if condition.value is not None:
        raise BadFilter(f"{condition.operator} takes no value")
    return Sql(f"{field.column} {_PRESENCE[operator]}")


def _membership(field: Field, operator: str, condition: Condition, context: Context) -> Sql:
    if not isinstance(condition.value, tuple) or not condition.value:
        raise BadFilter(f"{condition.operator} takes a list of at least one value")
    spans = [span_of(value, field, context) for value in condition.value]
    if operator == "in":
        return joined("OR", [_within(field.column, span) for span in spans])
    return joined("AND", [_outside(field.column, span) for span in spans])


def _pattern(field: Field, operator: str, value: str) -> Sql:
    subject = _AMOUNT_AS_TEXT.format(field.column) if field.kind == "currency" else field.column
    return Sql(f"{subject} LIKE ? ESCAPE '\\'", (_PATTERNS[operator](value),))


def _literal(value: str) -> str:
    """Return the pattern that matches this text only."""
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _within(column: str, span: Span) -> Sql:
    return Sql(f"{column} BETWEEN ? AND ?", span)


def _outside(column: str, span: Span) -> Sql:
    return Sql(f"{column} NOT BETWEEN ? AND ?", span)


_PRESENCE: Final = {"isnull": "IS NULL", "isnotnull": "IS NOT NULL"}

_COMPARISONS: Final[dict[str, Callable[[str, Span], Sql]]] = {
    "eq": _within,
    "ne": _outside,
    "lt": lambda column, span: Sql(f"{column} < ?", (span.low,)),
    "lte": lambda column, span: Sql(f"{column} <= ?", (span.high,)),
    "gt": lambda column, span: Sql(f"{column} > ?", (span.high,)),
    "gte": lambda column, span: Sql(f"{column} >= ?", (span.low,)),
}

_PATTERNS: Final[dict[str, Callable[[str], str]]] = {
    "contains": lambda value: f"%{_literal(value)}%",
    "startswith": lambda value: f"{_literal(value)}%",
    "endswith": lambda value: f"%{_literal(value)}",
    "like": str,
}
