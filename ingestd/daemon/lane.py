"""One inbox at work: its backlog, and the threads that carry its documents.

Every file operation of an inbox happens on threads of its own: a share that hangs keeps its own
deliveries waiting and no other's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum

from ingestd.daemon.account import Account
from ingestd.daemon.backlog import Backlog, Job, PutOff
from ingestd.daemon.claiming import Claiming
from ingestd.daemon.deferral import AGAIN_LATER
from ingestd.daemon.holding import Holding
from ingestd.daemon.overdue import Overdue
from ingestd.daemon.recovery import unfinished
from ingestd.daemon.reporter import Reporter
from ingestd.daemon.setbacks import Setbacks
from ingestd.daemon.surroundings import Surroundings
from ingestd.daemon.suspicion import Suspicion
from ingestd.errors import (
    StorageFailed,
)
from ingestd.identity import AT_KANBERT
from ingestd.intake import Candidate
from ingestd.model import ENDS, OUTCOMES, Document, Outcome, State
from ingestd.pipeline import Delivery
from ingestd.stages import Stages

_ONLY_TO_BE_MOVED = frozenset({*OUTCOMES, State.RELEASED})


class Service(Enum):
    """Whether an inbox's folder can be used."""

    NOT_YET = "not yet"
    OPEN = "open"
    CLOSED = "closed"


class Lane:
    """Carries the documents of one inbox; the `intake.Desk` of its intake."""

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
        self.backlog = Backlog(around.clock, around.new_id, setbacks)
        self._setbacks = setbacks
        self._stages = stages
        self._account = account
        self._around = around
        self._clock = around.clock
        self._service = Service.NOT_YET
        self.suspect = ""
        """Which setting keeps the inbox paused, and why; empty where none does."""
        self._reporter = Reporter(name, stages.log)
        self._suspicion = Suspicion()
        self._carried: dict[int, Delivery] = {}  # by worker
        self._overdue = Overdue(stages.cabinet, stages.log, around.clock)
        self._holding = Holding(
            stages,
            account,
            self.backlog,
            self._reporter,
            setbacks,
            returned=around.returned,
            relist=self._relist,
        )
        self._claiming = Claiming(
            stages, self.backlog, self._holding, self._reporter, relist=self._relist
        )
        self._threads = [
            threading.Thread(target=self._work, name=f"{name} {number}", daemon=True)
            for number in range(workers)
        ]
        account.on_change(self.backlog.look_again)

    def start(self) -> None:
        """Begin to carry."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Take nothing new; what is in hand is finished."""
        self.backlog.close()

    @property
    def ended(self) -> bool:
        """Whether none of its threads runs any more, or none was ever started."""
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def at_rest(self) -> bool:
        """Whether nothing can be carried any more, for now: all is done, or it cannot go on."""
        if self._service is Service.CLOSED:
            return True
        if not self.backlog.listed:
            return False
        if self._account.hopeless or self.suspect:
            return not self.backlog.in_hand
        if self._account.pause is not None:
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
        self._overdue.look(list(self._carried.values()))

    @property
    def barred(self) -> int:
        """Files that cannot be opened or moved, and documents that only a person can help."""
        return self.backlog.barred + len(self._claiming.refused) + self._holding.stranded.count

    def inbox_opened(self, on_step: Callable[[], None] = lambda: None) -> None:
        """Pick up what was claimed before; then claim."""

        def in_hand() -> set[str]:  # asked for each document: a step of its own, however large
            on_step()
            return self.backlog.ids()

        stages, account, stranded = self._stages, self._account.name, self._holding.stranded
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

    def listing(self) -> None:
        """What is offered next is what lies there from now on."""
        self.backlog.listing()

    def offer(self, ready: list[Candidate], pending: int, left: int, barred: int) -> None:
        """Replace what may be claimed."""
        self.backlog.offer(ready, pending=pending, left=left, barred=barred)
        if self._claiming.refused or self._setbacks or self._reporter:
            names = self.backlog.names()
            for memory in (self._claiming, self._setbacks, self._reporter):
                memory.keep(names)

    def _work(self) -> None:
        try:
            self._work_until_closed()
            self.left_over += self._holding.empty()
        except StorageFailed as error:
            self._around.broken(error)  # what is in hand stays so: nobody may touch it any more

    def _work_until_closed(self) -> None:
        while (job := self.backlog.next(self._may_start)) is not None:
            delivered = False
            try:
                delivered = self._carry(*job) and _asks_kanbert(job[0])
            except StorageFailed:
                raise
            except Exception:  # a bug must not end the worker, nor hide the document
                self._stages.log.exception("document.deferred", document=job[1])
                document = self._carried[threading.get_ident()].document
                if document.state not in ENDS:
                    self.backlog.come_back_to(document, AGAIN_LATER, stuck=True)
            finally:
                self._carried.pop(threading.get_ident(), None)
                self._account.done_with(threading.get_ident(), delivered=delivered)
            self.backlog.done()

    def _may_start(self, job: Job) -> bool:
        if isinstance(job, Candidate) and not self.serves:
            return False
        if not _asks_kanbert(job):
            return True
        return self._account.admit(threading.get_ident())

    def _carry(self, job: Job, document_id: str) -> bool:
        """Take a document as far as it goes now; whether Kanbert has it."""
        began, times = self._clock(), 0
        if isinstance(job, PutOff):
            document, times = job.document, job.times
        else:
            document = Document.claimed(
                document_id, self.name, self._account.name, job.path, self._stages.now()
            )
        delivery = self._carried[threading.get_ident()] = Delivery(document, self._stages)
        try:
            if isinstance(job, Candidate) and not self._claiming.claim(job, document):
                return False
            delivery.go_on()
        except StorageFailed:
            raise
        except Exception as error:  # noqa: BLE001 - one document's trouble is that document's
            self._holding.defer(delivery.document, error, times)
        else:
            self._end(delivery, self._clock() - began, times)
        return delivery.document.outcome in AT_KANBERT

    def _relist(self) -> None:
        self.backlog.changed()
        self._around.relist()

    def _end(self, delivery: Delivery, seconds: float, times: int) -> None:
        document = delivery.document
        if document.state is State.RELEASED:  # in the ledger only: the move did not succeed yet
            self._holding.back_to_inbox(document, "", times)
            return
        self._reporter.outcome(document, seconds)
        self._setbacks.over(document.name, delivered=document.outcome in AT_KANBERT)
        if delivery.refusal is not None:
            suspect = self._suspicion.refused(delivery.refusal, delivery.of_settings)
            if suspect and not self.suspect:
                self.suspect = self._reporter.suspect(suspect, delivery.refusal)
        elif document.outcome is Outcome.DELIVERED:
            self._suspicion.accepted()
        self._around.filed(document)


def _asks_kanbert(job: Job) -> bool:
    """Whether there is more to do for it than to put its file away."""
    return isinstance(job, Candidate) or job.document.state not in _ONLY_TO_BE_MOVED
