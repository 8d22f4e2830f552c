"""What a filter's value means on a field of its kind.

Every value is a span of the column's values, from `low` to `high`: one text, id or amount, or all
the seconds of a day. So one set of comparisons does for all kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from ingestd.sandbox.filters.conditions import BadFilter, Context
from ingestd.sandbox.filters.fields import Field, Kind
from ingestd.sandbox.moments import read_moment, stamp
from ingestd.sandbox.money import decimal_of, hundredths

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TODAY = re.compile(r"today([+-][0-9]{1,6}d)?")


class Span(NamedTuple):
    """The first and the last value that a value stands for."""

    low: str | int
    high: str | int


def span_of(value: str, field: Field, context: Context) -> Span:
    """Return what a value stands for.

    Raises:
        BadFilter: it is none for a field of this kind.
    """
    return _READERS[field.kind](value, field, context)


def _text(value: str, _field: Field, _context: Context) -> Span:
    return Span(value, value)


def _word(value: str, field: Field, _context: Context) -> Span:
    if value not in field.words:
        raise BadFilter(f"{field.column} is one of {', '.join(field.words)}")
    return Span(value, value)


def _id(value: str, _field: Field, context: Context) -> Span:
    known = context.me if value == "me.id" else value
    return Span(known, known)


def _amount(value: str, field: Field, _context: Context) -> Span:
    number = decimal_of(value)
    amount = None if number is None else hundredths(number)
    if number is None or amount is None:
        raise BadFilter(f"{field.column} is compared with an amount")
    if number != Decimal(amount).scaleb(-2):
        raise BadFilter(f"{field.column} has two decimals at most")
    return Span(amount, amount)


def _moment(value: str, field: Field, context: Context) -> Span:
    now = context.now.astimezone(UTC)
    if value in _SECONDS:
        second = stamp(_SECONDS[value](now))
    elif day := _day(value, now.date()):
        return Span(f"{day}T00:00:00Z", f"{day}T23:59:59Z")
    else:
        second = read_moment(value) or ""
    if not second:
        raise BadFilter(f"{field.column} is compared with a date, a date-time or a special value")
    return Span(second, second)


def _day(value: str, today: date) -> date | None:
    try:
        if match := _TODAY.fullmatch(value):
            return today + timedelta(days=int(match[1][:-1])) if match[1] else today
        return date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except (ValueError, OverflowError):
        return None


def _start_of_week(now: datetime) -> datetime:
    return _midnight(now) - timedelta(days=now.weekday())


def _end_of_week(now: datetime) -> datetime:
    return _start_of_week(now) + timedelta(days=7, seconds=-1)


def _start_of_month(now: datetime) -> datetime:
    return _midnight(now).replace(day=1)


def _end_of_month(now: datetime) -> datetime:
    some_day_of_next = _start_of_month(now) + timedelta(days=31)
    return _start_of_month(some_day_of_next) - timedelta(seconds=1)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _itself(now: datetime) -> datetime:
    return now


_SECONDS: Final[dict[str, Callable[[datetime], datetime]]] = {
    "now": _itself,
    "sow": _start_of_week,
    "eow": _end_of_week,
    "som": _start_of_month,
    "eom": _end_of_month,
}

_READERS: Final[dict[Kind, Callable[[str, Field, Context], Span]]] = {
    "string": _text,
    "enum": _word,
    "currency": _amount,
    "id": _id,
    "date": _moment,
    "datetime": _moment,
}
