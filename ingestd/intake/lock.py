"""An inbox belongs to one ingestd at a time."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from ingestd.errors import InboxUnavailable
from ingestd.intake.marker import FOLDER as OURS
from ingestd.intake.marker import WORK
from ingestd.intake.unavailable import may_write, read_only, unavailable


def hold(root: Path) -> int:
    """Lock an inbox against a second ingestd; returns the descriptor that holds the lock.

    What is locked is a folder, and so nothing is made for it. Closing a file of a share that
    hangs may hang, and so would the end of this process; closing a folder does not. (Seen with
    FUSE, whose FLUSH not even SIGKILL ends; Linux 6.18.)

    :raises InboxUnavailable: if another process has it, or nothing may be written here.
    """
    ours = root / OURS
    try:
        if not all(may_write(path) for path in (root, ours / WORK)):
            raise read_only(root, os.strerror(errno.EACCES))
        descriptor = os.open(ours, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise unavailable(root, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise InboxUnavailable(
            f"Another ingestd is at work in the inbox {root}.",
            hint="Stop one of them; one inbox belongs to one ingestd.",
        ) from error
    except OSError:
        pass  # a share without locks: the claim's rename has one winner all the same
    return descriptor


def same_lock(root: Path, descriptor: int) -> bool:
    """Whether `descriptor` holds the lock of the inbox that is at `root` now."""
    try:
        return os.path.samestat(os.stat(root / OURS), os.fstat(descriptor))
    except OSError:
        return False
