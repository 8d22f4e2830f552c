"""Reading amounts and dates exactly as they are written, or not at all."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

from ingestd.describe.einvoice.written import Day, Sum

Month = Literal["first", "last"] | None
LARGEST = 10**15
"""Kanbert's client takes amounts below this, with 12 decimals at most."""

# xsd:decimal within these limits
_AMOUNT = re.compile(r"[+-]?(?:0*[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_CURRENCY = re.compile(r"[A-Z]{3}")
# xsd:date may have a zone, and xsd:dateTime is longer
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})?")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?[0-9]*")
_LENGTHS = {"": 8, "102": 8, "203": 12, "204": 14, "610": 6}
"""Digits by the formats of UNTDID 2379 that are met: a day, a minute, a second, a month."""


def amount_in(text: str) -> Decimal | None:
    """The number of a text such as "1234.56"; None for any other, as "1.234,56"."""
    if len(text) > 40 or not _AMOUNT.fullmatch(text):  # noqa: PLR2004  (no number is that long)
        return None
    number = Decimal(text)
    return number.copy_abs() if number.is_zero() else number


def day_in(written: Day, *, month: Month = None) -> date | None:
    """The day that is written; None for what is none, or is in no known format.

    :param month: which of its days a month stands for, where it is all there is (format 610).
    """
    if written.format not in _LENGTHS:
        return None
    if iso := _ISO.fullmatch(written.text):
        return _a_day(*iso.groups())
    digits = _DIGITS.fullmatch(written.text)
    if digits is None or len(written.text) != _LENGTHS[written.format]:
        return None
    year, month_of_year, day = digits.groups()
    if day:
        return _a_day(year, month_of_year, day)
    first = _a_day(year, month_of_year, "01") if month else None
    if first is None or month == "first":
        return first
    return first.replace(day=monthrange(first.year, first.month)[1])


def _a_day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def currency_of(code: str, sums: Iterable[Sum]) -> str:
    """The currency of a document: the one it names, else the only one that its sums name."""
    named = {code.upper()} if code else {one.currency.upper() for one in sums if one.currency}
    only = named.pop() if len(named) == 1 else ""
    return only if _CURRENCY.fullmatch(only) else ""


def in_currency(sums: Iterable[Sum], currency: str) -> tuple[Sum, ...]:
    """Those in a document's currency; where none says so, those that name no currency.

    :param currency: empty where it is not known: then all.
    """
    sums = tuple(one for one in sums if one.text)
    same = tuple(one for one in sums if one.currency.upper() == currency)
    unnamed = tuple(one for one in sums if not one.currency)
    return (same or unnamed) if currency else sums


def plain(number: Decimal) -> str:
    """A number with the decimals it has, and no exponent."""
    return format(number, "f")


def shown(text: str) -> str:
    """A text from outside for a sentence: short, and in one line."""
    printable = "".join(c if c.isprintable() else " " for c in text[:60])
    line = " ".join(printable.split())
    return f'"{line[:40]}…"' if len(line) > 40 or len(text) > 60 else f'"{line}"'  # noqa: PLR2004
