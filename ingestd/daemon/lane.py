"""One inbox at work: its backlog, and the threads that carry its documents.

Every file operation of an inbox happens on threads of its own: a share that hangs keeps its own
deliveries waiting and no other's.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from enum import Enum

from ingestd.daemon.account import Account
from ingestd.daemon.backlog import Backlog
from ingestd.daemon.carrier import Carrier
from ingestd.daemon.jobs import Job
from ingestd.daemon.overdue import Overdue
from ingestd.daemon.recovery import unfinished
from ingestd.daemon.setbacks import Setbacks
from ingestd.daemon.surroundings import Surroundings
from ingestd.daemon.turns import Oversized
from ingestd.errors import StorageFailed
from ingestd.intake import Candidate
from ingestd.model import OUTCOMES, State
from ingestd.observe import DocumentReport
from ingestd.stages import Stages

PROGRESS = 0.1
"""Seconds between words on what is being carried, to people and to whoever waits for the end."""

_ONLY_TO_BE_MOVED = frozenset({*OUTCOMES, State.RELEASED})


class Service(Enum):
    """Whether an inbox's folder can be used."""

    NOT_YET = "not yet"
    OPEN = "open"
    CLOSED = "closed"


class Lane:
    """Has the documents of one inbox carried; the `Consumer` of its intake."""

    def __init__(
        self,
        name: str,
        stages: Stages,
        account: Account,
        around: Surroundings,
        setbacks: Setbacks,
        *,
        workers: int,
    ) -> None:
        self.name = name
        self.left_over = 0
        """Documents that were under way, and went back into the inbox when the lane stopped."""
        self._counting = threading.Lock()
        self.backlog = Backlog(around.clock, around.new_id, setbacks)
        self._carrier = Carrier(name, stages, account, around, setbacks, backlog=self.backlog)
        self._stages = stages
        self.account = account
        self._around = around
        self._told_at = -math.inf
        self._service = Service.NOT_YET
        self._overdue = Overdue(stages.cabinet, stages.log, around.clock)
        self._oversized = Oversized(stages, around.turn)
        self._threads = [
            threading.Thread(target=self._work, name=f"{name} {number}", daemon=True)
            for number in range(workers)
        ]

    def start(self) -> None:
        """Begin to carry."""
        self.account.on_change(self._account_changed)
        self._around.turn.on_end(self.backlog.look_again)
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Take nothing new; what is in hand is finished."""
        self.backlog.close()
        self.account.forget(self._account_changed)
        self._around.turn.forget(self.backlog.look_again)

    def _account_changed(self) -> None:
        """Have the workers ask again, and what is told of the account told anew."""
        self.backlog.look_again()
        self._around.changed()

    def join(self) -> None:
        """Wait until what is in hand is finished, once it was started."""
        for thread in self._threads:
            thread.join()

    @property
    def suspect(self) -> str:
        """Which setting keeps the inbox paused, and why; empty where none does."""
        return self._carrier.suspect

    @property
    def ended(self) -> bool:
        """Whether none of its threads runs any more, or none was ever started."""
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def lost(self) -> bool:
        """Whether a worker that was started has ended."""
        return any(one.ident is not None and not one.is_alive() for one in self._threads)

    @property
    def at_rest(self) -> bool:
        """Whether nothing can be carried any more, for now: all is done, or it cannot go on."""
        if self._service is Service.CLOSED:
            return True
        if not self.backlog.listed:
            return False
        if self.account.hopeless or self.suspect:
            return not self.backlog.in_hand
        if self.account.pause is not None:
            return False
        return self.backlog.drained

    @property
    def serves(self) -> bool:
        """Whether documents are taken from the inbox."""
        return self._service is Service.OPEN and not self.suspect

    @property
    def hangs(self) -> bool:
        """Whether a folder that documents are put away in does not answer; from any thread."""
        return self._overdue.hangs

    def say_if_it_hangs(self) -> None:
        """Log it, which a worker that hangs cannot; to be called now and then by another."""
        self._overdue.look(self._carrier.in_hand())

    @property
    def barred(self) -> int:
        """Files that cannot be opened or moved, and documents that only a person can help."""
        return self.backlog.barred + self._carrier.barred

    @property
    def held(self) -> list[DocumentReport]:
        """The documents that cannot go on, each with the reason; from any thread."""
        return self._carrier.held

    def inbox_opened(self, on_step: Callable[[], None] = lambda: None) -> None:
        """Pick up what was claimed before; then claim."""

        def in_hand() -> set[str]:  # asked for each document: a step of its own, however large
            on_step()
            return self.backlog.ids()

        stages, account, stranded = self._stages, self.account.name, self._carrier.stranded
        ours = (self.name, account, stages, in_hand)
        for document in unfinished(*ours, stranded=stranded, new_id=self._around.new_id):
            self.backlog.come_back_to(document, times=1)
        self._service = Service.OPEN

    def inbox_closed(self) -> None:
        """Claim nothing any more."""
        self._service = Service.CLOSED
        self.backlog.offer([])

    def storage_failed(self, error: StorageFailed) -> None:
        """The disk failed: the process must end."""
        self._around.broken(error)

    def listing_begins(self) -> None:
        """What is offered next is what lies there from now on."""
        self.backlog.listing_begins()

    def offer(
        self, ready: list[Candidate], pending: int, left: int, barred: int, lacking: list[str]
    ) -> None:
        """Replace what may be claimed."""
        rested = self.at_rest
        self.backlog.offer(ready, pending=pending, left=left, barred=barred, lacking=lacking)
        if self._carrier.remembers:
            self._carrier.keep(self.backlog.names())
        if self._carrier.stranded.forget_ended():
            self._around.changed()
        if self.at_rest and not rested:
            self._around.changed()

    def _work(self) -> None:
        try:
            self._work_until_closed()
            given_back = self._carrier.give_back_unsent()
            with self._counting:
                self.left_over += given_back
        except StorageFailed as error:
            self._around.broken(error)  # what is in hand stays so: nobody may touch it any more

    def _work_until_closed(self) -> None:
        while (job := self._next()) is not None:
            delivered = False
            try:
                delivered = self._carrier.carry(*job) and _asks_kanbert(job[0])
            finally:
                self.account.done_with(threading.get_ident(), delivered=delivered)
                self._oversized.done()
            self.backlog.done()
            if not delivered:
                self._told_at = -math.inf  # have trouble told of at once

    def _next(self) -> tuple[Job, str] | None:
        """Wait for a job; None once there are to be no more."""
        asked = self._may_start, self._oversized.stands_back
        taken = self.backlog.take(*asked)
        now = self._around.clock()
        if taken is None or now - self._told_at >= PROGRESS:
            self._told_at = now
            self._around.changed()
        return taken or self.backlog.next(*asked)

    def _may_start(self, job: Job) -> bool:
        if isinstance(job, Candidate) and not self.serves:
            return False
        if _asks_kanbert(job) and not self.account.admit(threading.get_ident()):
            return False
        self._oversized.started(job)
        return True


def _asks_kanbert(job: Job) -> bool:
    """Whether there is more to do for it than to put its file away."""
    return isinstance(job, Candidate) or job.document.state not in _ONLY_TO_BE_MOVED
