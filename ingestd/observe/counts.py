"""What happened since the start, counted; by whoever hears of it, for whoever asks."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from ingestd.model import Outcome

SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""Bounds for how long an upload took; the longest is an account's usual deadline."""
OCTETS = (1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 1.6e7)
"""Bounds for how large an upload was; Kanbert takes 15 MB, and a form is around it."""

_OUTCOMES = {f"document.{outcome}": outcome for outcome in Outcome}
_SUCCESSES = frozenset({Outcome.DELIVERED, Outcome.DUPLICATE})


@dataclass(slots=True)
class Spread:
    """How often values were how large."""

    bounds: Sequence[float]
    sum: float = 0.0
    _numbers: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._numbers = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        """Count a value."""
        self._numbers[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def up_to(self) -> Iterator[tuple[float, int]]:
        """Each bound, infinity last, and how many values were no larger."""
        return zip((*self.bounds, float("inf")), accumulate(self._numbers), strict=True)

    def copy(self) -> Spread:
        """One that does not change any more."""
        made = Spread(self.bounds, self.sum)
        made._numbers = self._numbers.copy()
        return made


@dataclass(slots=True)
class Uploads:
    """The creates that Kanbert accepted."""

    seconds: Spread = field(default_factory=lambda: Spread(SECONDS))
    octets: Spread = field(default_factory=lambda: Spread(OCTETS))

    def copy(self) -> Uploads:
        """One that does not change any more."""
        return Uploads(self.seconds.copy(), self.octets.copy())


@dataclass(frozen=True, slots=True)
class Counted:
    """All that was counted up to a moment."""

    documents: Mapping[tuple[str, Outcome], int]
    """By inbox and outcome."""
    answers: Mapping[tuple[str, str, int | None], int]
    """By account, operation and status; None where no answer came."""
    uploads: Mapping[str, Uploads]
    """By account."""
    last_success: Mapping[str, float]
    """When Kanbert last had a document of an inbox; seconds since the epoch."""


class Counts:
    """Counts what happens; used by every thread that carries documents."""

    def __init__(self, wall: Callable[[], float]) -> None:
        """Begin with nothing.

        :param wall: seconds since the epoch.
        """
        self._wall = wall
        self._lock = threading.Lock()
        self._documents: Counter[tuple[str, Outcome]] = Counter()
        self._answers: Counter[tuple[str, str, int | None]] = Counter()
        self._uploads: dict[str, Uploads] = {}
        self._last_success: dict[str, float] = {}

    def hear(self, event: Mapping[str, Any]) -> None:
        """Count an event of the log, if it is a document's outcome (see `Audience`)."""
        outcome = _OUTCOMES.get(event["event"])
        if outcome is None:
            return
        inbox = event.get("inbox", "")
        with self._lock:
            self._documents[inbox, outcome] += 1
        if outcome in _SUCCESSES:
            self.succeeded({inbox: self._wall()})

    def answered(
        self, account: str, operation: str, status: int | None, seconds: float, size: int
    ) -> None:
        """Count a request to Kanbert (see `kanbert.OnAnswer`)."""
        with self._lock:
            self._answers[account, operation, status] += 1
            if operation == "create" and status is not None and status // 100 == 2:  # noqa: PLR2004
                uploads = self._uploads.setdefault(account, Uploads())
                uploads.seconds.add(seconds)
                uploads.octets.add(size)

    def succeeded(self, when: Mapping[str, float]) -> None:
        """Take in when Kanbert had a document of each inbox, which may have been before."""
        with self._lock:
            for inbox, moment in when.items():
                self._last_success[inbox] = max(moment, self._last_success.get(inbox, moment))

    def now(self) -> Counted:
        """All that was counted so far."""
        with self._lock:
            uploads = {account: made.copy() for account, made in self._uploads.items()}
            return Counted(
                Counter(self._documents), Counter(self._answers), uploads, dict(self._last_success)
            )
