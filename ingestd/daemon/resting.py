"""Ending the processes that work on documents, while there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

UNUSED = 300.0
"""Seconds. One that reads e-invoices keeps 42 MiB of memory, and takes a tenth of a second of CPU
to start and to end (`bench.einvoices`)."""


class Workforce(Protocol):
    """Has documents worked on by processes that it starts when it needs them."""

    def rest(self, after: float) -> None:
        """End what had nothing to do for so many seconds; does not wait."""


class Resting:
    """Looks for processes that nobody needs, as an observer of the fleet."""

    def __init__(self, workforces: Sequence[Workforce]) -> None:
        self._workforces = workforces

    def turn(self) -> None:
        """End what was not needed for a while."""
        for workforce in self._workforces:
            workforce.rest(UNUSED)

    def stopping(self) -> None:
        """Whoever started them ends them."""

    def close(self) -> None:
        """Let go of nothing: others own what there is."""
