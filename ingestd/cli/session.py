"""What `run`, `once` and `demo` have in common: settings, log, lock, daemon."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingestd import __version__, config
from ingestd.daemon import (
    Ending,
    Parts,
    Signals,
    Times,
    give_back_large_blocks,
    lock_state,
    look_seldom_through_all,
    wire,
)
from ingestd.model import Document
from ingestd.observe import Audience, Log, forward_libraries, open_log


@dataclass(frozen=True, slots=True)
class Session:
    """A daemon that is ready to run."""

    parts: Parts
    log: Log

    @classmethod
    @contextmanager
    def open(
        cls,
        path: Path | None,
        *,
        filed: Callable[[Document], None] = lambda _: None,
        hurried: bool = False,
        outcomes_shown: bool = False,
        environ: Mapping[str, str] = os.environ,
        times: Times | None = None,
    ) -> Iterator[Session]:
        """Make ready what the settings file says; closed again on the way out.

        :param outcomes_shown: the log need not tell what the command shows itself.
        :raises IngestdError: with a sentence for whoever called the command.
        """
        settings = config.load_with_inboxes(path, environ)
        folder = config.state_dir(settings, environ)
        secrets = config.Secrets(settings, config.secret_folders())
        audience = Audience()
        log = _open_log(settings, secrets, audience, outcomes_shown=outcomes_shown)
        with lock_state(folder), Signals() as signals:
            parts = wire(
                settings,
                signals=signals,
                log=log,
                audience=audience,
                filed=filed,
                hurried=hurried,
                times=times,
            )
            try:
                yield cls(parts, log)
            finally:
                parts.close()

    @property
    def waiting(self) -> int:
        """Documents that are ready or on their way, or were when it stopped."""
        lanes = [station.lane for station in self.parts.fleet.stations]
        return sum(lane.backlog.size + lane.left_over for lane in lanes)

    @property
    def left(self) -> int:
        """Files that are not complete and not waited for."""
        return sum(station.lane.backlog.left for station in self.parts.fleet.stations)

    @property
    def lacking(self) -> list[str]:
        """Names of documents that wait for their sidecars, and are not waited for."""
        return [name for one in self.parts.fleet.stations for name in one.lane.backlog.lacking]

    @property
    def barred(self) -> int:
        """Files that cannot be opened or moved, and documents that nobody looks after any more."""
        return self.parts.orphans + sum(
            station.lane.barred for station in self.parts.fleet.stations
        )

    @property
    def unserved(self) -> list[str]:
        """Names of the inboxes whose documents cannot be taken."""
        return [station.lane.name for station in self.parts.fleet.stations if not station.serves]

    def run(
        self, *, until: Callable[[], bool] | None = None, on_tick: Callable[[], None] = lambda: None
    ) -> Ending:
        """Run until stopped, or until `until` says so."""
        give_back_large_blocks()
        look_seldom_through_all()
        stations = [station.lane.name for station in self.parts.fleet.stations]
        self.log.info("daemon.started", version=__version__, inboxes=stations)
        ending = self.parts.conductor.run(until=until, on_tick=on_tick)
        if ending is not Ending.BROKEN:
            self.log.info("daemon.stopped")
        return ending


def leave(code: int) -> int:
    """Return the exit code, or end with it at once where threads could not be waited for.

    They hang in a dead mount, or in an upload. The interpreter must not be taken down around
    them: one that is stopped in the middle of a log line keeps standard error to itself, and
    Python aborts when it wants to flush it.
    """
    if threading.active_count() > 1:
        sys.stdout.flush()
        os._exit(code)
    return code


def _open_log(
    settings: config.Settings,
    secrets: config.Secrets,
    audience: Audience,
    *,
    outcomes_shown: bool,
) -> Log:
    level = settings.log.level
    if outcomes_shown and level == "info" and not settings.log.file:
        level = "warning"
    log = open_log(
        sys.stderr,
        level=level,
        form=settings.log.format,
        file=settings.log.file,
        secrets=lambda: secrets,
        audience=audience,
    )
    forward_libraries(log)
    return log
