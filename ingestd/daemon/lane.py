"""One inbox at work: its backlog, and the threads that carry its documents.

Every file operation of an inbox happens on threads of its own: a share that hangs keeps its own
deliveries waiting and no other's.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from pathlib import Path

from ingestd.daemon.account import Account
from ingestd.daemon.backlog import Backlog, Job, PutOff
from ingestd.daemon.recovery import unfinished
from ingestd.daemon.reporter import Reporter
from ingestd.daemon.suspicion import Suspicion
from ingestd.errors import (
    AskLater,
    ContentUnderWay,
    DocumentChanged,
    DocumentGone,
    InboxUnavailable,
    KanbertError,
    LedgerUnusable,
    StaleState,
    StorageFailed,
)
from ingestd.filing import names_like
from ingestd.intake import Candidate
from ingestd.model import Document, Outcome, State
from ingestd.pipeline import Delivery, Stages

AGAIN_SOON = 1.0
"""Seconds until a document is looked at again that waits for another one's result."""
AGAIN_LATER = 30.0
"""Seconds until a document is tried again that could not be stored, remembered or filed."""
LONGEST_BETWEEN_QUESTIONS = 15.0
"""Seconds between two questions whether a create that was never answered made an invoice."""

_NOTHING_SENT = frozenset({State.CLAIMED, State.ACCEPTED})
_NEED_NO_ACCOUNT = frozenset({State.UPLOADED, State.DUPLICATE, State.FAILED})


class Lane:
    """Carries the documents of one inbox; the `intake.Desk` of its intake."""

    def __init__(
        self,
        name: str,
        stages: Stages,
        account: Account,
        *,
        workers: int,
        clock: Callable[[], float],
        new_id: Callable[[], str],
        filed: Callable[[Document], None],
        broken: Callable[[StorageFailed], None],
    ) -> None:
        """Make a lane; `start` sets it going.

        :param workers: documents in hand at a time.
        :param filed: told of every document that was put away, by the worker that did it.
        :param broken: told when the disk failed; the process must end then.
        """
        self.name = name
        self.backlog = Backlog(clock)
        self._stages = stages
        self._account = account
        self._log = stages.log
        self._clock = clock
        self._new_id = new_id
        self._filed = filed
        self._broken = broken
        self._open = False
        self._closed = False
        self._suspended = False
        self._rest_until = -math.inf
        self._reporter = Reporter(name, stages.log)
        self._suspicion = Suspicion(stages.fields)
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

    def join(self, until: float) -> bool:
        """Wait for what is in hand; whether it was finished by then (monotonic seconds).

        Documents that were put off and of which nothing was sent go back into the inbox.
        """
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until - self._clock()))
        if any(thread.is_alive() for thread in self._threads):
            return False
        for document in self.backlog.claimed():
            if document.state in _NOTHING_SENT:
                self._give_back(document, "ingestd is stopping")
        return True

    @property
    def at_rest(self) -> bool:
        """Whether nothing can be carried any more, for now: all is done, or the account paused."""
        if self._closed:
            return True
        if self._account.pause is not None or self._suspended:
            return self.backlog.listed and not self.backlog.in_hand
        return self.backlog.drained

    @property
    def serves(self) -> bool:
        """Whether documents are taken from the inbox."""
        return self._open and not self._suspended

    def inbox_opened(self) -> None:
        """Pick up what was claimed before; then claim."""
        known = {document.id for document in self.backlog.claimed()}
        found = list(unfinished(self.name, self._account.name, self._stages, known))
        self.backlog.put_off(PutOff(self._clock(), document) for document in found)
        self._open, self._closed = True, False

    def inbox_closed(self) -> None:
        """Claim nothing any more."""
        self._open, self._closed = False, True
        self.backlog.offer([])

    def storage_failed(self, error: StorageFailed) -> None:
        """The disk failed: the process must end."""
        self._broken(error)

    def offer(self, ready: list[Candidate], pending: int, left: int) -> None:
        """Replace what may be claimed."""
        self.backlog.offer(ready, pending=pending, left=left)

    def _work(self) -> None:
        while (job := self.backlog.next(self._may_start)) is not None:
            delivered = False
            try:
                delivered = self._carry(job)
            except StorageFailed as error:
                self._broken(error)
                return  # the job stays in hand: nobody may touch it before the next start
            except Exception:  # noqa: BLE001 - a bug must not end the worker; work/ has the document
                self._log.exception("document.deferred")
            finally:
                self._account.done_with(threading.get_ident(), delivered=delivered)
            self.backlog.done(job)

    def _may_start(self, job: Job) -> bool:
        if isinstance(job, Candidate):
            if self._suspended or not self._open or self._clock() < self._rest_until:
                return False
        elif job.document.state in _NEED_NO_ACCOUNT:
            return True
        return self._account.admit(threading.get_ident())

    def _carry(self, job: Job) -> bool:
        """Take a document as far as it goes now; whether Kanbert has it."""
        document = job.document if isinstance(job, PutOff) else self._claim(job)
        if document is None:
            return False
        began = self._clock()
        delivery = Delivery(document, self._stages)
        try:
            delivery.go_on()
        except StorageFailed:
            raise
        except KanbertError as error:
            self._account.trouble(error)
            self._come_back(job, delivery.document, error)
        except Exception as error:  # noqa: BLE001 - one document's trouble is that document's
            self._come_back(job, delivery.document, error)
        else:
            self._report(delivery, self._clock() - began)
        return delivery.document.outcome in {Outcome.DELIVERED, Outcome.DUPLICATE}

    def _claim(self, candidate: Candidate) -> Document | None:
        document = Document.claimed(
            self._new_id(), self.name, self._account.name, candidate.path, self._stages.now()
        )
        try:
            self._stages.workplace.claim(document.name, candidate.look, document.id)
        except DocumentGone:
            return None  # the next listing knows better
        except (InboxUnavailable, OSError) as error:
            self._reporter.complain(document, error)
            return None
        try:
            self._stages.ledger.add(document)
        except LedgerUnusable as error:
            self._rest_until = self._clock() + AGAIN_LATER
            self._reporter.complain(document, error)
            self._release(document)
            return None
        return document

    def _come_back(self, job: Job, document: Document, error: Exception) -> None:
        """Put a document off, or back into the inbox if nothing of it was sent."""
        to_inbox = isinstance(error, KanbertError | DocumentChanged)
        if to_inbox and document.state in _NOTHING_SENT and self._give_back(document, str(error)):
            return
        times = job.times + 1 if isinstance(job, PutOff) else 1
        match error:
            case ContentUnderWay():
                wait = AGAIN_SOON
            case AskLater() | KanbertError():
                wait = min(AGAIN_SOON * 2.0 ** min(times - 1, 10), LONGEST_BETWEEN_QUESTIONS)
            case StaleState():
                document, wait = self._stages.ledger.document(document.id) or document, AGAIN_SOON
            case _:
                wait = AGAIN_LATER
                self._reporter.complain(document, error)
        self.backlog.put_off([PutOff(self._clock() + wait, document, times)])

    def _give_back(self, document: Document, why: str) -> bool:
        """Put a document back into the inbox, where people can see it; whether that was done."""
        try:
            released = self._stages.ledger.advance(document, State.RELEASED, note=why)
            path = self._release(released)
        except (LedgerUnusable, OSError) as error:
            self._reporter.complain(document, error)
            return False
        self._log.debug("document.deferred", document=document.id, path=str(path), reason=why)
        return True

    def _release(self, document: Document) -> Path:
        names = names_like(Path(document.name).name)
        return self._stages.workplace.release(document.id, document.name, names)

    def _report(self, delivery: Delivery, seconds: float) -> None:
        self._reporter.outcome(delivery.document, seconds)
        if delivery.refusal is not None:
            suspect = self._suspicion.refused(delivery.refusal)
            if suspect and not self._suspended:
                self._suspended = True
                self._reporter.suspect(suspect, delivery.refusal)
        elif delivery.document.outcome is Outcome.DELIVERED:
            self._suspicion.accepted()
        self._filed(delivery.document)
