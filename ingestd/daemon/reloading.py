"""Reading the settings again when SIGHUP asks for it.

They are read, checked, and all that is new in them made before anything is changed: what cannot be
used is refused, and leaves everything as it is. That happens on a thread of its own, as a settings
file may lie on a share that hangs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ingestd import config
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.plan import changed_tables, that_can_change
from ingestd.daemon.signals import Signals
from ingestd.daemon.times import Times
from ingestd.daemon.turnover import Turnover
from ingestd.daemon.workshop import Prepared, Workshop
from ingestd.errors import IngestdError, SettingsError
from ingestd.observe import Log, SettingsReport

LONGEST_READING = 30.0
"""Seconds."""
MOST_HANGING = 3
"""Readings that were given up and hang still, each with a thread. Not one alone: settings that were
put where a disk answers are to be read, though what hangs never comes back."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where settings come from, and who else goes by them."""

    read: Callable[[], config.Settings]
    """Reads them; raises SettingsError."""
    taken: Callable[[config.Settings], None]
    """Told of those that are in effect from now on."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read, and made of it."""

    settings: config.Settings
    restart: list[str]
    prepared: Prepared


class Reloading:
    """Reloads as often as it is asked to; used by the main thread."""

    def __init__(
        self,
        settings: config.Settings,
        fleet: Fleet,
        turnover: Turnover,
        workshop: Workshop,
        source: Source,
        *,
        signals: Signals,
        log: Log,
        times: Times,
    ) -> None:
        self._settings = settings
        self._fleet = fleet
        self._turnover = turnover
        self._workshop = workshop
        self._source = source
        self._signals = signals
        self._log = log
        self._times = times
        self._answered = 0
        self._reading: _Reading | None = None
        self._hanging: list[_Reading] = []
        fleet.settings = SettingsReport(times.now())

    def turn(self) -> None:
        """Go on with it; called at every turn of the loop, and never waits."""
        if self._reading is not None:
            self._look_at(self._reading)
        if self._reading is None and self._answered != self._signals.hangups:
            self._answered = self._signals.hangups
            self._reading = self._begin_reading()
        self._fleet.reloading = self._reading is not None
        self._turnover.turn()

    def _begin_reading(self) -> _Reading:
        self._hanging = [reading for reading in self._hanging if reading.goes_on]
        read = self._what_to_read() if len(self._hanging) < MOST_HANGING else _nothing
        return _Reading(read, self._times, self._signals.wake)

    def _what_to_read(self) -> Callable[[], _Read]:
        running, plan = self._settings, self._turnover.plan
        connections = self._turnover.connections

        def read() -> _Read:
            settings, restart = that_can_change(running, self._source.read())
            return _Read(settings, restart, self._workshop.prepare(settings, plan, connections))

        return read

    def _look_at(self, reading: _Reading) -> None:
        answer = reading.answer()
        if answer is None:
            return
        self._reading = None
        if answer is _DOES_NOT_ANSWER:
            self._hanging.append(reading)
        if isinstance(answer, _Read):
            self._take_up(answer, reading.began)
        else:
            self._refuse(answer, reading.began)

    def _take_up(self, read: _Read, began: datetime) -> None:
        made = read.prepared
        changed = changed_tables(
            self._settings, read.settings, made.accounts, made.inboxes, made.relief.named
        )
        self._settings = read.settings
        self._source.taken(read.settings)
        self._fleet.settings = SettingsReport(began, restart=tuple(read.restart))
        if read.restart:
            hint = "All else is in effect. Start ingestd again for these."
            self._log.warning("settings.restart_needed", settings=read.restart, hint=hint)
        self._log.info(
            "settings.reloaded",
            added=changed.added or None,
            changed=changed.changed or None,
            removed=changed.removed or None,
        )
        self._turnover.take_up(made)
        self._workshop.observers.take_up(made.relief)

    def _refuse(self, error: Exception, began: datetime) -> None:
        known = error if isinstance(error, IngestdError) else None
        said, hint = str(error) or repr(error), known.hint if known else ""
        self._fleet.settings = SettingsReport(began, said, hint)
        exc_info = None if known else error
        self._log.error("settings.refused", error=said, hint=hint, exc_info=exc_info)


class _Reading:
    """One reading of the settings, on a thread of its own."""

    def __init__(self, read: Callable[[], _Read], times: Times, wake: Callable[[], None]) -> None:
        self.began = times.now()
        self._clock = times.clock
        self._overdue_at = times.clock() + LONGEST_READING
        self._read = read
        self._wake = wake
        self._lock = threading.Lock()
        self._given_up = False
        self._answer: _Read | Exception | None = None
        self._thread = threading.Thread(target=self._run, name="reload", daemon=True)
        self._thread.start()

    @property
    def goes_on(self) -> bool:
        """Whether it has not come to an end, be it given up or not."""
        return self._thread.is_alive()

    def answer(self) -> _Read | Exception | None:
        """What came of it; None for as long as nothing did."""
        with self._lock:
            if self._answer is None and self._clock() >= self._overdue_at:
                self._given_up = True
                return _DOES_NOT_ANSWER
            return self._answer

    def _run(self) -> None:
        answer: _Read | Exception
        try:
            answer = self._read()
        except Exception as error:  # noqa: BLE001 - a bug must not end the daemon: it says so
            answer = error
        with self._lock:
            self._answer = answer
            unwanted = self._given_up
        if unwanted and isinstance(answer, _Read):
            answer.prepared.close()
        self._wake()


def _nothing() -> _Read:
    raise _ALL_HANG


_ALL_HANG = SettingsError(
    f"The settings are not read: the last {MOST_HANGING} times that was begun, it never ended.",
    hint="Check the disk or server that they, or a file that they name, lie on, and reload once "
    "more; or start ingestd again.",
)
_DOES_NOT_ANSWER = SettingsError(
    f"The settings could not be read within {LONGEST_READING:.0f} seconds: what they lie on, or a "
    "file that they name, does not answer.",
    hint="Check the disk or server, and reload once more.",
)
