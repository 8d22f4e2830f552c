"""When a child that could not be started is tried again, and how often that is said."""

from __future__ import annotations

from collections.abc import Callable

FIRST_PAUSE = 60.0
"""Seconds from a start that failed to the next."""

LONGEST_PAUSE = 3600.0
"""Seconds that it becomes at most, doubled each time."""


class Starts:
    """What the starts before make of the next one.

    On a machine where none can succeed (an extra is missing, no process may be made) it must not
    cost a process for each document, nor a line of the log.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pause = 0.0
        self._not_before = float("-inf")
        self._said = ""

    @property
    def due(self) -> bool:
        """Whether it is time to try."""
        return self._clock() >= self._not_before

    def failed(self, why: str) -> str:
        """Put off the next one.

        :returns: what is to be said of it; nothing, if it is the same as before.
        """
        self._pause = min(2 * self._pause or FIRST_PAUSE, LONGEST_PAUSE)
        self._not_before = self._clock() + self._pause
        news = "" if why == self._said else why
        self._said = why
        return news

    def succeeded(self) -> None:
        """Forget the failures before."""
        self._pause, self._said = 0.0, ""
