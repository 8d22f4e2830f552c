"""What invoices can be filtered and sorted by, as Kanbert's page lists it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ingestd import spelling

_EQUAL = frozenset({"eq", "ne", "in", "nin", "isnull", "notnull"})
_ORDER = frozenset({"lt", "lte", "gt", "gte"})
TEXT_OPERATORS = frozenset({"contains", "like", "startswith", "endswith"})

# Aliases (neq, le, ge, notin, isnotnull) mean the same and are never written.
OPERATORS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "string": _EQUAL | TEXT_OPERATORS,
        "enum": _EQUAL,
        "id": _EQUAL,
        "currency": _EQUAL | _ORDER | TEXT_OPERATORS,
        "date": _EQUAL | _ORDER,
        "datetime": _EQUAL | _ORDER,
    }
)

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "external_id": "string",
        "title": "string",
        "type": "enum",
        "status": "enum",
        "payment_status": "enum",
        "invoice_number": "string",
        "sum_net": "currency",
        "sum_tax": "currency",
        "sum_gross": "currency",
        "supplier.id": "id",
        "editor.id": "id",
        "date_of_invoice": "date",
        "due_date": "date",
        "created_at": "datetime",
    }
)
"""The fields that can be filtered by, and the type of each."""

SORTS = ("title", "date_of_invoice", "due_date", "sum_net", "sum_tax", "sum_gross", "created_at")
"""The fields that can be sorted by."""


def sort_order(sort: str | Iterable[str]) -> str:
    """Write a sort order such as "-created_at,title"; a leading minus reverses one.

    Raises ValueError for a field that cannot be sorted by.
    """
    keys = sort.split(",") if isinstance(sort, str) else list(sort)
    keys = [key.strip() for key in keys]
    for key in keys:
        if key.removeprefix("-") not in SORTS:
            raise ValueError(
                f"invoices cannot be sorted by {key!r}{nearest(key.lstrip('-'), SORTS)}"
            )
    return ",".join(keys)


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is meant, for the end of a message."""
    near = spelling.nearest(name, known)
    return f"; did you mean {near!r}?" if near else f"; there are {', '.join(known)}"
