"""Whoever else hears what the log is told: what counts, and what passes it on to people."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

Listener = Callable[[Mapping[str, Any]], None]
"""Called with an event: its fields, among them `event`, `level` and `timestamp`. On the thread that
logs, so it returns at once and raises nothing."""

MOST_KEPT = 20
"""Events that are kept for whoever listens first."""


class Audience:
    """The listeners of one log.

    What is of the level info and above reaches them, however little of it is written. What was said
    before the first of them was there is not lost on them: the ledger is opened before that, say.
    Any thread may add and remove: a reload adds on its own what the main thread removes.
    """

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()
        self._before: tuple[Mapping[str, Any], ...] | None = ()
        """What was said so far; None: somebody has listened since."""

    def add(self, listener: Listener) -> None:
        """Have `listener` hear everything from now on."""
        for event in self._before or ():
            listener(event)
        with self._changing:
            self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """Have `listener` hear nothing more."""
        with self._changing:
            self._listeners = tuple(one for one in self._listeners if one != listener)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Tell everybody of an event."""
        if self._listeners:
            self._before = None
        elif self._before is not None and len(self._before) < MOST_KEPT:
            self._before = (*self._before, dict(event))
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - a bug of theirs, on a thread that delivers
                sys.excepthook(*sys.exc_info())  # the log would only tell them again
