"""What one inbox has to carry: what is ready, what is in hand, and what was put off."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence

from ingestd.daemon.jobs import Asked, Job, PutOff, Tally
from ingestd.daemon.setbacks import Setbacks
from ingestd.intake import Candidate
from ingestd.model import Document, State


def _never(_: Job) -> bool:
    return False


class Backlog:
    """The jobs of one inbox; filled by its intake, emptied by its workers."""

    def __init__(
        self, clock: Callable[[], float], new_id: Callable[[], str], setbacks: Setbacks
    ) -> None:
        self._clock = clock
        self._new_id = new_id
        self._setbacks = setbacks
        self._changed = threading.Condition(threading.RLock())
        self._ready: deque[Candidate] = deque()
        self._put_off: list[PutOff] = []
        self._in_hand: dict[int, tuple[str, str]] = {}  # id and name
        self._since: dict[str, float] = {}  # by name, when it was first to be carried
        self._pending = self.left = self.barred = 0
        self.lacking: Sequence[str] = ()
        self._rest_until = -math.inf
        self.closed = False
        self._version = 0  # of what lies in the inbox, as far as we changed it
        self._version_listing = self._version_offered = -1

    def next(self, may_start: Asked, stands_back: Asked = _never) -> tuple[Job, str] | None:
        """Wait for a job that may be started, as `take` finds it; None once it is closed."""
        with self._changed:
            while (taken := self.take(may_start, stands_back)) is None and not self.closed:
                self._changed.wait(self._until_due())
            return taken

    def take(self, may_start: Asked, stands_back: Asked = _never) -> tuple[Job, str] | None:
        """Take a job that may be started, documents that were put off first.

        :param may_start: if not, no other file may either.
        :param stands_back: whether others may go before this one, which is not asked for then.
        :returns: the job and its document's id, which is a new one for a file that is about to be
            claimed; it counts as in hand before anything is moved. None if there is none now, or
            it is closed.
        """
        with self._changed:
            job = None if self.closed else self._startable(may_start, stands_back)
            if job is None:
                return None
            if isinstance(job, PutOff):
                document_id, name = job.document.id, job.document.name
            else:
                document_id, name = self._new_id(), job.path
            self._in_hand[threading.get_ident()] = document_id, name
            self._wake_one()
            return job, document_id

    def done(self) -> None:
        """The calling worker has nothing in hand any more, and will take the next."""
        with self._changed:
            self._in_hand.pop(threading.get_ident(), None)

    def _wake_one(self) -> None:
        """Wake one worker that waits, if there may be something for it; it wakes the next.

        All would look for what one may have. Whoever is done looks before it waits.
        """
        if self._ready or self._put_off:
            self._changed.notify()

    def over(self, name: str) -> None:
        """The document in hand with this name came to its outcome; the next may have it too."""
        with self._changed:
            self._since.pop(name, None)

    def come_back_to(
        self, document: Document, wait: float = 0.0, *, times: int = 0, stuck: bool = False
    ) -> None:
        """Put a claimed document off for `wait` seconds (see `PutOff`)."""
        with self._changed:
            now = self._clock()
            self._put_off.append(PutOff(now + wait, document, times, stuck))
            self._since.setdefault(document.name, now)
            self._wake_one()

    def offer(
        self,
        ready: Iterable[Candidate],
        *,
        pending: int = 0,
        left: int = 0,
        barred: int = 0,
        lacking: Sequence[str] = (),
    ) -> None:
        """Replace what is ready (see `intake.consumer`)."""
        with self._changed:
            self._ready = deque(ready)
            self._pending, self.left, self.barred = pending, left, barred
            self.lacking = lacking
            self._version_offered = self._version_listing
            now = self._clock()
            self._since = {name: self._since.get(name, now) for name in self.names()}
            self._wake_one()

    def listing_begins(self) -> None:
        """The inbox is about to be listed; what is offered next is what lies there from now on."""
        with self._changed:
            self._version_listing = self._version

    def changed(self) -> None:
        """A file went back into the inbox, or was gone: what was listed is out of date."""
        with self._changed:
            self._version += 1

    def rest(self, seconds: float) -> None:
        """Give out nothing new for a while."""
        with self._changed:
            self._rest_until = self._clock() + seconds

    def look_again(self) -> None:
        """Have the workers ask again whether they may start."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Give out nothing more."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def withdraw(self, states: Collection[State]) -> list[Document]:
        """Take out the documents in these states that were put off."""
        with self._changed:
            taken = [job for job in self._put_off if job.document.state in states]
            self._put_off = [job for job in self._put_off if job not in taken]
            return [job.document for job in taken]

    def ids(self) -> set[str]:
        """The ids of all documents that are in hand or were put off."""
        with self._changed:
            in_hand = {document_id for document_id, _ in self._in_hand.values()}
            return {job.document.id for job in self._put_off} | in_hand

    def names(self) -> set[str]:
        """The names of everything that there is to carry."""
        with self._changed:
            in_hand = {name for _, name in self._in_hand.values()}
            put_off = {job.document.name for job in self._put_off}
            return {candidate.path for candidate in self._ready} | put_off | in_hand

    @property
    def size(self) -> int:
        """Files that are ready or not settled yet, documents that are in hand or put off."""
        with self._changed:
            waiting = self._pending + len(self._ready)
            return waiting + len(self._in_hand) + len(self._put_off)

    def tally(self) -> Tally:
        """Count it all, at one moment."""
        with self._changed:
            in_hand, now = len(self._in_hand), self._clock()
            oldest = now - min(self._since.values(), default=now)
            return Tally(self.size - in_hand, in_hand, oldest)

    @property
    def in_hand(self) -> int:
        """Documents that are being carried right now."""
        return len(self._in_hand)

    @property
    def has_ready(self) -> bool:
        """Whether there are files to be claimed."""
        return bool(self._ready)

    @property
    def listed(self) -> bool:
        """Whether the inbox was looked at since it last changed."""
        return self._version_offered == self._version

    @property
    def ever_listed(self) -> bool:
        """Whether the inbox was looked at at all."""
        return self._version_offered >= 0

    @property
    def drained(self) -> bool:
        """Whether everything that was found came to an outcome, or waits for a person."""
        with self._changed:
            resting = self._clock() < self._rest_until
            may_go = any(not self._setbacks.its_own(job.path) for job in self._ready)
            busy = self._pending or self._in_hand or (may_go and not resting)
            return self.listed and not busy and all(job.stuck for job in self._put_off)

    def _startable(self, may_start: Asked, stands_back: Asked) -> Job | None:
        now = self._clock()
        for job in self._put_off:
            if job.due <= now and not stands_back(job) and may_start(job):
                self._put_off.remove(job)
                return job
        if now < self._rest_until:
            return None
        for candidate in self._ready:
            if self._setbacks.not_before(candidate.path) <= now and not stands_back(candidate):
                if not may_start(candidate):
                    return None
                self._ready.remove(candidate)
                return candidate
        return None

    def _until_due(self) -> float | None:
        """Seconds until time alone changes something; None: it does not."""
        now = self._clock()
        times = [self._rest_until, *self._setbacks.ends(), *(job.due for job in self._put_off)]
        return min((time - now for time in times if time > now), default=None)
