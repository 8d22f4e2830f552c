"""What was asked of the sandbox, in order: for tests to look at, and to wait for."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

_KEPT = 10_000


@dataclass(frozen=True)
class Entry:
    """One request. Neither bodies nor headers nor queries are kept.

    `operation` is empty for a path that is none of ours. `status` is what was answered, None while
    nothing was. `outcome` is what the request came to, also when a fault kept the answer back.
    """

    number: int
    method: str
    path: str
    operation: str
    fault: str = ""
    status: int | None = None
    outcome: int | None = None


class Journal:
    """The requests since the start, or since it was cleared.

    The counts go further back than the last 10,000 entries. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._last_number = 0
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._counts: Counter[str] = Counter()

    def begin(self, method: str, path: str, operation: str, fault: str = "") -> Entry:
        """Enter a request that has come in."""
        with self._changed:
            self._last_number += 1
            entry = Entry(self._last_number, method, path, operation, fault)
            self._entries.append(entry)
            self._counts[operation] += 1
            self._changed.notify_all()
        return entry

    def note(self, number: int, *, status: int | None = None, outcome: int | None = None) -> None:
        """Add what became of a request; None adds nothing."""
        with self._changed:
            # From the end, because nearly always it is one of the last.
            for index in reversed(range(len(self._entries))):
                entry = self._entries[index]
                if entry.number == number:
                    self._entries[index] = replace(
                        entry, status=status or entry.status, outcome=outcome or entry.outcome
                    )
                    break
            self._changed.notify_all()

    def entries(self, operation: str | None = None) -> list[Entry]:
        """Return the requests, oldest first; of one operation, if it is named."""
        with self._changed:
            return [entry for entry in self._entries if operation in (None, entry.operation)]

    def count(self, operation: str | None = None) -> int:
        """Return how many requests there were; of one operation, if it is named."""
        with self._changed:
            return self._counts.total() if operation is None else self._counts[operation]

    def counts(self) -> dict[str, int]:
        """Return how many requests there were of each operation."""
        with self._changed:
            return dict(self._counts)

    def clear(self) -> None:
        """Forget all requests; numbers go on."""
        with self._changed:
            self._entries.clear()
            self._counts.clear()

    def wait_for(self, fulfilled: Callable[[list[Entry]], bool], *, seconds: float = 60) -> bool:
        """Wait until the entries fulfil a condition; return whether they do."""
        with self._changed:
            return self._changed.wait_for(lambda: fulfilled(list(self._entries)), seconds)
