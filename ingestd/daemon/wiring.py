"""From settings to parts: the one place that knows both."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from ingestd import config
from ingestd.daemon.conductor import Conductor
from ingestd.daemon.connections import Connecting
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.lookout import Lookout
from ingestd.daemon.observers import Observers
from ingestd.daemon.observing import longest_pause, posts
from ingestd.daemon.orphans import tell_of_leaving, tell_of_orphans
from ingestd.daemon.plan import NOTHING
from ingestd.daemon.reloading import Reloading, Source
from ingestd.daemon.resting import Resting
from ingestd.daemon.shrinking import Shrinkers
from ingestd.daemon.signals import Signals
from ingestd.daemon.stations import Equipping
from ingestd.daemon.times import Times
from ingestd.daemon.turnover import Turnover
from ingestd.daemon.turns import Turn
from ingestd.daemon.workshop import Workshop
from ingestd.describe import Reader, SearchApart
from ingestd.errors import StorageFailed
from ingestd.ledger import Ledger, open_ledger
from ingestd.model import Document
from ingestd.observe import Audience, Counts, Log


@dataclass(slots=True)
class Parts:
    """Everything a daemon is made of, ready to run."""

    conductor: Conductor
    fleet: Fleet
    orphans: int
    """Unfinished documents of inboxes that are not in the settings any more."""
    opened: ExitStack

    def close(self) -> None:
        """Let go of connections, processes and the ledger."""
        self.opened.close()


def wire(
    settings: config.Settings,
    *,
    signals: Signals,
    log: Log,
    audience: Audience,
    filed: Callable[[Document], None] = lambda _: None,
    hurried: bool = False,
    times: Times | None = None,
    again: Source | None = None,
) -> Parts:
    """Make a daemon from settings; nothing runs yet.

    :param audience: of the log; whoever is to hear of what happens is added to it.
    :param filed: told of every document that was put away.
    :param hurried: for a run that ends; see `intake.Hurry`.
    :param times: this machine's clocks unless others are given.
    :param again: where the settings are read again when SIGHUP asks for it; None: nowhere.
    :raises SettingsError: for what only shows when it is used.
    :raises LedgerUnusable: if there can be no memory.
    """
    wiring = _Wiring(
        settings,
        signals=signals,
        log=log,
        audience=audience,
        filed=filed,
        hurried=hurried,
        times=times or Times(),
    )
    conductor = wiring.conductor(again)
    paths = {name: inbox.path for name, inbox in settings.inboxes.items()}
    orphans = tell_of_orphans(paths, wiring.ledger, log)
    return Parts(conductor, wiring.fleet, orphans, wiring.opened)


class _Closable(Protocol):
    def close(self) -> None: ...


_Opened = TypeVar("_Opened", bound=_Closable)


class _Wiring:
    """What the parts have in common while they are being put together."""

    def __init__(
        self,
        settings: config.Settings,
        *,
        signals: Signals,
        log: Log,
        audience: Audience,
        filed: Callable[[Document], None],
        hurried: bool,
        times: Times,
    ) -> None:
        self._settings = settings
        self._signals = signals
        self._log = log
        self._audience = audience
        self._filed = filed
        self._hurried = hurried
        self._times, self._counts = times, Counts(times.wall)
        self._interrupt = threading.Event()
        self._broken: list[StorageFailed] = []
        self.fleet = Fleet()
        self.opened = ExitStack()
        self.ledger = self._to_close(self._open_ledger())
        self._workshop = self._make_workshop()
        left = partial(tell_of_leaving, ledger=self.ledger, log=log)
        self._turnover = self._to_close(Turnover(self.fleet, left=left, wake=signals.wake))

    def _open_ledger(self) -> Ledger:
        return open_ledger(
            config.state_dir(self._settings),
            self._settings.ledger.url,
            now=self._times.now,
            set_aside=self._ledger_set_aside,
            flush_within=self._times.flush_within,
        )

    def _to_close(self, part: _Opened) -> _Opened:
        self.opened.callback(part.close)
        return part

    def _make_workshop(self) -> Workshop:
        log, times, wake, hurried = self._log, self._times, self._signals.wake, self._hurried
        state_dir = config.state_dir(self._settings)
        equipping = Equipping(
            self.ledger,
            self._to_close(Reader.reading_with("ingestd.describe.einvoice")),
            self._to_close(SearchApart()),
            Turn(),
            log,
            times,
            self._filed,
            self._break,
            wake,
            hurried,
        )
        return Workshop(
            Connecting(log, times, self._interrupt, wake, hurried, self._counts),
            equipping,
            self._to_close(Shrinkers()),
            self._to_close(Observers(posts(state_dir, self._lookout()), log)),
        )

    def _lookout(self) -> Lookout:
        self._audience.add(self._counts.hear)
        return Lookout(
            self.fleet,
            self._audience,
            self._counts,
            self.ledger,
            self._times,
            self._log,
            self._hurried,
        )

    def conductor(self, again: Source | None) -> Conductor:
        """Prepare what the settings ask for, and make who runs it."""
        first = self._workshop.prepare(self._settings, NOTHING, {})
        self._turnover.begin(first)
        self._workshop.observers.take_up(first.relief)
        resting = Resting([self._workshop.equipping.reader, self._workshop.shrinkers])
        return Conductor(
            self.fleet,
            signals=self._signals,
            interrupt=self._interrupt,
            broken=self._broken,
            log=self._log,
            clock=self._times.clock,
            longest_pause=longest_pause(),
            observers=[self._workshop.observers, resting],
            reload=self._reloading(again).turn if again else lambda: None,
        )

    def _reloading(self, source: Source) -> Reloading:
        return Reloading(
            self._settings,
            self.fleet,
            self._turnover,
            self._workshop,
            source,
            signals=self._signals,
            log=self._log,
            times=self._times,
        )

    def _break(self, error: StorageFailed) -> None:
        self._broken.append(error)
        self._signals.wake()

    def _ledger_set_aside(self, path: Path, why: str) -> None:
        self._log.error(
            "ledger.set_aside",
            path=str(path),
            error=f"The ledger could not be used and was set aside: {why}.",
            hint="Nothing is lost or delivered twice, but its history is in that file now.",
        )
