"""Amounts as people write them, with a comma or a point; never a guess between the two."""

from __future__ import annotations

import re
from decimal import Decimal

_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_GROUPED = re.compile(
    r"[+-]?[1-9]\d{0,2}(?P<between>[.,'\u2019 \u00a0\u202f])\d{3}(?:(?P=between)\d{3})*"
    r"(?:(?!(?P=between))[.,]\d+)?",
    re.ASCII,
)
_ENDS_IN_NUMBER = re.compile(r"\d[.,'\u2019]?\Z", re.ASCII)
_GOES_ON_AS_NUMBER = re.compile(r"[.,'\u2019]?\d", re.ASCII)


def amount(text: str) -> Decimal:
    """Read `1234.5`, `1234,50`, `1.234,56`, `1,234.56` or `1 234,56`.

    `1,234` and `1.234` are not read: they are 1234 for some and a little over one for others.

    :raises ValueError: saying what would be an amount.
    """
    written = text.strip()
    plain, grouped = _PLAIN.fullmatch(written), _GROUPED.fullmatch(written)
    if plain and grouped:
        raise ValueError("may be thousands or a fraction: write 1234 or 1234.00, or 1.23")
    if plain:
        return Decimal(written.replace(",", "."))
    if grouped:
        digits = written.replace(grouped["between"], "")
        return Decimal(digits.replace(",", "."))
    raise ValueError("is no amount such as 1234.56 or 1.234,56")


def is_cut_off(text: str, start: int, end: int) -> bool:
    """Whether a part of a text is a piece of a longer number, as `234,56` of `1.234,56`."""
    return bool(
        _ENDS_IN_NUMBER.search(text, max(0, start - 2), start)
        or _GOES_ON_AS_NUMBER.match(text, end)
    )
