"""Inboxes in which nothing arrives any more are noticed, also across restarts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ingestd.daemon.fleet import Fleet
from ingestd.daemon.quiet import Quiet
from ingestd.daemon.times import Times
from ingestd.observe.notify import Silence

MONDAY = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = 86400.0


@dataclass
class Watched:
    """One inbox, a day that a test has in hand, and what the ledger knows."""

    remembered: Mapping[str, datetime] = field(default_factory=dict)
    time: float = 0.0

    def __post_init__(self) -> None:
        backlog = SimpleNamespace(size=0)
        lane = SimpleNamespace(name="scanner", backlog=backlog)
        self.station: Any = SimpleNamespace(lane=lane, serves=True)
        fleet = Fleet()
        fleet.stations = list[Any]([self.station])
        start = MONDAY.timestamp()
        times = Times(clock=lambda: self.time, wall=lambda: start + self.time)
        self.quiet = Quiet(Silence(1), fleet, times, self.remembered.get)

    def turn(self) -> str:
        """The title of what is told at a turn, with all that is remembered known."""
        message = self.quiet.turn()
        for thread in threading.enumerate():
            if thread.name == "recall":
                thread.join(10)
        message = message or self.quiet.turn()  # the first may have been too early
        return message.title if message else ""

    def later(self, days: float) -> str:
        self.time += days * DAY
        return self.turn()


def test_an_inbox_is_told_of_once_when_nothing_came_for_so_long() -> None:
    watched = Watched()
    watched.turn()

    told = [watched.later(0.25) for _ in range(8)]

    assert [title for title in told if title] == ["No document for 1 working day"]


@pytest.mark.parametrize("event", ["document.delivered", "document.duplicate", "document.failed"])
def test_a_document_ends_the_silence(event: str) -> None:
    watched = Watched()
    watched.turn()
    watched.later(0.9)

    watched.quiet.hear({"event": event, "inbox": "scanner"})

    assert (watched.later(0.9), watched.later(0.2)) == ("", "No document for 1 working day")


def test_what_is_put_off_is_no_arrival() -> None:
    watched = Watched()
    watched.turn()
    watched.later(0.9)

    watched.quiet.hear({"event": "document.deferred", "inbox": "scanner"})

    assert watched.later(0.2) == "No document for 1 working day"


def test_a_silence_that_began_before_the_start_is_told() -> None:
    watched = Watched({"scanner": MONDAY - timedelta(days=7)})

    assert watched.turn() == "No document for 1 working day"


def _waits(station: Any) -> None:
    station.lane.backlog.size = 1


def _is_not_served(station: Any) -> None:
    station.serves = False


@pytest.mark.parametrize("change", [_waits, _is_not_served])
def test_where_documents_wait_or_nobody_looks_it_is_not_silent(
    change: Callable[[Any], None],
) -> None:
    watched = Watched({"scanner": MONDAY - timedelta(days=7)})
    change(watched.station)

    assert watched.turn() == ""


def test_it_is_looked_at_once_a_minute_at_most() -> None:
    watched = Watched()
    watched.turn()
    watched.later(1 - 59 / DAY)

    early, in_time = watched.later(59 / DAY), watched.later(1 / DAY)

    assert (early, in_time) == ("", "No document for 1 working day")
