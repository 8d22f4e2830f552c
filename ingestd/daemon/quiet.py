"""Noticing inboxes in which nothing arrives any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.times import Times
from ingestd.observe.notify import Message, Silence, of_silence

BETWEEN_LOOKS = 60.0
"""Seconds."""
_ARRIVED = frozenset({"document.delivered", "document.duplicate", "document.failed"})

Recall = Callable[[str], datetime | None]
"""When a document of an inbox went on last, as far as is known; may take its time."""


class Quiet:
    """Hears of documents from any thread, and looks in the main thread's turns."""

    def __init__(self, silence: Silence, fleet: Fleet, times: Times, recall: Recall) -> None:
        """Begin.

        :param recall: asked once, on a thread of its own, for what came before.
        """
        self._silence = silence
        self._fleet = fleet
        self._times = times
        self._recall = recall
        self._lock = threading.Lock()
        self._next = times.clock()
        self._recalled = threading.Event()
        self._recalling = threading.Thread(target=self._remember, name="recall", daemon=True)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take note of a document that arrived."""
        inbox = event.get("inbox")
        if event.get("event") in _ARRIVED and inbox:
            with self._lock:
                self._silence.arrived(str(inbox), self._times.local())

    def turn(self) -> Message | None:
        """What is to be told, if an inbox is silent for too long."""
        if self._recalling.ident is None:
            self._recalling.start()
        if not self._recalled.is_set() or self._times.clock() < self._next:
            return None
        self._next = self._times.clock() + BETWEEN_LOOKS
        inboxes = [one.lane.name for one in self._fleet.stations if _is_idle(one)]
        with self._lock:
            silent = self._silence.newly_silent(inboxes, self._times.local())
        said = [(name, f"the last was on {last:%Y-%m-%d at %H:%M}.") for name, last in silent]
        return of_silence(said, self._silence.days) if said else None

    def _remember(self) -> None:
        try:
            for station in self._fleet.stations:
                last = self._recall(station.lane.name)
                if last is not None:
                    with self._lock:
                        self._silence.arrived(station.lane.name, last.astimezone())
        finally:
            self._recalled.set()


def _is_idle(station: Station) -> bool:
    """Whether nothing waits in the inbox, and it is looked at: all else is told otherwise."""
    return station.serves and not station.lane.backlog.size
