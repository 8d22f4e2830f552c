"""Reading a claimed document once: what is hashed here is what is sent."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingestd import storing
from ingestd.errors import DocumentChanged, TooLarge, UnfitDocument
from ingestd.intake.settle import Look
from ingestd.intake.shape import shape_of, unfit

Store = Callable[[int, Path], None]
"""Writes an open file through to the disk. Raises StorageFailed."""


@dataclass(frozen=True, slots=True)
class Content:
    """A document's bytes and what follows from them alone."""

    data: bytes = field(repr=False)
    md5: str
    """Lower-case hexadecimal, as `check-duplicate` wants it."""
    sha256: str
    """Lower-case hexadecimal."""
    media_type: str
    """By content, whatever the name says, e.g. `application/pdf`."""

    @classmethod
    def of(cls, data: bytes, media_type: str) -> Content:
        """Hash a document's bytes."""
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return cls(data, md5, hashlib.sha256(data).hexdigest(), media_type)


def inspect(path: Path, *, max_size: int, store: Store = storing.fsync_descriptor) -> Content:
    """Write a document through to the disk, and read it.

    :param max_size: bytes; nothing of a larger document is read.
    :raises UnfitDocument: if it can never be delivered.
    :raises DocumentChanged: if somebody is still writing it.
    :raises StorageFailed: if the disk could not store it.
    :raises OSError: if it cannot be read.
    """
    with regular_file(path) as (descriptor, status):
        store(descriptor, path)  # or a power cut might cut it short where it is put away
        if status.st_size > max_size:
            raise TooLarge(status.st_size, max_size)
        data = _read_whole(descriptor, status, path)
    shape = shape_of(lambda length, at: data[at : at + length], len(data))
    if (why := unfit(shape)) is not None:
        raise why
    return Content.of(data, shape.media_type)


def read_sidecar(path: Path, *, max_size: int, store: Store = storing.fsync_descriptor) -> bytes:
    """Write what belongs to a document through to the disk, and read it.

    :param max_size: bytes.
    :raises UnfitDocument: if it can never be read.
    :raises DocumentChanged, StorageFailed, OSError: as `inspect`.
    """
    with regular_file(path) as (descriptor, status):
        store(descriptor, path)
        if status.st_size > max_size:
            raise UnfitDocument(
                f"The sidecar {path.name} has {status.st_size:,} bytes; more than {max_size:,} are "
                "not read.",
                hint="Drop the document with the sidecar that belongs to it.",
            )
        return _read_whole(descriptor, status, path)


@contextmanager
def regular_file(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    """Open a regular file to read it: its descriptor, and what `fstat` says of it.

    :raises UnfitDocument: if it is anything else.
    :raises OSError: if it is not there, or cannot be opened.
    """
    # A symlink could point at a secret, and opening a FIFO would wait for its writer for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:  # a symlink; a socket
            raise _no_file() from error
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _no_file()
        yield descriptor, status
    finally:
        os.close(descriptor)


def _read_whole(descriptor: int, before: os.stat_result, path: Path) -> bytes:
    parts, left = [], before.st_size
    while left > 0 and (part := os.read(descriptor, left + 1)):  # one byte more, if it grew
        parts.append(part)
        left -= len(part)
    if left or not Look.of(before).is_of(os.fstat(descriptor)):
        raise DocumentChanged(f"{path.name} changed while it was read.")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _no_file() -> UnfitDocument:
    return UnfitDocument("This is not a regular file.", hint="Give the document itself.")
