"""Whether a file had lain still for a while when it was first seen, as its own stamps prove.

Its stamp of the last change (ctime) is set by the kernel alone: at every write, truncation, rename
and link. That of the last write (mtime) is any program's to set, as `cp -p` and `rsync -t` do.
Both are held against the wall clock, which may be set at any time; so that is watched.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass

MARGIN = 2.0
"""Seconds by which a file must be older than it has to be.

A stamp is older than what it stamps: by up to a tick of the kernel's clock (1 to 10 ms), or by up
to a second where an inode has 128 bytes, as seen on ext3. Another half a second is `STEP`.
"""

STEP = 0.5
"""Seconds that a clock must be off to have been set: two clocks are never read at once."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """What the stamps of files are held against, in one listing."""

    device: int | None = None
    """The device whose stamps are trusted; None: no one's are."""
    now: float = 0.0
    """Seconds since the epoch, before anything was listed."""
    steady: float = 0.0
    """Seconds for which the wall clock was not set, as far as anybody knows."""
    quiet: float = math.inf
    """Seconds for which a file must have lain still."""

    def prove(self, found: os.stat_result, moved_in: float = 0.0) -> bool:
        """Whether a file lay still for long enough.

        :param moved_in: when the folders that it lies in were changed last, in seconds since the
            epoch: who moves in a folder changes no stamp of what is in it, and may go on there.
        """
        changed = max(found.st_ctime, found.st_mtime, moved_in)
        lay_still = min(self.now - changed, self.steady)
        return found.st_dev == self.device and lay_still >= self.quiet + MARGIN


NO_PROOF = Stamps()
"""No stamp proves anything."""


class WallClock:
    """Tells the time of day, and notices when it was set; used by one thread."""

    def __init__(self, wall: Callable[[], float], clock: Callable[[], float]) -> None:
        """Begin to watch a clock, which is taken to have been right until now.

        :param wall: seconds since the epoch.
        :param clock: monotonic seconds. It stops while the machine sleeps, which is as if the wall
            clock had been set.
        """
        self._wall = wall
        self._clock = clock
        self._ahead = wall() - clock()
        self._set_at = -math.inf

    def stamps(self, device: int | None, quiet: float) -> Stamps:
        """What the stamps of files are held against now."""
        wall, now = self._wall(), self._clock()
        if abs(wall - now - self._ahead) > STEP:
            self._ahead, self._set_at = wall - now, now
        return Stamps(device, wall, now - self._set_at, quiet)
