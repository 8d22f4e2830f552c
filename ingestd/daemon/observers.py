"""Who tells the world how the daemon stands."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Looks at the fleet now and then, and tells somebody about it.

    It can neither delay nor fail a delivery: what takes time belongs on a thread of its own.
    """

    def turn(self) -> None:
        """Look; called by the main thread whenever something changed, and every half minute."""

    def stopping(self) -> None:
        """The daemon begins to end; there are no more turns."""
