"""The end comes in time, whatever hangs.

Each part of the end waits for what is its own only so long: uploads, a share, who is notified, who
asks on the web, a ledger that another process has locked. All of them may hang at once, and so may
what nobody limits, such as a log whose reader sleeps. So one deadline stands above all: what is not
done by then is taken up by the next start, as after a crash.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

LONGEST_END = 24.0
"""Seconds from the signal. The rest of the 25 that are promised is for a machine that is busy: seen
were 0.1 to 1.2 seconds until the process was gone."""
LONGEST_HASTY_END = 1.0
"""Seconds from a second signal, in which the ledger is written where that can be."""


class _Asked(Protocol):
    """What asks for the end; see `Signals`."""

    @property
    def asked_to_stop(self) -> bool: ...
    @property
    def asked_again(self) -> bool: ...
    def wait_for_word(self, seconds: float | None) -> None: ...
    def pass_word(self) -> None: ...


class LastResort:
    """Leaves the process at the deadline, on a thread of its own; it sleeps until it is asked to.

    The main thread may hang itself.
    """

    def __init__(
        self, signals: _Asked, *, leave: Callable[[], object], clock: Callable[[], float]
    ) -> None:
        """Watch over nothing yet.

        :param leave: ends the process.
        :param clock: monotonic seconds.
        """
        self._signals = signals
        self._leave = leave
        self._clock = clock
        self._is_over = False
        self._thread = threading.Thread(target=self._watch, name="last resort", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over = True
        self._signals.pass_word()
        self._thread.join()

    def _watch(self) -> None:
        signals = self._signals
        self._wait(math.inf, for_what=lambda: signals.asked_to_stop)
        until = self._clock() + LONGEST_END
        self._wait(until, for_what=lambda: signals.asked_again)
        self._wait(min(until, self._clock() + LONGEST_HASTY_END), for_what=lambda: False)
        if not self._is_over:
            self._leave()

    def _wait(self, until: float, *, for_what: Callable[[], bool]) -> None:
        while not (self._is_over or for_what()) and (left := until - self._clock()) > 0:
            self._signals.wait_for_word(None if left == math.inf else left)
