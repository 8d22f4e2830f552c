"""The heartbeat: a dead man's switch somewhere else raises the alarm once it stops."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = 25.0
"""Seconds until all is taken for well: by then every account was asked once."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life."""

    trouble: str = ""
    """What is wrong, on a line; empty if all is well."""


class Pulse:
    """Says when to give a sign of life; asked by the loop that must be alive for it."""

    def __init__(self, every: float, *, start: float) -> None:
        """Begin.

        :param every: seconds between two signs.
        :param start: monotonic seconds, as all the times.
        """
        self._every = every
        self._next = start + FIRST
        self._trouble = False

    def beat(self, now: float, trouble: str) -> Beat | None:
        """The sign that is due now; at once where a trouble began or ended.

        :param trouble: what is wrong; empty if all is well.
        """
        if now < self._next and bool(trouble) == self._trouble:
            return None
        self._next, self._trouble = now + self._every, bool(trouble)
        return Beat(trouble)
