"""Dates and times are stored as UTC text, `2024-01-15T00:00:00Z`, which sorts as it reads."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return an aware time as it is stored and answered, without its fraction of a second."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def read_moment(text: str) -> str | None:
    """Return the stamp of an ISO 8601 date or date-time, None if it is neither.

    A time without an offset is taken as UTC, a date alone as its midnight.
    """
    try:
        moment = datetime.fromisoformat(text)
        return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
