"""The loop: starts everything, looks after it, and ends it in order.

It belongs to the main thread, which touches no file of an inbox: in a share that hangs it would
hang with it, and could not even be asked to stop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Protocol

from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.observers import Observer
from ingestd.daemon.signals import Signals
from ingestd.errors import StorageFailed
from ingestd.observe import Log

GRACE = 20.0
"""Seconds to finish what is in hand; the end in all has a deadline of its own (`last_resort`).
systemd and Docker kill after 90 and 10 by default."""
LONGEST_FAREWELL = 6.0
"""Seconds that an inbox's thread may take to end; a little more than it waits for its watch."""
LONGEST_UNLOCKING = 1.0
"""Seconds."""
LONGEST_GREETING = 22.0
"""Seconds; a little more than the client's deadline for a probe."""
TICK = 1.0
"""Seconds between looks at how far the settings were read."""
IDLE_TICK = 30.0
"""Seconds between turns while nothing is to be done; whatever happens wakes the loop."""
PROGRESS_TICK = 0.1
"""Seconds between looks at how far a run that ends is; what comes to rest wakes the loop."""
JOINING_TICK = 0.02
"""Seconds between looks at whether threads have ended."""


class Ending(Enum):
    """Why the loop ended."""

    ASKED = "asked"
    DONE = "done"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"


class _Ends(Protocol):
    def join(self) -> None: ...


class Conductor:
    """Owns every thread of the daemon; `run` belongs to the main thread."""

    def __init__(
        self,
        fleet: Fleet,
        *,
        signals: Signals,
        interrupt: threading.Event,
        broken: Sequence[StorageFailed],
        log: Log,
        clock: Callable[[], float],
        observers: Sequence[Observer] = (),
        longest_pause: float = IDLE_TICK,
        reload: Callable[[], None] = lambda: None,
    ) -> None:
        """Make a conductor.

        :param interrupt: ends the waits between a client's attempts; set when stopping.
        :param broken: what any thread puts here ends the run.
        :param observers: asked at every turn of the loop to write down how things stand.
        :param longest_pause: seconds between turns that an observer can live with.
        :param reload: called before them; changes the fleet where the settings were read again.
        """
        self._fleet = fleet
        self._signals = signals
        self._interrupt = interrupt
        self._log = log
        self._clock = clock
        self._broken = broken
        self._observers = observers
        self._longest_pause = longest_pause
        self._reload = reload

    def run(
        self, *, until: Callable[[], bool] | None = None, on_tick: Callable[[], None] = lambda: None
    ) -> Ending:
        """Carry documents until asked to stop, or until `until` says so.

        :param until: asked ten times a second; with it, no document is claimed before its
            account answered once, or did not.
        :param on_tick: called as often.
        """
        self._greet(wait=until is not None)
        if not self._signals.asked_to_stop:
            self._start()
        while (ending := self._ending(until)) is None:
            self._reload()
            for account in self._fleet.accounts:
                account.tick()
            for station in self._fleet.stations:
                station.say_if_it_hangs()
            on_tick()
            for observer in self._observers:
                observer.turn()
            self._signals.wait(self._pause() if until is None else PROGRESS_TICK)
        self._finish(0.0 if ending is Ending.BROKEN else GRACE)
        return self._broke() or ending

    def at_rest(self) -> bool:
        """Whether everything that was found came to an outcome, as far as it can now."""
        return all(one.hangs or one.lane.at_rest for one in self._fleet.stations)

    def _greet(self, *, wait: bool) -> None:
        greetings = [
            threading.Thread(target=account.greet, name=f"greet {account.name}", daemon=True)
            for account in self._fleet.accounts
        ]
        for greeting in greetings:
            greeting.start()
        if wait:
            self._wake_after(greetings)
        for _ in self._while_waiting(LONGEST_GREETING if wait else 0.0):
            if self._signals.asked_to_stop or not any(one.is_alive() for one in greetings):
                return

    def _start(self) -> None:
        for station in self._fleet.stations:
            station.start()

    def _wake_after(self, ending: Sequence[_Ends]) -> None:
        """Have who waits for all of these to end wake up then; one that hangs keeps nobody."""

        def wait() -> None:
            for one in ending:
                one.join()
            self._signals.wake()

        threading.Thread(target=wait, name="wait", daemon=True).start()

    def _while_waiting(self, seconds: float) -> Iterator[float]:
        """Wait a little at each turn; the seconds that passed. Ends after so many in all."""
        began = self._clock()
        while (passed := self._clock() - began) < seconds:
            yield passed
            self._signals.wait(JOINING_TICK)

    def _pause(self) -> float:
        looks = [account.until_look() for account in self._fleet.accounts]
        tick = TICK if self._fleet.reloading else IDLE_TICK
        return max(0.0, min(tick, self._longest_pause, *looks))

    def _ending(self, until: Callable[[], bool] | None) -> Ending | None:
        if self._broken:
            return Ending.BROKEN
        if self._signals.asked_to_stop:
            return Ending.ASKED
        if until is not None and until():
            usable = all(account.calm for account in self._fleet.accounts)
            return Ending.DONE if usable else Ending.UNREACHABLE
        return None

    def _broke(self) -> Ending | None:
        if not self._broken:
            return None
        error = self._broken[0]
        self._log.error("daemon.stopped", error=str(error), hint=error.hint)
        return Ending.BROKEN

    def _finish(self, grace: float) -> None:
        for observer in self._observers:
            observer.stopping()
        for station in self._fleet.stations:
            station.say_if_it_hangs()
            station.stop()
        self._interrupt.set()
        self._wake_after(self._fleet.stations)
        for passed in self._while_waiting(grace):
            if self._signals.asked_again or self._all_ended(passed):
                break
        staying = [station for station in self._fleet.stations if not station.leaving]
        self._unlock([station for station in staying if station.ended])
        for station in self._fleet.stations:
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
            return all(station.lane.ended for station in self._fleet.stations)
        return all(station.ended for station in self._fleet.stations)

    def _unlock(self, stations: Sequence[Station]) -> None:
        """Let go of inboxes, on a thread of its own: their shares may hang by now."""

        def let_go() -> None:
            for station in stations:
                station.intake.let_go()

        unlocking = threading.Thread(target=let_go, name="unlock", daemon=True)
        unlocking.start()
        unlocking.join(LONGEST_UNLOCKING)
