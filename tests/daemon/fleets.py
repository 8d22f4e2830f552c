"""Fleets of which only matters what an observer looks at."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from ingestd.daemon.fleet import Fleet, Station
from ingestd.errors import InboxUnavailable
from ingestd.observe import Systemd


def ended() -> threading.Thread:
    """A thread that ran, and does not any more."""
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join(30)
    return thread


@dataclass
class Situation:
    """How one inbox stands; its threads run unless others are given."""

    watching: threading.Thread = field(default_factory=threading.current_thread)
    a_worker_ended: bool = False
    asked_to_end: bool = False
    hangs: bool = False
    suspect: str = ""
    trouble: InboxUnavailable | None = None
    waiting: int = 0
    leaving: bool = False

    def station(self, name: str) -> Station:
        intake: Any = SimpleNamespace(run=lambda: None, hangs=self.hangs, trouble=self.trouble)
        backlog = SimpleNamespace(closed=self.asked_to_end, size=self.waiting)
        lane: Any = SimpleNamespace(
            name=name, backlog=backlog, lost=self.a_worker_ended, hangs=False, suspect=self.suspect
        )
        station = Station(intake, lane)
        station.thread, station.leaving = self.watching, self.leaving
        return station


def fleet_of(*situations: Situation, paused: int = 0, reloading: bool = False) -> Fleet:
    """A fleet of such inboxes, named `inbox-0` and so on, and one account that works."""
    stations = [one.station(f"inbox-{number}") for number, one in enumerate(situations)]
    pauses = [None, *["it is paused"] * paused]
    accounts: Any = [SimpleNamespace(pause=pause) for pause in pauses]
    return Fleet(stations, accounts, reloading=reloading)


class Told(Systemd):
    """A service manager that keeps what it is told."""

    def __init__(self, *, watchdog: float = 90.0) -> None:
        super().__init__({})
        self.watchdog = watchdog
        self.heard: list[tuple[str, ...]] = []

    def tell(self, *lines: str) -> None:
        self.heard.append(lines)
