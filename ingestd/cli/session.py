"""What `run`, `once` and `demo` have in common: settings, log, lock, daemon."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from ingestd import __version__, config
from ingestd.cli.main import Exit
from ingestd.daemon import (
    Ending,
    LastResort,
    Parts,
    Signals,
    Source,
    Times,
    give_back_large_blocks,
    lock_state,
    look_seldom_through_all,
    wire,
)
from ingestd.model import Document
from ingestd.observe import Audience, Log, forget_report, forward_libraries, open_log


@dataclass(frozen=True, slots=True)
class Session:
    """A daemon that is ready to run."""

    parts: Parts
    log: Log
    settings: config.Settings

    @classmethod
    @contextmanager
    def open(
        cls,
        path: Path | None,
        *,
        filed: Callable[[Document], None] = lambda _: None,
        hurried: bool = False,
        outcomes_shown: bool = False,
        reloads: bool = False,
        bounded: bool = False,
        environ: Mapping[str, str] = os.environ,
        times: Times | None = None,
    ) -> Iterator[Session]:
        """Make ready what the settings file says; closed again on the way out.

        :param outcomes_shown: the log need not tell what the command shows itself.
        :param reloads: SIGHUP has the settings read again, and does not end it.
        :param bounded: what asks it to end leaves the process in time, whatever hangs.
        :raises IngestdError: with a sentence for whoever called the command.
        """
        settings = config.load_with_inboxes(path, environ)
        folder = config.state_dir(settings, environ)
        voice, audience = _Voice(settings, outcomes_shown=outcomes_shown), Audience()
        log = voice.open_log(audience)
        again = voice.source(lambda: config.load_with_inboxes(path, environ)) if reloads else None
        with _alone_in(folder), _listening(reloads=reloads, bounded=bounded) as signals:
            parts = wire(
                settings,
                signals=signals,
                log=log,
                audience=audience,
                filed=filed,
                hurried=hurried,
                times=times,
                again=again,
            )
            with closing(parts):
                yield cls(parts, log, settings)

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


def leave(code: int) -> NoReturn:
    """End with the exit code, at once: everything that was opened is closed.

    The interpreter is not taken down first. Threads may hang, in a dead mount or in an upload, and
    one that is stopped in the middle of a log line keeps standard error to itself: Python aborts
    when it wants to flush it. And to give back each piece of memory by itself takes 15 ms.
    """
    sys.stdout.flush()
    os._exit(code)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep the state folder to this process; what is reported there is of another that ended."""
    with lock_state(folder):
        forget_report(folder)
        yield


@contextmanager
def _listening(*, reloads: bool, bounded: bool) -> Iterator[Signals]:
    """Listen to signals; see `Session.open`."""
    with Signals(reloads=reloads) as signals:
        leave, clock = partial(os._exit, Exit.FINE), time.monotonic
        with LastResort(signals, leave=leave, clock=clock) if bounded else nullcontext():
            yield signals


class _Voice:
    """What of the settings the log goes by."""

    def __init__(self, settings: config.Settings, *, outcomes_shown: bool) -> None:
        self._settings = settings
        self._secrets = config.Secrets(settings, config.secret_folders())
        self._outcomes_shown = outcomes_shown

    def open_log(self, audience: Audience) -> Log:
        """Make the log."""
        log = open_log(
            sys.stderr,
            level=self._level,
            form=self._settings.log.format,
            file=self._settings.log.file,
            file_max_size=self._settings.log.file_max_size,
            file_keep=self._settings.log.file_keep,
            secrets=lambda: self._secrets,
            audience=audience,
        )
        forward_libraries(log)
        return log

    def source(self, load: Callable[[], config.Settings]) -> Source:
        """Where the settings are read again: from then on the log hides what they lead to."""

        def read() -> config.Settings:
            settings = load()
            self._secrets.add(settings)
            return settings

        return Source(read, self._take_up)

    def _take_up(self, settings: config.Settings) -> None:
        self._settings = settings

    def _level(self) -> str:
        log = self._settings.log
        shown_anyway = self._outcomes_shown and log.level == "info" and not log.file
        return "warning" if shown_anyway else log.level
