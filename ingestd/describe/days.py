"""Days as people write them into names; never a guess between day and month."""

from __future__ import annotations

import re
from datetime import date, datetime

_YEAR = r"((?:19|20)\d\d)"
_COMPACT = re.compile(rf"{_YEAR}(\d\d)(\d\d)", re.ASCII)
_YEAR_FIRST = re.compile(rf"{_YEAR}([-._ ])(\d{{1,2}})\2(\d{{1,2}})", re.ASCII)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\.(\d{{1,2}})\.{_YEAR}", re.ASCII)
_MOMENT = re.compile(rf"{_YEAR}-?\d\d-?\d\dT.+", re.ASCII)


def day(text: str) -> date:
    """Read `2026-05-04` (also with `.`, `_` or a space), `20260504`, `04.05.2026`, or ISO 8601.

    With points the day comes first everywhere. `04-05-2026` is not read, nor is a year of two
    digits: both mean different days to different people.

    :returns: a datetime for a moment such as `2026-05-04T08:30:00Z`.
    :raises ValueError: saying what would be a date.
    """
    written = text.strip()
    try:
        if match := _COMPACT.fullmatch(written):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _YEAR_FIRST.fullmatch(written):
            return date(int(match[1]), int(match[3]), int(match[4]))
        if match := _DAY_FIRST.fullmatch(written):
            return date(int(match[3]), int(match[2]), int(match[1]))
        if _MOMENT.fullmatch(written):
            return datetime.fromisoformat(written)
    except ValueError:
        pass  # there is no such day
    raise ValueError("is no date such as 2026-05-04, 20260504 or 04.05.2026")
