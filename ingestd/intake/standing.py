"""Whether an inbox's folder can be used, and the log's word on it: once each time that changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from ingestd.errors import InboxUnavailable, IngestdError

LONGEST_SILENCE = 30.0
"""Seconds for one step: a disk that was asleep answers within half of that, a dead mount never."""


class Standing:
    """How an inbox stands; its thread tells, and any thread may ask."""

    def __init__(
        self,
        root: Path,
        log: FilteringBoundLogger,
        clock: Callable[[], float],
        *,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Make one that knows nothing yet.

        :param changed: called whenever the folder can be used again, or not any more.
        """
        self._root = root
        self._log = log
        self._clock = clock
        self._changed = changed
        self._last_step: float | None = None
        self.trouble: IngestdError | None = None
        """Why it cannot be used; None if it can, or was not tried yet."""

    def step(self) -> None:
        """The thread got on with the folder."""
        self._last_step = self._clock()

    def rest(self) -> None:
        """The thread waits for something to do, which may take as long as it likes."""
        self._last_step = None

    @property
    def hangs(self) -> bool:
        """Whether the thread has been at one step for longer than any file takes."""
        last = self._last_step
        return last is not None and self._clock() - last > LONGEST_SILENCE

    def say_if_it_hangs(self) -> None:
        """Say what the thread that hangs cannot; to be called now and then by another."""
        if self.hangs:
            what = (
                f"The folder {self._root}, or one that its documents are put away in, does not "
                "answer: whatever is asked of it hangs."
            )
            hint = "Check the server or disk it lies on, and mount it again if need be."
            self.unavailable(InboxUnavailable(what, hint=hint))

    def unavailable(self, error: IngestdError) -> None:
        """It cannot be used."""
        if self.trouble is None or str(error) != str(self.trouble):
            self.trouble = error
            path = str(self._root)
            self._log.error("inbox.unavailable", path=path, error=str(error), hint=error.hint)
            self._changed()

    def back(self) -> None:
        """It can be used."""
        if self.trouble:
            self.trouble = None
            self._log.info("inbox.back", path=str(self._root))
            self._changed()
