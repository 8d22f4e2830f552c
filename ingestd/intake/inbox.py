"""One inbox and the thread that looks after it: what lies there, and what of it is ready.

A share that hangs hangs this thread and no other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Literal

from structlog.typing import FilteringBoundLogger

from ingestd.errors import IngestdError, StorageFailed
from ingestd.intake.arrivals import Arrivals
from ingestd.intake.complaints import Complaints
from ingestd.intake.consumer import Consumer
from ingestd.intake.guard import Guard
from ingestd.intake.inside import look_into
from ingestd.intake.listing import Rules, list_inbox
from ingestd.intake.pairing import Entry, Oddity
from ingestd.intake.settle import Hurry, Inside, Patience
from ingestd.intake.sightings import Candidate, Round, Sightings
from ingestd.intake.stamps import WallClock
from ingestd.intake.standing import Standing
from ingestd.intake.unavailable import unavailable
from ingestd.intake.watch import Hint, Watcher

AGAIN = 10.0
"""Seconds, at most, until a folder that could not be used is tried again."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the settings say of an inbox's folder."""

    name: str
    root: Path
    """Absolute."""
    rules: Rules
    patience: Patience
    watch: Literal["auto", "native", "poll"]
    rescan: float
    """Seconds between listings where hints come."""
    poll: float
    """Seconds between listings where they do not."""
    order: Literal["oldest", "name"]
    sidecar_required: bool = False
    """Documents wait for their sidecars, for ever."""

    def sorted(self, candidates: list[Candidate]) -> list[Candidate]:
        """The order to claim them in."""
        by_name = sorted(candidates, key=attrgetter("path"))
        if self.order == "name":
            return by_name
        return sorted(by_name, key=attrgetter("look.mtime_ns"))


class Intake:
    """Looks after one inbox for as long as it runs."""

    def __init__(
        self,
        inbox: Inbox,
        guard: Guard,
        consumer: Consumer,
        arrivals: Arrivals,
        *,
        log: FilteringBoundLogger,
        clock: Callable[[], float],
        wall: WallClock,
        hurry: Hurry | None = None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._inbox = inbox
        self._guard = guard
        self._consumer = consumer
        self._log = log
        self._clock, self._wall = clock, wall
        self._arrivals = arrivals
        self._stopping = threading.Event()
        needed, look = inbox.sidecar_required, self._look_into
        self._sightings = Sightings(inbox.patience, look, hurry=hurry, sidecar_required=needed)
        self._complaints = Complaints(log, changed)
        self._changed = changed
        self._standing = Standing(inbox.root, log, clock, changed=changed)
        self.mode = ""
        """How it is watched, `native` or `poll`; empty where it is not."""

    def run(self) -> None:
        """Serve the inbox until `stop`; a folder that is not there is waited for."""
        while not self._stopping.is_set():
            self._standing.step()
            try:
                self._serve()
            except StorageFailed as error:
                self._consumer.storage_failed(error)
            except IngestdError as error:
                self._close(error)
            except OSError as error:
                self._close(unavailable(self._inbox.root, error))
            except Exception:  # noqa: BLE001 - a bug must not end the thread: try again, and say so
                self._log.exception("inbox.unavailable", path=str(self._inbox.root))
                self._shut()
            self._stopping.wait(min(self._inbox.poll, AGAIN))
        self._standing.rest()

    def stop(self) -> None:
        """Make `run` return soon; from any thread. The inbox stays locked until `let_go`."""
        self._stopping.set()
        self._arrivals.wake.set()

    def let_go(self) -> None:
        """Unlock the inbox, once nobody works in it any more."""
        self._guard.close()

    @property
    def hangs(self) -> bool:
        """Whether the folder does not answer, as a share whose server is gone; from any thread."""
        return self._standing.hangs

    @property
    def left_alone(self) -> Sequence[Oddity]:
        """What was not opened, or could not be looked at, when the inbox was listed last."""
        return self._complaints.last

    @property
    def trouble(self) -> IngestdError | None:
        """Why the folder cannot be used, if it cannot."""
        return self._standing.trouble

    def say_if_it_hangs(self) -> None:
        """Log it, which the thread that hangs cannot; to be called now and then by another."""
        self._standing.say_if_it_hangs()

    def _serve(self) -> None:
        """Watch and list the folder until `stop`, or until it cannot be used any more."""
        polls = self._guard.open(self._inbox.watch)
        watcher = Watcher(
            self._inbox.root,
            recursive=self._inbox.rules.recursive,
            poll=polls,
            on_hint=self._hear,
            on_step=self._standing.step,
            skip=self._inbox.rules.skip,
        )
        try:
            watcher.start()
            self._opened(watcher)
            while not self._stopping.is_set():
                self._until_next_rescan(watcher)
                self._standing.step()
                for ailment in watcher.ensure_alive():
                    self._log.warning("inbox.watching", mode=watcher.mode, reason=ailment)
                self._guard.confirm()
        finally:
            watcher.stop()

    def _until_next_rescan(self, watcher: Watcher) -> None:
        """List now, and again at each hint and whenever a file may have settled."""
        every = self._inbox.rescan if watcher.mode == "native" else self._inbox.poll
        rescan_at = self._clock() + every
        while True:
            began = self._clock()
            found = self._look()
            now, due = self._clock(), min(found.due, rescan_at)
            rested_at = now + min(found.rest(now - began, now), every)
            self._standing.back()
            self._standing.rest()
            # in this order: where nothing arrives, the first wait is long enough for both
            self._arrivals.wake.wait(max(0.0, due - self._clock()))
            self._stopping.wait(max(0.0, rested_at - self._clock()))
            if self._stopping.is_set() or self._clock() >= rescan_at or self._arrivals.anything():
                return

    def _look(self) -> Round:
        self._arrivals.wake.clear()
        arrived = self._arrivals.taken()
        self._consumer.listing_begins()
        inbox, step, known = self._inbox, self._standing.step, self._sightings.last_look
        stamps = self._wall.stamps(self._guard.stamped, inbox.patience.quiet)
        listed = list_inbox(inbox.root, inbox.rules, on_child=step, known=known, stamps=stamps)
        self._guard.confirm_if_replaced()
        found = self._sightings.take_in(listed.entries, arrived, self._clock(), alone=listed.alone)
        for path in found.new:
            self._log.debug("document.seen", path=path)
        if found.oddities:  # theirs, or all the share's, which is gone by now?
            self._guard.confirm_if_replaced()
        odd = listed.oddities + found.oddities
        self._complaints.say(odd + found.alone)
        ready = self._inbox.sorted(found.ready)
        self._consumer.offer(ready, found.pending, found.left, len(odd), found.lacking)
        return found

    def _look_into(self, entry: Entry) -> Inside | Oddity | None:
        self._standing.step()
        ask = self._guard.tells_writers
        return look_into(self._inbox.root, entry, clock=self._clock, ask_for_writers=ask)

    def _hear(self, hint: Hint) -> None:
        self._arrivals.hinted(hint)
        self._arrivals.wake.set()

    def _opened(self, watcher: Watcher) -> None:
        facts = {"path": str(self._inbox.root), "mode": watcher.mode}
        if watcher.trouble:
            self._log.warning("inbox.watching", **facts, reason=watcher.trouble)
        else:
            self._log.info("inbox.watching", **facts)
        self._guard.confirm_if_replaced()
        self._consumer.inbox_opened(self._standing.step)
        self.mode = watcher.mode
        self._changed()

    def _shut(self) -> None:
        self.mode = ""
        self._consumer.inbox_closed()  # still locked: documents may be in hand

    def _close(self, error: IngestdError) -> None:
        self._shut()
        self._standing.unavailable(error)
