"""Whoever else hears what the log is told: what counts, and what passes it on to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Listener = Callable[[Mapping[str, Any]], None]
"""Called with an event: its fields, among them `event`, `level` and `timestamp`. On the thread that
logs, so it returns at once and raises nothing."""


class Audience:
    """The listeners of one log.

    What is of the level info and above reaches them, however little of it is written.
    """

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> None:
        """Have `listener` hear everything from now on."""
        self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """Have `listener` hear nothing more."""
        self._listeners = tuple(one for one in self._listeners if one != listener)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Tell everybody of an event."""
        for listener in self._listeners:
            listener(event)
