"""Points in time, as people write them on a command line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import click

_SPAN = re.compile(r"(\d+)(m|min|h|d|w)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4
    """A point in time: a date, a date with a time, or a span that ends now."""

    name = "moment"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        """Understand it; a time without a zone is this machine's."""
        del param, ctx
        now = datetime.now().astimezone()
        try:
            if span := _SPAN.fullmatch(value):
                return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
            return datetime.fromisoformat(value).astimezone()
        except (ValueError, OverflowError):
            self.fail(f'"{value}" is no time; write 2026-05-04, 2026-05-04T15:00 or 3d.')
