"""The loop: starts everything, looks after it, and ends it in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ingestd.daemon.account import Account
from ingestd.daemon.lane import Lane
from ingestd.daemon.signals import Signals
from ingestd.errors import StorageFailed
from ingestd.intake import Intake
from ingestd.observe import Log

GRACE = 25.0
"""Seconds to finish what is in hand; systemd and Docker kill after 30 and 10 by default."""
LONGEST_GREETING = 22.0
"""Seconds; a little more than the client's deadline for a probe."""
TICK = 1.0
"""Seconds between looks at paused accounts."""
IDLE_TICK = 30.0
"""The same while no account is paused; whatever happens wakes the loop."""
HURRIED_TICK = 0.1
"""Seconds between looks at whether a run that ends is done."""


class Ending(Enum):
    """Why the loop ended."""

    ASKED = "asked"
    DONE = "done"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"


@dataclass(slots=True)
class Station:
    """One inbox: who looks after the folder, and who carries its documents."""

    intake: Intake
    lane: Lane
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(
            target=self.intake.run, name=f"{self.lane.name} intake", daemon=True
        )


class Conductor:
    """Owns every thread of the daemon; `run` belongs to the main thread."""

    def __init__(
        self,
        stations: Sequence[Station],
        accounts: Sequence[Account],
        *,
        signals: Signals,
        interrupt: threading.Event,
        broken: Sequence[StorageFailed],
        log: Log,
        clock: Callable[[], float],
    ) -> None:
        """Make a conductor.

        :param interrupt: ends the waits between a client's attempts; set when stopping.
        :param broken: what any thread puts here ends the run.
        """
        self._stations = stations
        self._accounts = accounts
        self._signals = signals
        self._interrupt = interrupt
        self._log = log
        self._clock = clock
        self._broken = broken

    def run(
        self, *, until: Callable[[], bool] | None = None, on_tick: Callable[[], None] = lambda: None
    ) -> Ending:
        """Carry documents until asked to stop, or until `until` says so.

        :param until: asked several times a second; with it, no document is claimed before its
            account answered once, or did not.
        :param on_tick: called as often.
        """
        self._greet(wait=until is not None)
        for station in self._stations:
            station.lane.start()
            station.thread.start()
        while (ending := self._ending(until)) is None:
            for account in self._accounts:
                account.tick()
            on_tick()
            self._signals.wait(self._pause() if until is None else HURRIED_TICK)
        self._finish(0.0 if ending is Ending.BROKEN else GRACE)
        return self._broke() or ending

    def at_rest(self) -> bool:
        """Whether everything that was found came to an outcome, as far as it can now."""
        return all(station.lane.at_rest for station in self._stations)

    def _greet(self, *, wait: bool) -> None:
        greetings = [
            threading.Thread(target=account.greet, name=f"greet {account.name}", daemon=True)
            for account in self._accounts
        ]
        for greeting in greetings:
            greeting.start()
        for greeting in greetings:
            greeting.join(LONGEST_GREETING if wait else 0)

    def _pause(self) -> float:
        return IDLE_TICK if all(account.calm for account in self._accounts) else TICK

    def _ending(self, until: Callable[[], bool] | None) -> Ending | None:
        if self._broken:
            return Ending.BROKEN
        if self._signals.asked_to_stop:
            return Ending.ASKED
        if until is not None and until():
            paused = any(account.pause for account in self._accounts)
            return Ending.UNREACHABLE if paused else Ending.DONE
        return None

    def _broke(self) -> Ending | None:
        if not self._broken:
            return None
        error = self._broken[0]
        self._log.error("daemon.stopped", error=str(error), hint=error.hint)
        return Ending.BROKEN

    def _finish(self, grace: float) -> None:
        until = self._clock() + grace
        for station in self._stations:
            station.intake.stop()
            station.lane.finish()
        self._interrupt.set()
        for station in self._stations:
            station.thread.join(max(0.0, until - self._clock()))
            if station.lane.join(until):
                station.intake.let_go()
            elif grace:
                self._log.warning(
                    "document.deferred",
                    inbox=station.lane.name,
                    reason="It could not be finished in time; the next start goes on with it.",
                )
