"""The loop: starts everything, looks after it, and ends it in order.

It belongs to the main thread, which touches no file of an inbox: in a share that hangs it would
hang with it, and could not even be asked to stop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ingestd.daemon.account import Account
from ingestd.daemon.lane import Lane
from ingestd.daemon.signals import Signals
from ingestd.errors import StorageFailed
from ingestd.intake import Intake
from ingestd.observe import Log

GRACE = 20.0
"""Seconds to finish what is in hand; with what follows it is less than the 25 that are promised.
systemd and Docker kill after 90 and 10 by default."""
LONGEST_FAREWELL = 6.0
"""Seconds that an inbox's thread may take to end; a little more than it waits for its watch."""
LONGEST_UNLOCKING = 1.0
"""Seconds."""
LONGEST_GREETING = 22.0
"""Seconds; a little more than the client's deadline for a probe."""
TICK = 1.0
"""Seconds between looks at paused accounts."""
IDLE_TICK = 30.0
"""The same while no account is paused; whatever happens wakes the loop."""
HURRIED_TICK = 0.02
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

    @property
    def serves(self) -> bool:
        """Whether documents are taken from the inbox."""
        return self.lane.serves and self.lane.backlog.ever_listed and not self.hangs

    @property
    def hangs(self) -> bool:
        """Whether one of its folders does not answer."""
        return self.intake.hangs or self.lane.hangs

    def say_if_it_hangs(self) -> None:
        """Log it, which the thread that hangs cannot."""
        self.intake.say_if_it_hangs()
        self.lane.say_if_it_hangs()

    @property
    def ended(self) -> bool:
        """Whether nobody is at work in the inbox any more."""
        return self.lane.ended and not self.thread.is_alive()


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
        report: Callable[[], None] = lambda: None,
    ) -> None:
        """Make a conductor.

        :param interrupt: ends the waits between a client's attempts; set when stopping.
        :param broken: what any thread puts here ends the run.
        :param report: called at every turn of the loop, to write down how things stand.
        """
        self._stations = stations
        self._accounts = accounts
        self._signals = signals
        self._interrupt = interrupt
        self._log = log
        self._clock = clock
        self._broken = broken
        self._report = report

    def run(
        self, *, until: Callable[[], bool] | None = None, on_tick: Callable[[], None] = lambda: None
    ) -> Ending:
        """Carry documents until asked to stop, or until `until` says so.

        :param until: asked several times a second; with it, no document is claimed before its
            account answered once, or did not.
        :param on_tick: called as often.
        """
        self._greet(wait=until is not None)
        if not self._signals.asked_to_stop:
            self._start()
        while (ending := self._ending(until)) is None:
            for account in self._accounts:
                account.tick()
            for station in self._stations:
                station.say_if_it_hangs()
            on_tick()
            self._report()
            self._signals.wait(self._pause() if until is None else HURRIED_TICK)
        self._finish(0.0 if ending is Ending.BROKEN else GRACE)
        return self._broke() or ending

    def at_rest(self) -> bool:
        """Whether everything that was found came to an outcome, as far as it can now."""
        return all(one.hangs or one.lane.at_rest for one in self._stations)

    def _greet(self, *, wait: bool) -> None:
        greetings = [
            threading.Thread(target=account.greet, name=f"greet {account.name}", daemon=True)
            for account in self._accounts
        ]
        for greeting in greetings:
            greeting.start()
        for _ in self._while_waiting(LONGEST_GREETING if wait else 0.0):
            if self._signals.asked_to_stop or not any(one.is_alive() for one in greetings):
                return

    def _start(self) -> None:
        for station in self._stations:
            station.lane.start()
            station.thread.start()

    def _while_waiting(self, seconds: float) -> Iterator[float]:
        """Wait a little at each turn; the seconds that passed. Ends after so many in all."""
        began = self._clock()
        while (passed := self._clock() - began) < seconds:
            yield passed
            self._signals.wait(HURRIED_TICK)

    def _pause(self) -> float:
        return IDLE_TICK if all(account.calm for account in self._accounts) else TICK

    def _ending(self, until: Callable[[], bool] | None) -> Ending | None:
        if self._broken:
            return Ending.BROKEN
        if self._signals.asked_to_stop:
            return Ending.ASKED
        if until is not None and until():
            usable = all(account.calm for account in self._accounts)
            return Ending.DONE if usable else Ending.UNREACHABLE
        return None

    def _broke(self) -> Ending | None:
        if not self._broken:
            return None
        error = self._broken[0]
        self._log.error("daemon.stopped", error=str(error), hint=error.hint)
        return Ending.BROKEN

    def _finish(self, grace: float) -> None:
        for station in self._stations:
            station.say_if_it_hangs()
            station.intake.stop()
            station.lane.finish()
        self._interrupt.set()
        for passed in self._while_waiting(grace):
            if self._signals.asked_again or self._all_ended(passed):
                break
        self._unlock([station for station in self._stations if station.ended])
        for station in self._stations:
            if grace and not station.lane.ended:
                self._log.warning(
                    "document.deferred",
                    inbox=station.lane.name,
                    reason="It was not finished in time; the next start goes on with it.",
                )

    def _all_ended(self, passed: float) -> bool:
        """Whether nothing is worth waiting for any more, so many seconds after it was stopped.

        An inbox's thread that hangs has no document in hand.
        """
        if passed >= LONGEST_FAREWELL:
            return all(station.lane.ended for station in self._stations)
        return all(station.ended for station in self._stations)

    def _unlock(self, stations: Sequence[Station]) -> None:
        """Let go of inboxes, on a thread of its own: their shares may hang by now."""

        def let_go() -> None:
            for station in stations:
                station.intake.let_go()

        unlocking = threading.Thread(target=let_go, name="unlock", daemon=True)
        unlocking.start()
        unlocking.join(LONGEST_UNLOCKING)
