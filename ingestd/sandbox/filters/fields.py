"""What can be filtered: each field's kind and column, and each kind's operators."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from ingestd.sandbox.forms import PAYMENT_STATUSES, TYPES

Kind = Literal["string", "enum", "currency", "id", "date", "datetime"]


class Field(NamedTuple):
    """A field that can be filtered; `words` are those of an enum."""

    kind: Kind
    column: str
    words: tuple[str, ...] = ()


FIELDS: Final = {
    "external_id": Field("string", "external_id"),
    "title": Field("string", "title"),
    "type": Field("enum", "type", TYPES),
    "status": Field("enum", "status", ("open", "ready_for_accounting", "booked")),
    "payment_status": Field("enum", "payment_status", PAYMENT_STATUSES),
    "invoice_number": Field("string", "invoice_number"),
    "sum_net": Field("currency", "sum_net"),
    "sum_tax": Field("currency", "sum_tax"),
    "sum_gross": Field("currency", "sum_gross"),
    "supplier.id": Field("id", "supplier_id"),
    "editor.id": Field("id", "editor_id"),
    "date_of_invoice": Field("date", "date_of_invoice"),
    "due_date": Field("date", "due_date"),
    "created_at": Field("datetime", "created_at"),
}

ALIASES: Final = {
    "=": "eq",
    "!=": "ne",
    "neq": "ne",
    "<": "lt",
    "<=": "lte",
    "le": "lte",
    ">": "gt",
    ">=": "gte",
    "ge": "gte",
    "notin": "nin",
    "notnull": "isnotnull",
}

_EQUALITY = frozenset({"eq", "ne", "in", "nin"})
_ORDER = frozenset({"lt", "lte", "gt", "gte"})
_STRING = frozenset({"contains", "like", "startswith", "endswith"})
_PRESENCE = frozenset({"isnull", "isnotnull"})

OPERATORS: Final[dict[Kind, frozenset[str]]] = {
    "string": _EQUALITY | _STRING | _PRESENCE,
    "enum": _EQUALITY | _PRESENCE,
    "currency": _EQUALITY | _ORDER | _STRING | _PRESENCE,
    "id": _EQUALITY | _PRESENCE,
    "date": _EQUALITY | _ORDER | _PRESENCE,
    "datetime": _EQUALITY | _ORDER | _PRESENCE,
}
