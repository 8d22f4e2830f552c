"""Noticing that no document comes any more, which a scanner that lost its share does not say."""

from __future__ import annotations

from datetime import datetime, time, timedelta

_SATURDAY = 5


def working_days_between(earlier: datetime, later: datetime) -> float:
    """How many working days passed, in days of 24 hours: Saturdays and Sundays do not count.

    Friday noon to Monday noon is one. Holidays are not known. Both times are of one zone, whose
    clocks are taken as people read them.
    """
    days, at = 0.0, earlier.replace(tzinfo=None)
    end = later.replace(tzinfo=None)
    while at < end:
        midnight = datetime.combine(at.date() + timedelta(days=1), time())
        until = min(midnight, end)
        if at.weekday() < _SATURDAY:
            days += (until - at) / timedelta(days=1)
        at = until
    return days


class Silence:
    """When something arrived in each inbox last, and which of them are silent for too long."""

    def __init__(self, days: int) -> None:
        """Know of no inbox yet.

        :param days: working days without a document that are told of.
        """
        self.days = days
        self._last: dict[str, datetime] = {}
        self._told: set[str] = set()

    def arrived(self, inbox: str, at: datetime) -> None:
        """A document is there, or was; only the last one counts."""
        if inbox not in self._last or at > self._last[inbox]:
            self._last[inbox] = at
            self._told.discard(inbox)

    def newly_silent(self, inboxes: list[str], now: datetime) -> list[tuple[str, datetime]]:
        """Those of these inboxes that are silent for so long and were not told of.

        One that is looked at for the first time begins now.

        :param now: local time, as all the others.
        :returns: each with when something arrived last.
        """
        silent = []
        for inbox in inboxes:
            last = self._last.setdefault(inbox, now)
            if inbox not in self._told and working_days_between(last, now) >= self.days:
                self._told.add(inbox)
                silent.append((inbox, last))
        return silent
