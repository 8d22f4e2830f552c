"""The kinds of value that travel to and from Kanbert, and how each is read and written.

What we send is read strictly, with messages meant for the person who wrote the settings. What
Kanbert sends is read leniently: a value that makes no sense becomes None, because an invoice
that exists must never look absent for the sake of one odd field.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""All but tabs and ends of lines."""
_MOST_DIGITS = 15
_SMALLEST_EXPONENT = -12


def amount(value: object) -> Decimal:
    """Read an amount exactly, from a Decimal, an int, a float or a text such as "1234.56".

    A float counts as what it prints as: TOML knows no other number with a fraction, and 100.10
    written there means 100.10, not the binary fraction next to it. Amounts from 10**15 up, more
    than 12 decimals, NaN and infinities are refused.
    """
    number = _number(value)
    exponent = number.as_tuple().exponent if number is not None else "n"
    if number is None or not isinstance(exponent, int):
        raise PydanticCustomError("amount", "must be a number such as 1234.56")
    # adjusted: where the first digit stands; abs() overflows from 1e1000000 up
    if number.adjusted() >= _MOST_DIGITS or exponent < _SMALLEST_EXPONENT:
        raise PydanticCustomError(
            "amount", "must be below 1000000000000000 and have 12 decimals at most"
        )
    return number


def _number(value: object) -> Decimal | None:
    match value:
        case bool():
            return None
        case int():
            return Decimal(value) if abs(value) < 10**30 else Decimal("1e30")
        case Decimal():
            return value
        case float():
            return Decimal(repr(value)) if math.isfinite(value) else None
        case str() if _NUMBER.fullmatch(value.strip()):
            return Decimal(value.strip())
    return None


def plain(number: Decimal) -> str:
    """Write a number without an exponent: `Decimal("1E+2")` is "100"."""
    return format(number, "f")


def moment(value: object) -> datetime:
    """Read a point in time from a datetime, a date or an ISO 8601 text; the answer is aware.

    Without an offset it is taken as UTC, without a time as that day's midnight in UTC. Numbers
    are refused: 20240115 would be a second in the summer of 1970.
    """
    match value:
        case datetime():
            when = value
        case date():
            when = datetime(value.year, value.month, value.day, tzinfo=UTC)
        case str():
            when = _from_text(value)
        case _:
            raise _no_moment()
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def _from_text(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        raise _no_moment() from None


def _no_moment() -> PydanticCustomError:
    return PydanticCustomError(
        "moment", "must be a date such as 2024-01-15 or 2024-01-15T08:30:00Z"
    )


def iso(when: datetime) -> str:
    """Write a point in time as ISO 8601, with Z for UTC as Kanbert's own examples have it."""
    return when.isoformat().replace("+00:00", "Z")


def text(value: object) -> object:
    """Take a whole number for a text: `invoice_number = 1017` in TOML means "1017".

    A text must have a form in UTF-8: one made of an undecodable file name has none. It must
    have no control characters either: no form shows them, and few databases take U+0000.
    """
    if isinstance(value, float | Decimal):
        raise PydanticCustomError(
            "text", 'must be text: put it in quotes, such as "{it}"', {"it": value}
        )
    if isinstance(value, str) and not _is_sound(value):
        raise PydanticCustomError("text", "must be text without broken characters")
    if isinstance(value, str) and (found := _CONTROL.search(value)):
        sign = f"U+{ord(found[0]):04X}"
        raise PydanticCustomError(
            "text", "must be text without control characters ({sign})", {"sign": sign}
        )
    return _opaque(value)


def _opaque(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and not _is_sound(value):
        raise ValueError("broken characters")
    return value


def _printable(value: str) -> str:
    if not value.isprintable() or value in {".", ".."}:
        raise ValueError("no id")
    return value


def _is_sound(value: str) -> bool:
    """Whether it has no lone surrogate, which neither JSON's parser nor pydantic minds."""
    return value.isascii() or not _SURROGATE.search(value)


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValueError:
        return None


def _or_empty(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValueError:
        return ()


Amount = Annotated[Decimal, BeforeValidator(amount)]
Moment = Annotated[datetime, BeforeValidator(moment)]
Text = Annotated[str, BeforeValidator(text)]
ShortText = Annotated[str, StringConstraints(max_length=255), BeforeValidator(text)]
LongText = Annotated[str, StringConstraints(max_length=10_000), BeforeValidator(text)]

OpaqueId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    AfterValidator(_printable),
    BeforeValidator(_opaque),
]
"""An id as Kanbert gives it, which need not look like one. A number is taken as its digits.

Not an id is what no address, log or ledger could hold: empty or longer than 255 characters, with
control characters, or a path's `.` and `..`.
"""
Cursor = Annotated[str, StringConstraints(min_length=1), BeforeValidator(_opaque)]
"""Where a further page begins: any text but an empty one. It only ever goes into a query."""

OrNone = WrapValidator(_or_none)
"""What cannot be read is None."""
OrEmpty = WrapValidator(_or_empty)
"""What cannot be read is an empty tuple."""

ReadText = Annotated[str | None, BeforeValidator(_opaque), OrNone]
ReadAmount = Annotated[Annotated[Decimal, BeforeValidator(amount)] | None, OrNone]
ReadMoment = Annotated[Annotated[datetime, BeforeValidator(moment)] | None, OrNone]
ReadInt = Annotated[Annotated[int, Field(lt=10**18)] | None, OrNone]
ReadBool = Annotated[bool | None, OrNone]
