"""How long something is kept before people are told of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, all of them."""

    bundle: float = 600.0
    """Between two messages of one kind."""
    patience: float = 300.0
    """That what may pass by itself lasts before it is told."""
    gathering: float = 5.0
    """That a message waits for others of its kind, which seldom come alone."""

    settling: float = 60.0
    """After a start, until it shows whether what was told before still lasts."""

    def ripe(self, since: float, *, passes: bool) -> float:
        """When to tell of what began then."""
        return since + (self.patience if passes else self.gathering)

    def tells(self, since: float, now: float, *, passes: bool) -> bool:
        """Whether what began then goes along with a message that is sent now."""
        return not passes or self.ripe(since, passes=passes) <= now

    @property
    def at_the_end(self) -> Pace:
        """When nothing is waited for any more but what may pass, which is not told then."""
        return replace(self, bundle=0.0, gathering=0.0)


NOT_YET = Pace(bundle=0.0, patience=math.inf, gathering=math.inf, settling=0.0)
"""Of a run that ends: all is told at its end."""
AT_ONCE = Pace(bundle=0.0, patience=0.0, gathering=0.0, settling=0.0)
