"""Moving files without ever replacing one."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ingestd.errors import DocumentChanged, IngestdError
from ingestd.storing import fsync_folder, write_new

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_libc = ctypes.CDLL(None, use_errno=True)

_NOT_OFFERED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
"""What filesystems answer to an operation they do not have (NFS and old SMB: EINVAL)."""

_NO_LINKS = _NOT_OFFERED | {errno.EPERM, errno.EMLINK, errno.EACCES, errno.EIO}
"""What `link` answers where there are no hard links (FAT, exFAT, many SMB servers: EPERM; rclone
1.60: EIO). A disk that really failed says so again when the file is moved the next way."""

_PIECE = 1 << 20

Way = Callable[[Path, Path], None]
"""Moves a file to a free name, or raises OSError and has moved nothing."""


def rename_noreplace(source: Path, target: Path) -> None:
    """Move by renameat2(2), which takes the name and moves the file at once."""
    renameat2 = getattr(_libc, "renameat2", None)  # glibc has it since 2.28, musl does not
    if renameat2 is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    old, new = os.fsencode(source), os.fsencode(target)
    if renameat2(_AT_FDCWD, old, _AT_FDCWD, new, _RENAME_NOREPLACE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), os.fspath(source), None, os.fspath(target))


def link_and_unlink(source: Path, target: Path) -> None:
    """Move by giving the file its new name before the old one is taken away."""
    os.link(source, target, follow_symlinks=False)
    try:
        source.unlink()
    except OSError:
        if same_file(source, target):
            target.unlink()
        raise


def reserve_and_replace(source: Path, target: Path) -> None:
    """Move by taking the name with a file of our own that says so, and replacing only that."""
    with open(target, "xb", buffering=0) as placeholder:
        ours = os.fstat(placeholder.fileno())
        with contextlib.suppress(OSError):  # where there is no room, an empty file takes it as well
            placeholder.write(_placeholder(source))
    try:
        source.replace(target)
    except OSError:
        # a share that was asked twice may say "failed" of what it did the first time
        if os.path.samestat(target.lstat(), ours):
            target.unlink()
        raise


_TAKEN = b"ingestd took this name and was interrupted; this file may be deleted.\n"


def _placeholder(source: Path) -> bytes:
    return _TAKEN + hashlib.sha256(os.fsencode(source)).hexdigest().encode() + b"\n"


def is_placeholder(content: bytes) -> bool:
    """Whether a file only takes a name, for whatever; who wrote it may have died at any byte."""
    return content.startswith(_TAKEN) or _TAKEN.startswith(content)


def free_reserved(target: Path, source: Path) -> None:
    """Free a name that an attempt to move `source` there had taken when the process died.

    Nothing else is touched, and no empty file: it could be another's. What cannot be freed keeps
    its name, and another is taken.
    """
    with contextlib.suppress(OSError):
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor, expected = os.open(target, flags), _placeholder(source)
        try:
            found = os.read(descriptor, len(expected) + 1)
        finally:
            os.close(descriptor)
        if found == expected:
            target.unlink()


WAYS: Sequence[tuple[Way, frozenset[int]]] = (
    (rename_noreplace, _NOT_OFFERED),
    (link_and_unlink, _NO_LINKS),
    (reserve_and_replace, frozenset()),
)
"""How to move, best first, and the errors that say: not on this filesystem."""


def move(source: Path, target: Path, *, ways: Sequence[tuple[Way, frozenset[int]]] = WAYS) -> None:
    """Move a file to a name that must be free, on this filesystem; the name is taken atomically.

    :raises FileExistsError: if `target` exists; nothing was moved.
    :raises OSError: as rename(2); EXDEV if `target` is on another filesystem.
    """
    for way, not_offered in ways:
        try:
            way(source, target)
        except OSError as error:
            # a share that was asked twice may say "failed" of what it did the first time: it is
            # found there at the next attempt, and by the next way it would get a second name
            is_there = error.errno == errno.EIO and same_file(source, target)
            if error.errno not in not_offered or is_there:
                raise
        else:
            return


def move_together(
    pairs: Sequence[tuple[Path, Path]],
    way: Way,
    *,
    before_move: Callable[[Path], None] = lambda _: None,
) -> None:
    """Move files to names that must be free: all of them in this order, or none.

    :param before_move: told each name before it is tried.
    :raises Exception: what `way` does; those that were moved are back, as far as `way` moves them.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        for source, target in pairs:
            before_move(target)
            way(source, target)
            moved.append((source, target))
    except BaseException:
        for source, target in reversed(moved):
            with contextlib.suppress(OSError, IngestdError):
                way(target, source)
        raise


def copy_across(source: Path, target: Path, *, passing_by: Path) -> None:
    """Move a file to a free name on another filesystem: copy, write through, rename, remove.

    :param passing_by: a name in `target`'s folder that is ours alone; what a crashed attempt left
        there is removed.
    :raises FileExistsError: if `target` exists; `source` is untouched.
    :raises DocumentChanged: if `source` was written to meanwhile; it is still there.
    :raises OSError: if it cannot be copied, or `source` could not be removed afterwards. One that
        names `source` alone is about that.
    :raises StorageFailed: if the disk failed; `source` is untouched.
    """
    if not os.access(source.parent, os.W_OK):  # or each further attempt would leave a copy more
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(source))
    before = source.lstat()
    with open(source, "rb", opener=_only_itself) as original:
        write_new(passing_by, _pieces(original, source))
    with contextlib.suppress(OSError):  # FAT and many SMB servers refuse modes
        shutil.copystat(source, passing_by)
    try:
        _require_unchanged(source, before)  # or the copy may be of neither one nor the other
        move(passing_by, target)
    except (OSError, DocumentChanged):
        passing_by.unlink(missing_ok=True)
        raise
    fsync_folder(target.parent)
    _require_unchanged(source, before)  # or what was added would be removed
    source.unlink()


def _pieces(original: BinaryIO, source: Path) -> Iterator[bytes]:
    try:
        while piece := original.read(_PIECE):
            yield piece
    except OSError as error:  # which does not name the file
        raise OSError(error.errno, error.strerror, os.fspath(source)) from error


def _require_unchanged(source: Path, before: os.stat_result) -> None:
    now = source.lstat()
    if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise DocumentChanged(f"{source.name} changed while it was copied.")


def _only_itself(path: str, flags: int) -> int:
    # opening a pipe would wait for its writer for ever
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.ENOTSUP, "Only a regular file can be copied", path)
    return descriptor


def same_file(one: Path, other: Path) -> bool:
    """Whether both names are one file, as a crash between link and unlink leaves them."""
    try:
        return os.path.samestat(os.lstat(one), os.lstat(other))
    except (FileNotFoundError, NotADirectoryError):
        return False
