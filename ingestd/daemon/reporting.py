"""Writing down how the daemon stands, for `ingestd status` and whoever else asks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from ingestd import __version__
from ingestd.daemon.account import Account
from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.times import Times
from ingestd.observe import (
    MOST_DOCUMENTS,
    AccountReport,
    DocumentReport,
    InboxReport,
    Report,
    write_report,
)


class Reporting:
    """Writes the report of one daemon; used by its main thread."""

    def __init__(self, state_dir: Path, fleet: Fleet, times: Times) -> None:
        self._state_dir = state_dir
        self._fleet = fleet
        self._times = times
        self._started = times.now()
        self._written: Report | None = None

    def turn(self) -> None:
        """Write the report, unless it says what the last one did."""
        report = Report(
            pid=os.getpid(),
            version=__version__,
            started=self._started,
            accounts={account.name: self._account(account) for account in self._fleet.accounts},
            inboxes={station.lane.name: _inbox(station) for station in self._fleet.stations},
        )
        if report != self._written:
            self._written = report
            write_report(self._state_dir, report)

    def close(self) -> None:
        """Leave the report where it is: the lock tells that nobody is there."""

    def _account(self, account: Account) -> AccountReport:
        pause = account.pause
        if pause is None:
            return AccountReport("ok" if account.calm else "trial")
        return AccountReport(
            "paused",
            since=self._wall(pause.since),
            error=str(pause.error),
            hint=pause.error.hint,
            next_probe=self._wall(pause.probe_at),
        )

    def _wall(self, monotonic: float) -> datetime:
        """When that was, or will be; to the second, so that it is the same each time."""
        when = self._times.now() + timedelta(seconds=monotonic - self._times.clock())
        return (when + timedelta(seconds=0.5)).replace(microsecond=0)


def _inbox(station: Station) -> InboxReport:
    suspect, error = station.lane.suspect, station.intake.trouble
    said, hint = str(error or ""), error.hint if error else ""
    if suspect:
        said, hint = suspect, "Correct it and start ingestd again."
    held = sorted(_held(station), key=lambda document: document.path)
    named = tuple(held[:MOST_DOCUMENTS])
    return InboxReport(station.intake.mode, said, hint, named, len(held) - len(named))


def _held(station: Station) -> Iterator[DocumentReport]:
    """The documents that cannot go on, and what lies in the inbox and is no file."""
    yield from station.lane.held
    for oddity in station.intake.left_alone:
        reason = oddity.reason
        yield DocumentReport(oddity.path, reason, oddity.hint)
