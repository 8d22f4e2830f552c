"""Who holds a lock, without taking it for longer than a look."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds a lock."""

    pid: int | None
    """None where the system does not tell, as of a process in another container."""


def holder(path: Path) -> Holder | None:
    """Find who holds the lock of a file or folder, by the kernel's table or else by trying.

    :raises OSError: if there is nothing at `path`, or it cannot be opened.
    """
    return holder_of(path) or holder_by_trying(path)


def holder_of(path: Path, locks: Path = Path("/proc/locks")) -> Holder | None:
    """Find who holds the lock (flock) of a file or folder; None where nobody is known to.

    :raises OSError: if there is nothing at `path`.
    """
    found = os.stat(path)
    device = (os.major(found.st_dev), os.minor(found.st_dev))
    try:
        table = locks.read_text()
    except OSError:
        return None
    for pid, *where in _held(table):
        if where == [*device, found.st_ino]:
            return Holder(pid or None)
    return None


def holder_by_trying(path: Path) -> Holder | None:
    """Find out whether a lock is held by asking for a share of it, given back at once.

    For where the kernel's table does not help: btrfs shows another device there than stat does,
    and of a process in another container it shows nothing. Who wants the lock in the microseconds
    between is refused, so the table comes first.

    :raises OSError: if there is nothing at `path`, or it cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return Holder(None)
    finally:
        os.close(descriptor)
    return None


def _held(table: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield process, device (major and minor) and inode of each lock in /proc/locks (proc(5))."""
    for line in table.splitlines():
        # 1: FLOCK  ADVISORY  WRITE 1071 fe:00:394 0 EOF; those who wait have "->" before the kind
        match line.split():
            case [_, "FLOCK", _, _, pid, where, *_]:
                major, minor, inode = where.split(":")
                yield int(pid), int(major, 16), int(minor, 16), int(inode)
