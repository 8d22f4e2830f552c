"""Listening to a watch in tests: waits for hints, never for time to pass."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path

from ingestd.intake.inotify import Emitter
from ingestd.intake.watch import Hint, Watcher

PATIENTLY = 20.0
"""Seconds; only a failing test waits so long."""

Watching = Callable[..., Watcher]


class Heard:
    """The hints of a watch, in the order they came."""

    def __init__(self) -> None:
        self._hints: queue.Queue[Hint] = queue.Queue()

    def __call__(self, hint: Hint) -> None:
        self._hints.put(hint)

    def until(self, wanted: Hint) -> list[Hint]:
        """Wait for a hint, and return those before it."""
        before = []
        while (hint := self._hints.get(timeout=PATIENTLY)) != wanted:
            before.append(hint)
        return before


def assert_hints_flow(root: Path, heard: Heard, name: str = "again.pdf") -> None:
    (root / name).write_bytes(b"%PDF-")
    heard.until(Hint(name))


def emitter_of(root: Path) -> Emitter:
    path = str(root.resolve())
    (found,) = (
        thread
        for thread in threading.enumerate()
        if isinstance(thread, Emitter) and thread.watch.path == path
    )
    return found
