"""How long a create that was never answered may still be carried out."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ingestd.model import Document

TIMEOUTS_A_CREATE_MAY_TAKE = 2.0
"""Servers commit late: this many timeouts after its answer did not come."""


class Doubts:
    """Remembers when each document's doubt began.

    By the monotonic clock, so a restart begins the wait afresh and a wall clock that jumps changes
    nothing.
    """

    def __init__(self, timeout: float, clock: Callable[[], float]) -> None:
        """Make an empty memory; `timeout` is the seconds that a create's answer is waited for.

        A server may finish what it has read after it, or a proxy before it, gave up answering.
        """
        self._window = TIMEOUTS_A_CREATE_MAY_TAKE * timeout
        self._clock = clock
        self._lock = threading.Lock()
        self._began: dict[tuple[str, int], float] = {}

    def may_still_arrive(self, document: Document) -> bool:
        """Whether the last create of this document could yet make an invoice."""
        key = (document.id, document.attempts)
        now = self._clock()
        with self._lock:
            if key not in self._began:  # and forget those that were resolved otherwise
                recent = {one: at for one, at in self._began.items() if now - at < 2 * self._window}
                self._began = {**recent, key: now}
            if now - self._began[key] < self._window:
                return True
            del self._began[key]
            return False
