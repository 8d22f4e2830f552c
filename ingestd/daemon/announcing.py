"""What the log hears of an account: once that it is in trouble, and once that this is over."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from ingestd.errors import KanbertError, OutcomeUnknown, Unavailable
from ingestd.observe import Log


class Announcer:
    """Speaks for one account; who may change how that stands may tell of it, one at a time."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._said: KanbertError | None = None
        self._lines: deque[Callable[[], None]] = deque()
        self._speaking = threading.Lock()
        self.met_by_probe = False
        """Whether a probe met the trouble that was told of last, so that one can prove its end."""

    @property
    def trouble(self) -> KanbertError | None:
        """The trouble that was told of last, until its end is told."""
        return self._said

    def paused(self, error: KanbertError, *, met_by_probe: bool, probe_in: float) -> None:
        """Tell of a trouble, unless it is the one that was told of; heard once it may `speak`.

        :param probe_in: seconds until the account is asked again.
        """
        said_before = self._said is not None and _nature(self._said) == _nature(error)
        self._said = error
        self.met_by_probe = met_by_probe
        if not said_before:
            say = self._log.warning if passes(error) else self._log.error
            self._lines.append(
                lambda: say(
                    "account.paused", error=str(error), hint=error.hint, probe_in_s=probe_in
                )
            )

    def resumed(self) -> None:
        """Tell that it is over, where a trouble was told of; heard as `paused` is."""
        said, self._said = self._said, None
        if said is not None:
            self._lines.append(lambda: self._log.info("account.resumed"))

    def speak(self) -> None:
        """Have the log hear all that was told, in its order; from any thread.

        Where another speaks just now, that one says it: a log may be slow.
        """
        while self._lines and self._speaking.acquire(blocking=False):
            try:
                while self._lines:
                    self._lines.popleft()()
            finally:
                self._speaking.release()


def passes(error: KanbertError) -> bool:
    """Whether it passes by itself, as an outage or a rate limit; all else waits for a person."""
    return isinstance(error, Unavailable | OutcomeUnknown) and not error.hint


def _nature(error: KanbertError) -> object:
    """What two errors have in common that are one trouble, whatever was asked for."""
    return None if passes(error) else (error.answer.status, error.hint)
