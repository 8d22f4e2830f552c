"""Taking documents out of an inbox, and writing that down."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection

from ingestd.daemon.backlog import Backlog
from ingestd.daemon.deferral import AGAIN_LATER
from ingestd.daemon.holding import Holding
from ingestd.daemon.reporter import Reporter
from ingestd.errors import (
    DocumentChanged,
    DocumentGone,
    InboxUnavailable,
    LedgerUnusable,
    UnfitDocument,
)
from ingestd.intake import Candidate
from ingestd.model import Document
from ingestd.stages import Stages


class Claiming:
    """Claims the documents of one inbox; used by all its workers."""

    def __init__(
        self,
        stages: Stages,
        backlog: Backlog,
        holding: Holding,
        reporter: Reporter,
        *,
        relist: Callable[[], None],
    ) -> None:
        self._stages = stages
        self._backlog = backlog
        self._holding = holding
        self._reporter = reporter
        self._relist = relist
        self.refused: set[str] = set()
        """Names of the files that could not be moved, or whose claim could not be written down."""

    def claim(
        self, candidate: Candidate, document: Document, *, read: Callable[[], object]
    ) -> bool:
        """Move a document into `work/` and write it down; whether that was done.

        :param read: writes it through to the disk there, and reads it.
        :raises DocumentChanged: if it was replaced at the last moment: it has to settle again.
        :raises StorageFailed: if the disk could not store it.
        """
        try:
            sidecars = {one.path: one.look for one in candidate.sidecars}
            settled = self._stages.workplace.claim(
                document.name, candidate.look, document.id, sidecars
            )
        except DocumentGone:
            self._relist()  # which knows better
            return False
        except (InboxUnavailable, OSError) as error:
            self._refuse(document, error)
            return False
        # before it is written down, or a power cut could undo the move and leave the note of it,
        # and the document be missed in work/; what is wrong with it is told by who reads it next
        with contextlib.suppress(UnfitDocument, DocumentChanged, OSError):
            read()
        try:
            self._stages.ledger.add(document)
        except LedgerUnusable as error:
            self._refuse(document, error)
            self._backlog.rest(AGAIN_LATER)
            self._holding.take_back(document)
            return False
        self.refused.discard(document.name)
        if not settled:
            raise DocumentChanged(f"{document.name} was replaced when it was claimed.")
        return True

    def keep(self, names: Collection[str]) -> None:
        """Forget the files that are not there any more."""
        self.refused.intersection_update(names)

    def _refuse(self, document: Document, error: Exception) -> None:
        self.refused.add(document.name)
        self._reporter.complain(document, error)
