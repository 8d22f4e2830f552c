"""The daemon's clocks and times, which are given to it so that they can be others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Times:
    """Everything that waits goes by `clock`; what people and servers read, by `wall`."""

    clock: Callable[[], float] = time.monotonic
    """Monotonic seconds."""
    wall: Callable[[], float] = time.time
    """Seconds since the epoch; may jump."""
    flush_within: float = 0.2
    """Seconds that what happened may be missing in the ledger, for those who look from outside."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return datetime.fromtimestamp(self.wall(), UTC)

    def local(self) -> datetime:
        """The time of day, in the zone of this machine."""
        return self.now().astimezone()
