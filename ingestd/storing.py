"""Writing files and their names through to the disk, and what it means when that fails."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestd.errors import StorageFailed

_NOT_OFFERED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
"""What filesystems answer to an fsync that they do not have."""

SHARE_AWAY = frozenset(
    {errno.ESTALE, errno.ENOTCONN, errno.ECONNABORTED, errno.ENODEV, errno.EHOSTDOWN}
)
"""What is answered where a share, or what it lies on, went away: by NFS; by FUSE, also to what was
under way; by a disk that was pulled out; by SMB."""


def write_new(path: Path, content: Iterable[bytes]) -> None:
    """Write a file of ours through to the disk, in place of what a crashed attempt left there.

    Where that fails there is no file, not half of one; so it can be tried again from the start.

    :raises OSError: if it may not be made or has no room, or `content` could not be read.
    :raises StorageFailed: if the disk failed.
    """
    path.unlink(missing_ok=True)
    # "x" follows no symlink that somebody has put there meanwhile
    with path.open("xb", buffering=0) as file:
        try:
            for piece in content:
                with _storing(path):
                    _write(file.fileno(), piece)
            with _storing(path):
                _sync(file.fileno())
        except (OSError, StorageFailed):
            with contextlib.suppress(OSError):
                path.unlink()
            raise


@contextmanager
def _storing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _judged(path, error, thrown_away=True) from error


def _write(descriptor: int, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(descriptor, left) :]


def fsync_file(path: Path) -> None:
    """Write a file's bytes through to the disk; raises as `fsync_descriptor`."""
    _fsync(path, os.O_RDONLY | os.O_NOFOLLOW)


def fsync_folder(path: Path) -> None:
    """Write a folder's names through to the disk; raises as `fsync_descriptor`."""
    _fsync(path, os.O_RDONLY | os.O_DIRECTORY)


def _fsync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        fsync_descriptor(descriptor, path)
    finally:
        os.close(descriptor)


def fsync_descriptor(descriptor: int, path: Path) -> None:
    """Write an open file or folder through to the disk; `path` is for the message.

    :raises OSError: if its share went away.
    :raises StorageFailed: if the disk says no. A filesystem that has no fsync for this kind of
        thing (SMB and some FUSE filesystems for folders: EINVAL) is taken at its word.
    """
    try:
        _sync(descriptor)
    except OSError as error:
        raise _judged(path, error, thrown_away=False) from error


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise


def _judged(path: Path, error: OSError, *, thrown_away: bool) -> OSError | StorageFailed:
    """Tell a disk that may have lost something from trouble that passes.

    A share that went away is no failed disk, and no reason to end the work of all other inboxes:
    nothing was sent or called filed on the strength of what was to be stored, and once it is back,
    that is read and written through again by a new handle, from what the server really has.

    What else keeps a file of ours from being written (no room, which NFS and btrfs find out at
    fsync) is over with that file, where it is thrown away; a disk that fails is not. Of anybody
    else's bytes Linux tells only once that they are lost.
    """
    if error.errno in SHARE_AWAY or (thrown_away and error.errno != errno.EIO):
        return OSError(error.errno, error.strerror, os.fspath(path))
    return StorageFailed(
        f"The disk could not store {path}: {error.strerror}.",
        hint="Check the disk (dmesg, smartctl); ingestd goes on from here when started.",
    )
