"""Reading a claimed document once: what is hashed here is what is sent."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingestd import storing
from ingestd.errors import DocumentChanged, TooLarge, UnfitDocument
from ingestd.intake.settle import Look
from ingestd.intake.shape import Shape, shape_of, unfit

_PIECE = 1 << 20


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


def inspect(
    path: Path,
    *,
    max_size: int,
    store: Callable[[int, Path], None] = storing.fsync_descriptor,
) -> Content:
    """Write a document through to the disk, and read it.

    :param max_size: bytes; nothing of a larger document is read.
    :param store: writes the open file through to the disk.
    :raises UnfitDocument: if it can never be delivered.
    :raises DocumentChanged: if somebody is still writing it.
    :raises StorageFailed: if the disk could not store it.
    :raises OSError: if it cannot be read.
    """
    descriptor = _open(path)
    try:
        before = os.fstat(descriptor)
        _require_regular(before)
        try:
            shape = _shape_of_fit(descriptor, before.st_size, max_size)
        except UnfitDocument:
            store(descriptor, path)  # or a power cut might cut it short where it is put away
            raise
        store(descriptor, path)
        data = _read(descriptor, before.st_size)
        if not Look.of(before).is_of(os.fstat(descriptor)) or len(data) != before.st_size:
            raise DocumentChanged(f"{path.name} changed while it was read.")
    finally:
        os.close(descriptor)
    return Content.of(data, shape.media_type)


def read_sidecar(
    path: Path,
    *,
    max_size: int,
    store: Callable[[int, Path], None] = storing.fsync_descriptor,
) -> bytes:
    """Write what belongs to a document through to the disk, and read it.

    :param max_size: bytes.
    :raises UnfitDocument: if it can never be read.
    :raises DocumentChanged, StorageFailed, OSError: as `inspect`.
    """
    descriptor = _open(path)
    try:
        status = os.fstat(descriptor)
        _require_regular(status)
        store(descriptor, path)
        if status.st_size > max_size:
            raise UnfitDocument(
                f"The sidecar {path.name} has {status.st_size:,} bytes; more than {max_size:,} are "
                "not read.",
                hint="Drop the document with the sidecar that belongs to it.",
            )
        data = _read(descriptor, status.st_size)
        if not Look.of(status).is_of(os.fstat(descriptor)) or len(data) != status.st_size:
            raise DocumentChanged(f"{path.name} changed while it was read.")
    finally:
        os.close(descriptor)
    return data


def still_holds(path: Path, data: bytes) -> bool:
    """Whether a file still holds the bytes that were read of it.

    It is read again: a look shows neither what was written through a memory map nor what came
    with the old time stamp (`cp -p`), and shares answer with what they knew a minute ago.

    :raises OSError: if it is not there, or cannot be read.
    """
    try:
        descriptor = _open(path)
    except UnfitDocument:
        return False
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode) or before.st_size != len(data):
            return False
        at = 0
        while at < len(data):
            piece = os.read(descriptor, min(_PIECE, len(data) - at + 1))
            if not piece or not data.startswith(piece, at):
                return False
            at += len(piece)
        return Look.of(before).is_of(os.fstat(descriptor))
    finally:
        os.close(descriptor)


def unchanged(path: Path, size: int | None, sha256: str) -> bool:
    """The same by what is remembered of its bytes; raises as `still_holds`."""
    return os.lstat(path).st_size == size and _sha256(path) == sha256


def same_bytes(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes now; one that is not there holds none.

    :raises OSError: if one cannot be read.
    """
    try:
        alike = one.lstat().st_size == other.lstat().st_size
        return alike and (sha256 := _sha256(one)) is not None and _sha256(other) == sha256
    except FileNotFoundError:
        return False


def digests(path: Path, look: Look) -> tuple[str, str]:
    """MD5 and SHA-256 of a file, in lower-case hexadecimal, read a piece at a time.

    :param look: how it looked; it still has to, before and after.
    :raises DocumentChanged: if it does not.
    :raises OSError: if it is not there, or cannot be read.
    """
    changed = DocumentChanged(f"{path.name} changed just now.")
    try:
        descriptor = _open(path)
    except UnfitDocument:
        raise changed from None
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with open(descriptor, "rb", buffering=0) as file:
        if Look.of(os.fstat(descriptor)) != look:
            raise changed
        while piece := file.read(_PIECE):
            md5.update(piece)
            sha256.update(piece)
        if Look.of(os.fstat(descriptor)) != look:
            raise changed
    return md5.hexdigest(), sha256.hexdigest()


def _sha256(path: Path) -> str | None:
    try:
        descriptor = _open(path)
    except UnfitDocument:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    # A symlink could point at a secret, and opening a FIFO would wait for its writer for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:  # a symlink; a socket
            raise _no_file() from error
        raise


def _shape_of_fit(descriptor: int, size: int, max_size: int) -> Shape:
    if size > max_size:
        raise TooLarge(size, max_size)
    shape = shape_of(descriptor, size)
    if (why := unfit(shape)) is not None:
        raise why
    return shape


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _no_file()


def _read(descriptor: int, size: int) -> bytes:
    """Read `size` bytes, and one more if it grew meanwhile."""
    parts, left = [], size
    while left > 0 and (part := os.read(descriptor, left + 1)):
        parts.append(part)
        left -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _no_file() -> UnfitDocument:
    return UnfitDocument("This is not a regular file.", hint="Give the document itself.")
