"""Looking into a file that lies in an inbox: is its end there, and has a writer still got it open?

Nothing that goes wrong with one file says anything of the others, or of the folder: whether that
is gone is asked of the folder itself.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ingestd.intake.lease import writer_has_open
from ingestd.intake.pairing import Entry, Oddity
from ingestd.intake.settle import Inside, Look
from ingestd.intake.shape import Kind, Shape, shape_of

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

_NOT_AS_LISTED = frozenset(
    {
        errno.ENOENT,
        errno.ESTALE,  # NFS: removed, or replaced, by another machine
        errno.EAGAIN,  # a client of Samba has it to itself for now (an oplock)
    }
)

_LET_IT_BE_READ = (
    "Give the user that ingestd runs as the right to read it, and have whoever drops files here "
    "give it too."
)


def look_into(
    root: Path, entry: Entry, *, clock: Callable[[], float], ask_for_writers: bool = True
) -> Inside | Oddity | None:
    """Tell what is in a file; None if it is not as it was listed any more, or not for now.

    One that cannot be opened or read (a bad block, a range that a program on a share has locked)
    is an oddity. Of a sidecar nothing tells where it ends; one that has not even begun is empty.
    """
    try:
        descriptor = os.open(root / entry.path, _FLAGS)
        try:
            return _inside(descriptor, entry, clock, ask_for_writers)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno in _NOT_AS_LISTED:
            return None
        # a range that is locked on a share is refused as if a right were missing
        lacking = error.errno == errno.EACCES and not os.access(root / entry.path, os.R_OK)
        hint = _LET_IT_BE_READ if lacking else ""
        return Oddity(entry.path, f"cannot be read: {error.strerror}", entry.look.inode, hint)


def _inside(
    descriptor: int, entry: Entry, clock: Callable[[], float], ask_for_writers: bool
) -> Inside | None:
    if Look.of(os.fstat(descriptor)) != entry.look:
        return None
    size = entry.look.size
    beside = Shape(Kind.WHOLE if size else Kind.EMPTY)
    shape = beside if entry.is_sidecar else shape_of(partial(os.pread, descriptor), size)
    being_written = writer_has_open(descriptor) if ask_for_writers else None
    return Inside(shape, being_written, at=clock())
