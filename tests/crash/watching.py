"""Seeing everything that a process does to the world, from outside its code.

The interpreter reports every call into C to a profile function (`sys.setprofile`). That shows each
file operation, ledger commit and network exchange, whoever makes it: nothing has to be wrapped, so
none can be forgotten.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

_FILES = """
    open close read write stat lstat fstat mkdir rmdir unlink remove rename replace link fsync
    scandir listdir utime chmod ftruncate readlink access statvfs
"""
_OPEN_FILES = "open read readall write flush close truncate"
_LEDGER = "connect execute commit rollback"
_NETWORK = "connect send sendall sendmsg recv recv_into"
_BY_MODULE = {
    "posix": _FILES.split(),
    "io": _OPEN_FILES.split(),
    "sqlite3": _LEDGER.split(),
    "socket": _NETWORK.split(),
    "fcntl": ["flock"],
}
_CHANGES = """
    io.open io.write io.flush posix.mkdir posix.rmdir posix.unlink posix.remove posix.rename
    posix.replace posix.link posix.renameat2 sqlite3.commit socket.send socket.sendmsg socket.recv
"""
CHANGES = frozenset(_CHANGES.split())
"""Operations after which the world is, or may be, another."""

# reached through ctypes, which the interpreter does not report
_BY_CTYPES = "rename_noreplace"


@dataclass(frozen=True)
class Point:
    """An instant on the way of one thread.

    An operation is counted among its like only, and an answer as one, in however many pieces it
    comes: that differs from life to life.
    """

    thread: str
    operation: str
    number: int
    """Of the operation, among those of this name on this thread; from 0."""
    when: str
    """`before` or `after`."""

    def __str__(self) -> str:
        return f"{self.thread}, {self.when} {self.operation} ({self.number})"


def watch(seen: Callable[[str, str], None]) -> None:
    """Have `seen` told of every operation, before and after, on its own thread."""

    def told(frame: FrameType, event: str, arg: Any) -> None:
        if event in {"c_call", "c_return", "c_exception"}:
            what = _operation(arg)
            if what:
                seen(what, "before" if event == "c_call" else "after")
        elif frame.f_code.co_name == _BY_CTYPES:
            seen("posix.renameat2", "before" if event == "call" else "after")

    threading.setprofile(told)
    sys.setprofile(told)


def unwatch() -> None:
    """End it, for this thread and those that are started from now on."""
    threading.setprofile(None)
    sys.setprofile(None)


def _operation(function: Any) -> str:
    name: str = function.__name__
    module = function.__module__ or type(getattr(function, "__self__", None)).__module__
    module = module.lstrip("_")  # which of these are private differs between versions of Python
    return f"{module}.{name}" if name in _BY_MODULE.get(module, ()) else ""


def numbered(operations: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield each operation with its number among its like."""
    counts: Counter[str] = Counter()
    for operation in operations:
        yield operation, counts[operation]
        counts[operation] += 1


class Recorder:
    """Numbers the operations of each thread, and acts at one of them."""

    def __init__(self, point: Point | None, act: Callable[[], None]) -> None:
        self.operations: dict[str, list[str]] = defaultdict(list)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._in_pieces: set[str] = set()
        self._point = point
        self._act = act

    def __call__(self, what: str, when: str) -> None:
        thread = threading.current_thread().name
        if what == "socket.recv" and self._is_another_piece(thread, when):
            return
        if when == "before":
            self.operations[thread].append(what)
            self._counts[thread, what] += 1
        if self._point and Point(thread, what, self._counts[thread, what] - 1, when) == self._point:
            self._point = None
            self._act()

    def _is_another_piece(self, thread: str, when: str) -> bool:
        if when == "before":
            if self.operations[thread][-1:] == ["socket.recv"]:
                self._in_pieces.add(thread)
            else:
                self._in_pieces.discard(thread)
        return thread in self._in_pieces
