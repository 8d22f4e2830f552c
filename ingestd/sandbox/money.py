"""Amounts and rates are whole hundredths; no binary fraction is ever calculated with."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

LARGEST = Decimal("999999999999.99")  # 14 digits: a JSON reader with doubles still gets them exact
_HUNDREDTH = Decimal("0.01")
# What PHP's is_numeric takes, with the exponent kept short so that Decimal stays cheap.
_NUMERIC = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def decimal_of(value: object) -> Decimal | None:
    """Return the number that a JSON number or a form's text stands for, None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    text = str(value).strip()
    return Decimal(text) if _NUMERIC.fullmatch(text) else None


def hundredths(number: Decimal) -> int | None:
    """Return `number` in hundredths, rounded half up, None if it is beyond `LARGEST`."""
    if abs(number) > LARGEST:
        return None
    return int(number.quantize(_HUNDREDTH, ROUND_HALF_UP).scaleb(2))


def plain(amount: int) -> int | float:
    """Return an amount in hundredths as the JSON number 100, 0.5 or 119.19.

    The float is made from the decimal text and printed by its shortest text, which for up to
    15 digits is the same text again.
    """
    units, rest = divmod(abs(amount), 100)
    sign = -1 if amount < 0 else 1
    return sign * units if rest == 0 else sign * float(f"{units}.{rest:02d}")
