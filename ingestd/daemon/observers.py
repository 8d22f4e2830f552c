"""Who tells the world how the daemon stands."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Looks at the fleet now and then, and tells somebody about it.

    It can neither delay nor fail a delivery: what takes time belongs on a thread of its own.
    """

    def turn(self) -> None:
        """Look; called by the main thread whenever something changed, and every half minute."""

    def close(self) -> None:
        """Let go of everything; called once, by the main thread, when the daemon ends."""
