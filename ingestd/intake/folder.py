"""An inbox's folder that is held open: it stays the same, whatever happens at its path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingestd.intake.unavailable import unavailable

_DESCRIPTORS = Path("/proc/self/fd")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is open.

    A share can go between any two steps, and leaves an empty folder at its path. What is looked
    at and made by way of an open folder is on the share, or fails.
    """

    root: Path
    """Its path, for messages and for people."""
    descriptor: int


@contextmanager
def opened(root: Path) -> Iterator[Folder]:
    """Open the folder of an inbox.

    :raises InboxUnavailable: if it cannot be opened.
    """
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise unavailable(root, error) from error
    try:
        yield Folder(root, descriptor)
    finally:
        os.close(descriptor)


def path_of(descriptor: int, otherwise: Path) -> Path:
    """A path that leads to an open folder and nowhere else; `otherwise` where there is none."""
    path = _DESCRIPTORS / str(descriptor)
    return path if path.is_dir() else otherwise
