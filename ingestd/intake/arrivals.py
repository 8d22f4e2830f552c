"""What the watch's threads and the workers tell an inbox's thread."""

from __future__ import annotations

import threading

from ingestd.intake.watch import Hint


class Arrivals:
    """Which files were moved in, as the watch's threads and the workers tell it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._whole: set[str] = set()
        self._returned: set[str] = set()
        self._anything = False
        self.wake = threading.Event()
        """Set when the inbox is to be listed."""

    def hinted(self, hint: Hint) -> None:
        """Something was moved in; by somebody else, it arrived whole."""
        with self._lock:
            if hint.path is None:
                self._anything = True
            elif hint.path in self._returned:
                self._returned.discard(hint.path)
            elif hint.arrived_whole:
                self._whole.add(hint.path)

    def returned(self, path: str) -> None:
        """We are about to put this back ourselves, which proves nothing: it settles anew."""
        with self._lock:
            self._returned.add(path)

    def taken(self) -> set[str]:
        """What arrived whole since the last time."""
        with self._lock:
            arrived, self._whole = self._whole, set()
            return arrived

    def anything(self) -> bool:
        """Whether a hint since the last time said that anything may have happened."""
        with self._lock:
            anything, self._anything = self._anything, False
            return anything
