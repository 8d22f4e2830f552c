"""Recalling from the ledger what a start has forgotten."""

from __future__ import annotations

import contextlib
import threading

from ingestd.errors import IngestdError
from ingestd.ledger import Ledger
from ingestd.observe import Counts


class Recalling:
    """Looks up once when each inbox last had a success, so that a restart raises no alarm.

    On a thread of its own: of a million documents it takes a while, and a database may hang.
    """

    def __init__(self, counts: Counts, ledger: Ledger) -> None:
        self._counts = counts
        self._thread = threading.Thread(
            target=self._recall, args=(ledger,), name="recalling", daemon=True
        )

    def turn(self) -> None:
        """Begin, unless that was done."""
        if self._thread.ident is None:
            self._thread.start()

    def stopping(self) -> None:
        """Do nothing: it ends by itself."""

    def close(self) -> None:
        """Do nothing: it ends by itself."""

    def _recall(self, ledger: Ledger) -> None:
        with contextlib.suppress(IngestdError):  # whoever needs the ledger more will say so
            found = ledger.last_successes()
            self._counts.succeeded({inbox: at.timestamp() for inbox, at in found.items()})
