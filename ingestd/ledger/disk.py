"""Asking the disk itself: SQLite says no more of a failed write than "disk I/O error"."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a disk says that works and is full: no space left, a quota, the largest file allowed."""

_MORE_THAN_A_PAGE = 256 * 1024
"""Bytes; what SQLite could not write was smaller, whatever blocks the disk counts in."""


def is_full(database: Path) -> bool:
    """Whether the disk that a database lies on works, and has no room for more of it.

    SQLite (seen with 3.40) tells only ENOSPC apart, as SQLITE_FULL: a quota and a limit on the
    size of files come as SQLITE_IOERR_WRITE, like a disk that is broken.
    """
    try:
        with tempfile.TemporaryFile(dir=database.parent, buffering=0) as file:
            # where the longest of its files ends, or a limit on sizes would not be met; what is
            # before that takes no space
            _write(file.fileno(), _MORE_THAN_A_PAGE, _longest(database))
    except OSError as error:
        return error.errno in _NO_ROOM
    return False


def _write(descriptor: int, size: int, at: int) -> None:
    """Write zeros, all of them: a disk with room for some takes those and says nothing."""
    end = at + size
    while at < end:
        at += os.pwrite(descriptor, bytes(end - at), at)


def _longest(database: Path) -> int:
    return max(path.stat().st_size for path in database.parent.glob(f"{database.name}*"))
