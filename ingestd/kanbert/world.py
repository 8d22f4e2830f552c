"""Time and chance, as the client sees them: given to it, so that a test can give others."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class World:
    """Where the client learns the time, waits, and throws its dice."""

    clock: Callable[[], float] = time.monotonic
    """Monotonic seconds."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The time of day, aware; only to understand dates that an answer names."""
    nap: Callable[[float], object] = field(default_factory=lambda: threading.Event().wait)
    """Waits the seconds given; a true answer means that it was woken early (see `Event.wait`)."""
    random: Callable[[], float] = random.random
    """In [0, 1)."""
