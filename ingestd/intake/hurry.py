"""What a run that ends does not wait for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingestd.intake.settle import Look


@dataclass(frozen=True, slots=True)
class Hurry:
    """For a run that ends: no file is watched for as long as `Patience.give_up`.

    A file that is not whole is given up at once if its own time stamp says that it has been lying
    there for that long, and is left for the next run if not.
    """

    wall_clock: Callable[[], float]
    """Seconds since the epoch."""
    longest: float = 60.0
    """Seconds that a file which keeps changing, or cannot be opened, is waited for."""

    def lies_there(self, look: Look, seconds: float) -> bool:
        """Whether a file has been lying there for so long, by its own stamp."""
        # a stamp from the future tells as little as an old one of when it was written
        return abs(self.wall_clock() - look.mtime_ns / 1e9) >= seconds
