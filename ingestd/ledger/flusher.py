"""Writing what was deferred soon, where no other commit takes it along."""

from __future__ import annotations

import threading
from collections.abc import Callable

_LONGER = 25
"""Times as long until a flush that failed is tried again."""


class Flusher:
    """Flushes on a thread of its own, which sleeps for as long as nobody asks it to."""

    def __init__(self, flush: Callable[[], bool], *, within: float) -> None:
        """Prepare it; the thread is started when it is asked first.

        :param flush: says whether it succeeded; it is tried again later if not.
        :param within: seconds, at most, between being asked and doing it.
        """
        self._flush = flush
        self._within, self._again = within, min(within * _LONGER, threading.TIMEOUT_MAX)
        self._asked, self._closed = threading.Event(), threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """Have it flush soon; asking again before that is for nothing."""
        if self._asked.is_set():
            return
        self._asked.set()
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
                self._thread.start()

    def close(self, longest: float) -> None:
        """Flush a last time, if it was ever asked to, and no more.

        :param longest: seconds that it is waited for.
        """
        self._closed.set()  # before the thread is woken, which would sleep on else
        self._asked.set()
        if self._thread:
            self._thread.join(longest)

    def _work(self) -> None:
        is_last, rest = False, self._within
        while not is_last:
            self._asked.wait()
            is_last = self._closed.wait(rest)
            self._asked.clear()
            if self._flush():
                rest = self._within
            else:
                self._asked.set()
                rest = self._again
