"""Small files that somebody named: read only where they are files.

To open a named pipe waits until somebody writes into it, and some devices never come to an end.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

MOST = 64 * 1024
"""Bytes that are read of one; what holds a secret or some addresses has far fewer."""


def read_regular(path: Path, most: int = MOST) -> bytes:
    """Read a file, or its first bytes where there are more.

    :raises OSError: if it is none, or cannot be read; its `strerror` says which.
    """
    require_regular(path)
    # should it be a pipe by now, opening it does not wait
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        return file.read(most)


def require_regular(path: Path) -> None:
    """Make sure that it is a file, or a link to one.

    :raises OSError: if it is none; its `strerror` says what it is.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise OSError(None, f"it is {kind_of(mode)}", str(path))


_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def kind_of(mode: int) -> str:
    """What it is in place of a regular file, in words."""
    return next((what for is_kind, what in _KINDS if is_kind(mode)), "not a regular file")
