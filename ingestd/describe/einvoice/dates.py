"""The days of an invoice, read: when it was issued and is due, and when the service was given."""

from __future__ import annotations

from datetime import date

from ingestd.describe.einvoice.values import Month, day_in, shown
from ingestd.describe.einvoice.written import Day, Due, Written


def dates_in(written: Written, warnings: list[str]) -> dict[str, str]:
    """The create request's dates, as ISO 8601."""
    start = _day("start of the period", written.start, warnings, month="first")
    end = _day("end of the period", written.end, warnings, month="last")
    if start and end and end < start:
        warnings.append(f"The period ends on {end}, before it starts on {start}; left out.")
        start = end = None
    days = {
        "date_of_invoice": _day("date of the invoice", written.issued, warnings),
        "due_date": _due(written.due, warnings),
        "date_of_start": start,
        "date_of_end": end,
    }
    return {field: day.isoformat() for field, day in days.items() if day}


def _day(name: str, written: Day, warnings: list[str], *, month: Month = None) -> date | None:
    if not written.text:
        return None
    day = day_in(written, month=month)
    if day is None:
        code = f" in format {shown(written.format)}" if written.format else ""
        warnings.append(f"The {name}, {shown(written.text)}{code}, is no day; left out.")
    return day


def _due(due: tuple[Due, ...], warnings: list[str]) -> date | None:
    """The day that all is due by, without a discount; of instalments the first (EN 16931, BT-9).

    Without a mark of either, an earlier date among several is one for paying less: the last
    counts.
    """
    whole = [one for one in due if not one.discounted] or due
    days = [_day("due date", one.day, warnings) for one in whole]
    known = sorted({day for day in days if day})
    if not known:
        return None
    chosen = known[0] if any(one.partial for one in whole) else known[-1]
    if len(known) > 1:
        all_of_them = ", ".join(day.isoformat() for day in known)
        warnings.append(f"There is more than one due date: {all_of_them}; {chosen} is sent.")
    return chosen
