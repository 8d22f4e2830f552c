"""What one inbox has to carry: what is ready, what is in hand, and what was put off."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingestd.intake import Candidate
from ingestd.model import Document


@dataclass(frozen=True, slots=True)
class PutOff:
    """A claimed document that waits in `work/`."""

    due: float
    """Monotonic seconds."""
    document: Document
    times: int = 0
    """How often it was put off in a row."""


Job = Candidate | PutOff


class Backlog:
    """The jobs of one inbox; filled by its intake, emptied by its workers."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._changed = threading.Condition(threading.RLock())
        self._ready: deque[Candidate] = deque()
        self._put_off: list[PutOff] = []
        self._in_hand: list[Job] = []
        self._pending = self._left = 0
        self._listed = self._closed = False

    def next(self, may_start: Callable[[Job], bool]) -> Job | None:
        """Wait for a job that may be started, documents that were put off first.

        :returns: None once the backlog is closed.
        """
        with self._changed:
            while not self._closed:
                job = self._startable(may_start)
                if job is not None:
                    self._in_hand.append(job)
                    return job
                self._changed.wait(self._until_due())
        return None

    def done(self, job: Job) -> None:
        """This job is no longer in hand."""
        with self._changed:
            self._in_hand.remove(job)
            self._changed.notify_all()

    def put_off(self, jobs: Iterable[PutOff]) -> None:
        """Add documents to come back to."""
        with self._changed:
            self._put_off.extend(jobs)
            self._changed.notify_all()

    def offer(self, ready: Iterable[Candidate], *, pending: int = 0, left: int = 0) -> None:
        """Replace what is ready."""
        with self._changed:
            self._ready = deque(ready)
            self._pending, self._left, self._listed = pending, left, True
            self._changed.notify_all()

    def look_again(self) -> None:
        """Have the workers ask again whether they may start."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Give out nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def claimed(self) -> list[Document]:
        """The documents that were put off, in hand or not."""
        with self._changed:
            jobs = [*self._put_off, *self._in_hand]
            return [job.document for job in jobs if isinstance(job, PutOff)]

    @property
    def size(self) -> int:
        """Files that are ready or not settled yet, documents that are in hand or put off."""
        with self._changed:
            waiting = self._pending + len(self._ready)
            return waiting + len(self._in_hand) + len(self._put_off)

    @property
    def listed(self) -> bool:
        """Whether the inbox was looked at yet."""
        return self._listed

    @property
    def in_hand(self) -> int:
        """Documents that are being carried right now."""
        return len(self._in_hand)

    @property
    def left(self) -> int:
        """Files that nobody waits for."""
        return self._left

    @property
    def drained(self) -> bool:
        """Whether everything that was found came to an outcome."""
        with self._changed:
            return self._listed and not self.size

    def _startable(self, may_start: Callable[[Job], bool]) -> Job | None:
        now = self._clock()
        for job in self._put_off:
            if job.due <= now and may_start(job):
                self._put_off.remove(job)
                return job
        if self._ready and may_start(self._ready[0]):
            return self._ready.popleft()
        return None

    def _until_due(self) -> float | None:
        """Seconds until the next document that was put off; None: until something changes."""
        now = self._clock()
        coming = [job.due - now for job in self._put_off if job.due > now]
        return min(coming, default=None)
