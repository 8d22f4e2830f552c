"""Whose turn it is to be made smaller: one document at a time, over all inboxes.

It takes up to minutes, and memory. Those whose turn it is not wait in their inbox, where people see
them, so that the workers carry the others meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingestd.daemon.deferral import NOTHING_SENT
from ingestd.daemon.jobs import Job
from ingestd.errors import NotItsTurn
from ingestd.intake import Candidate
from ingestd.stages import Stages


class Turn:
    """Taken while a document is being made smaller; used by every worker of every inbox."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Callable[[], None], ...] = ()

    def on_end(self, listener: Callable[[], None]) -> None:
        """Have `listener` called whenever it may be taken again."""
        self._listeners = (*self._listeners, listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Call a listener no more."""
        self._listeners = tuple(one for one in self._listeners if one != listener)

    @property
    def taken(self) -> bool:
        """Whether a document is being made smaller."""
        return self._lock.locked()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Keep it for a while.

        :raises NotItsTurn: it is taken; nobody waits for it with a document in hand.
        """
        if not self._lock.acquire(blocking=False):
            raise NotItsTurn("Another document is being made smaller.")
        try:
            yield
        finally:
            self._lock.release()
            for listener in self._listeners:
                listener()


class Oversized:
    """The documents of one inbox that have to be made smaller; used by all its workers.

    One worker at a time carries such a document, and none begins with one while the turn is taken.
    The turn itself is not kept for it from there on: in a share that hangs, it would be kept for
    ever, and no other inbox would get it.
    """

    def __init__(self, stages: Stages, turn: Turn) -> None:
        self._stages = stages
        self._turn = turn
        self._worker: int | None = None

    def stands_back(self, job: Job) -> bool:
        """Whether others go before this one now."""
        return self._includes(job) and (self._worker is not None or self._turn.taken)

    def started(self, job: Job) -> None:
        """The calling worker begins with a job."""
        if self._includes(job):
            self._worker = threading.get_ident()

    def done(self) -> None:
        """The calling worker has nothing in hand any more."""
        if self._worker == threading.get_ident():
            self._worker = None

    def _includes(self, job: Job) -> bool:
        if isinstance(job, Candidate):
            return self._stages.makes_smaller(job.look.size)
        # once a create was sent, what became of it is asked first
        waits = job.document.state in NOTHING_SENT
        return waits and self._stages.makes_smaller(job.document.size)
