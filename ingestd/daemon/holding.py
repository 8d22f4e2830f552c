"""What becomes of documents that could not go on: they wait in `work/`, or go back to the inbox."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from ingestd.daemon.account import Account
from ingestd.daemon.backlog import Backlog
from ingestd.daemon.deferral import AGAIN_LATER, NOTHING_SENT, deferral_of
from ingestd.daemon.reporter import Reporter
from ingestd.daemon.setbacks import Setbacks
from ingestd.daemon.stranded import Stranded
from ingestd.errors import KanbertError, LedgerUnusable, NotThisOne
from ingestd.model import CREATE_SENT, ENDS, Document, State
from ingestd.stages import Stages


class Holding:
    """Puts off and gives back the documents of one inbox; used by all its workers.

    However a document's way was interrupted, it is in the backlog or in the inbox afterwards, or
    its file is gone and a person was told.
    """

    def __init__(
        self,
        stages: Stages,
        account: Account,
        backlog: Backlog,
        reporter: Reporter,
        setbacks: Setbacks,
        *,
        returned: Callable[[str], None],
        relist: Callable[[], None],
    ) -> None:
        self._stages = stages
        self._account = account
        self._backlog = backlog
        self._reporter = reporter
        self._setbacks = setbacks
        self.stranded = Stranded(stages)
        self._returned = returned
        self._relist = relist

    def defer(self, document: Document, error: Exception, times: int) -> None:
        """Put a document off, or back into the inbox."""
        complained = False
        if isinstance(error, KanbertError) and not self._backlog.closed:
            complained = self._blame(document, error)
        if self._gave_up(document):
            return
        deferral = deferral_of(error, document.state, times)
        if deferral.tell:
            self._reporter.complain(document, error)
        elif not complained:
            self._reporter.goes_on(document.name)
        if deferral.rest:
            self._backlog.rest(AGAIN_LATER)
        if deferral.to_inbox:
            self._give_back(document, str(error), times, deferral.wait)
            return
        if deferral.reread:
            document = self._reread(document)
        # the result of a first create is worth waiting for, whatever its answer was
        alone = document.attempts > 1 and self._setbacks.its_own(document.name)
        wait = max(deferral.wait, self._setbacks.rest(document.name)) if alone else deferral.wait
        self._put_off(document, wait, times, stuck=deferral.tell or alone)

    def _blame(self, document: Document, error: KanbertError) -> bool:
        """Take it for the account's trouble, unless it was this document's alone before.

        :returns: whether it is complained of as this one's alone.
        """
        own = self._setbacks.its_own(document.name)
        # the account admitted this thread, whatever it carries
        trouble = own or self._account.trouble(error, threading.get_ident())
        alone = trouble and self._setbacks.note(document.name)
        if alone:
            self._reporter.complain(document, NotThisOne(error))
        return alone

    def _gave_up(self, document: Document) -> bool:
        """Whether a document is carried no further because its file is gone.

        Not while a create may have been carried out: what became of it is asked first.
        """
        if document.state in CREATE_SENT or not self.stranded.is_gone(document):
            return False
        try:
            self.stranded.give_up(document)
        except (LedgerUnusable, OSError):
            return False  # the next try finds the same
        return True

    def stumble(self, document: Document, error: Exception) -> None:
        """Put off a document that a bug stopped; called where it was caught."""
        self._reporter.stumbled(document, error)
        if document.state not in ENDS:
            self._backlog.come_back_to(document, AGAIN_LATER, stuck=True)

    def take_back(self, document: Document) -> None:
        """Undo a claim that could not be written down."""
        # it may have been, and only the answer got lost
        with contextlib.suppress(LedgerUnusable):
            document = self._stages.ledger.advance(document, State.RELEASED)
        self.back_to_inbox(document, "", 0)

    def _give_back(
        self, document: Document, why: str, times: int, wait: float = AGAIN_LATER
    ) -> None:
        """Put a document of which nothing was sent back into the inbox, where people see it."""
        try:
            document = self._stages.ledger.advance(document, State.RELEASED, note=why)
        except LedgerUnusable as error:
            self._reporter.complain(document, error)
            self._put_off(document, wait, times, stuck=True)
        else:
            self.back_to_inbox(document, why, times)

    def back_to_inbox(self, document: Document, why: str, times: int) -> None:
        """Move a document back into the inbox, sooner or later."""
        release, returned = self._stages.workplace.release, self._returned
        try:
            path = release(document.id, document.name, before_move=returned)
        except OSError as error:
            workplace = self._stages.workplace
            # or else it went back though the share said otherwise, or somebody took it out
            if not workplace.folder.is_dir() or workplace.may_hold(document.id, document.name):
                self._reporter.complain(document, error)
                self._put_off(document, AGAIN_LATER, times, stuck=True)
        else:
            self._reporter.returned(document, path, why)
        self._relist()

    def _put_off(self, document: Document, wait: float, times: int, *, stuck: bool) -> None:
        self._backlog.come_back_to(document, wait, times=times + 1, stuck=stuck)

    def _reread(self, document: Document) -> Document:
        """A document as the ledger knows it; written down now if it does not."""
        try:
            known = self._stages.ledger.document(document.id)
            if known is None:
                self._stages.ledger.add(document)
        except LedgerUnusable:
            return document  # the next try finds out
        return known or document

    def give_back_unsent(self) -> int:
        """The lane stops: what waits in `work/` and was not sent goes back into the inbox.

        :returns: how many that were.
        """
        waiting = self._backlog.withdraw(NOTHING_SENT | {State.RELEASED})
        for document in waiting:
            if document.state is State.RELEASED:
                self.back_to_inbox(document, "", 0)
            elif not self._gave_up(document):
                self._give_back(document, "its inbox is stopping", 0)
        return len(waiting)
