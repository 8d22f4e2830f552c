"""Carrying the documents of one inbox: each as far as it goes now, and what comes of that."""

from __future__ import annotations

import threading
from collections.abc import Collection

from ingestd.daemon.account import Account
from ingestd.daemon.backlog import Backlog
from ingestd.daemon.claiming import Claiming
from ingestd.daemon.holding import Holding
from ingestd.daemon.jobs import Job, PutOff
from ingestd.daemon.reporter import Reporter
from ingestd.daemon.setbacks import Setbacks
from ingestd.daemon.stranded import Stranded
from ingestd.daemon.surroundings import Surroundings
from ingestd.daemon.suspicion import Suspicion
from ingestd.errors import StorageFailed
from ingestd.identity import AT_KANBERT
from ingestd.intake import Candidate
from ingestd.model import Document, Outcome, State
from ingestd.observe import DocumentReport
from ingestd.pipeline import Delivery
from ingestd.stages import Stages


class Carrier:
    """Carries the documents of one inbox; used by all its workers."""

    def __init__(
        self,
        name: str,
        stages: Stages,
        account: Account,
        around: Surroundings,
        setbacks: Setbacks,
        *,
        backlog: Backlog,
    ) -> None:
        self._name = name
        self._stages = stages
        self._account = account
        self._around = around
        self._setbacks = setbacks
        self._backlog = backlog
        self.suspect = ""
        """Which setting keeps the inbox paused, and why; empty where none does."""
        self._reporter = Reporter(name, stages.log, changed=around.changed)
        self._suspicion = Suspicion()
        self._in_hand: dict[int, Delivery] = {}  # by worker
        relist, returned = self._relist, around.returned
        self._holding = Holding(
            stages, account, backlog, self._reporter, setbacks, returned=returned, relist=relist
        )
        self._claiming = Claiming(stages, backlog, self._holding, self._reporter, relist=relist)

    def in_hand(self) -> list[Delivery]:
        """What is being carried; from any thread."""
        return list(self._in_hand.values())

    @property
    def barred(self) -> int:
        """Files that cannot be moved, and documents that only a person can help."""
        return len(self._claiming.refused) + len(self.stranded.documents)

    @property
    def held(self) -> list[DocumentReport]:
        """The documents that cannot go on, each with the reason."""
        return self._reporter.held + self.stranded.documents

    @property
    def stranded(self) -> Stranded:
        """The documents that only a person can help."""
        return self._holding.stranded

    @property
    def remembers(self) -> bool:
        """Whether it knows names of files that `keep` may have it forget."""
        return bool(self._claiming.refused or self._setbacks or self._reporter)

    def keep(self, names: Collection[str]) -> None:
        """Forget the files that are not there any more."""
        for memory in (self._claiming, self._setbacks, self._reporter):
            memory.keep(names)

    def give_back_unsent(self) -> int:
        """Put what waits in `work/` and was not sent back into the inbox; how many that were."""
        return self._holding.give_back_unsent()

    def carry(self, job: Job, document_id: str) -> bool:
        """Take a document as far as it goes now; whether Kanbert has it.

        :raises StorageFailed: if the disk failed; all else is its own trouble, and told.
        """
        try:
            return self._carry(job, document_id)
        except StorageFailed:
            raise
        except Exception as error:  # noqa: BLE001 - a bug ends no worker, hides no document
            self._holding.stumble(self._in_hand[threading.get_ident()].document, error)
            return False
        finally:
            self._in_hand.pop(threading.get_ident(), None)

    def _carry(self, job: Job, document_id: str) -> bool:
        began, times = self._around.clock(), job.times if isinstance(job, PutOff) else 0
        delivery = self._in_hand[threading.get_ident()] = self._delivery_of(job, document_id)
        try:
            if isinstance(job, Candidate) and not self._claiming.claim(
                job, delivery.document, read=lambda: delivery.claimed.content
            ):
                return False
            delivery.go_on()
            if not self._backlog.has_ready:  # or its end is written down with the next document's
                self._stages.ledger.flush()
        except StorageFailed:
            raise
        except Exception as error:  # noqa: BLE001 - one document's trouble is that document's
            self._holding.defer(delivery.document, error, times)
        else:
            self._end(delivery, self._around.clock() - began, times)
        return delivery.document.outcome in AT_KANBERT

    def _delivery_of(self, job: Job, document_id: str) -> Delivery:
        if isinstance(job, PutOff):
            return Delivery(job.document, self._stages)
        document = Document.claimed(
            document_id, self._name, self._account.name, job.path, self._stages.now()
        )
        return Delivery(document, self._stages, sidecars=bool(job.sidecars))

    def _relist(self) -> None:
        self._backlog.changed()
        self._around.relist()

    def _end(self, delivery: Delivery, seconds: float, times: int) -> None:
        document = delivery.document
        if document.state is State.RELEASED:  # in the ledger only: the move did not succeed yet
            self._holding.back_to_inbox(document, "", times)
            return
        self._reporter.outcome(document, seconds, delivery.claimed.made)
        self._backlog.over(document.name)
        self._setbacks.over(document.name, delivered=document.outcome in AT_KANBERT)
        if delivery.refusal is not None:
            suspect = self._suspicion.refused(delivery.refusal, delivery.of_settings)
            if suspect and not self.suspect:
                self.suspect = self._reporter.suspect(suspect, delivery.refusal)
        elif document.outcome is Outcome.DELIVERED:
            self._suspicion.accepted()
        self._around.filed(document)
