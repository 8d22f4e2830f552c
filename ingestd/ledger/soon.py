"""Something that is to be done soon, if nobody does it before."""

from __future__ import annotations

import threading
from collections.abc import Callable

_LONGER = 25
"""Times as long until what could not be done is tried again."""


class Soon:
    """Does it on a thread of its own, which sleeps for as long as there is nothing to do."""

    def __init__(self, do: Callable[[], bool], *, after: float) -> None:
        """Prepare it; the thread is started when it is asked for first.

        :param do: says whether it is done; it is tried again later if not.
        :param after: seconds, at most, between being asked and doing it.
        """
        self._do = do
        self._after, self._again = after, min(after * _LONGER, threading.TIMEOUT_MAX)
        self._asked, self._closed = threading.Event(), threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """Have it done soon; asking again before that is for nothing."""
        if self._asked.is_set():
            return
        self._asked.set()
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
                self._thread.start()

    def close(self, longest: float) -> None:
        """Do it a last time, if it was ever asked for, and no more.

        :param longest: seconds that it is waited for.
        """
        self._closed.set()  # before the thread is woken, which would sleep on else
        self._asked.set()
        if self._thread:
            self._thread.join(longest)

    def _work(self) -> None:
        is_last, rest = False, self._after
        while not is_last:
            self._asked.wait()
            is_last = self._closed.wait(rest)
            self._asked.clear()
            if self._do():
                rest = self._after
            else:
                self._asked.set()
                rest = self._again
