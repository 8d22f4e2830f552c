"""A folder as this user finds it: rights, filesystem, room."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ingestd.admin.doctor.finding import Finding, fail
from ingestd.intake import Mount, mount_behind, opened
from ingestd.intake.unavailable import unavailable

_IN_MEMORY = frozenset({"tmpfs", "ramfs"})
_RIGHTS = {"read": os.R_OK, "written": os.W_OK, "searched": os.X_OK}

_LONG_AGO = 10**9
"""Seconds since the epoch. Not 0: FAT begins with 1980."""


@dataclass(frozen=True, slots=True)
class Room:
    """Space on a filesystem, in bytes for others than root."""

    free: int
    size: int
    """0 where the filesystem does not tell."""
    files_free: int = 1
    files: int = 0
    """How many there may be; 0 where the filesystem sets no number."""


@dataclass(frozen=True, slots=True)
class Place:
    """What was seen of a folder, or of the one that it would be made in."""

    path: Path
    there: Path
    """Itself, or the nearest above it that exists."""
    lacking: tuple[str, ...]
    """What this user may not do with it: "read", "written", "searched"."""
    read_only: bool
    owner: int
    device: int
    mount: Mount | None
    room: Room

    @property
    def exists(self) -> bool:
        """Whether it has been made."""
        return self.path == self.there

    @property
    def in_memory(self) -> bool:
        """Whether all in it is gone when the machine starts anew."""
        return is_memory(self.mount)

    def shares_filesystem(self, other: Place) -> bool:
        """Whether files can be renamed from one to the other.

        Not between two mounts of one filesystem (rename(2), EXDEV), nor between subvolumes of
        btrfs, which are one mount and differ in their device.
        """
        mounts = [place.mount.id if place.mount else 0 for place in (self, other)]
        return self.device == other.device and mounts[0] == mounts[1]


def is_memory(mount: Mount | None) -> bool:
    """Whether a filesystem is kept in memory alone."""
    return mount is not None and mount.filesystem in _IN_MEMORY


def look_at(path: Path, *, may_be_made: bool) -> Place:
    """Look at a folder.

    :param may_be_made: look at the nearest folder above it where it does not exist.
    :raises InboxUnavailable: if it cannot be opened.
    """
    there = _nearest(path) if may_be_made else path
    with opened(there) as folder:
        about, disk = os.fstat(folder.descriptor), os.fstatvfs(folder.descriptor)
        return Place(
            path=path,
            there=there,
            lacking=tuple(name for name, mode in _RIGHTS.items() if not os.access(there, mode)),
            read_only=bool(disk.f_flag & os.ST_RDONLY),
            owner=about.st_uid,
            device=about.st_dev,
            mount=mount_behind(folder.descriptor),
            room=Room(
                free=disk.f_bavail * disk.f_frsize,
                size=disk.f_blocks * disk.f_frsize,
                files_free=disk.f_favail,
                files=disk.f_files,
            ),
        )


def _nearest(path: Path) -> Path:
    """The folder, or the nearest above it that is there; a link that leads nowhere is."""
    return next(one for one in (path, *path.parents) if os.path.lexists(one))


def write_trouble(folder: Path) -> str:
    """Why nothing can be made in a folder, by making a file and removing it; empty if it can be."""
    path = folder / f"doctor-{uuid.uuid4().hex}.tmp"
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        path.unlink()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def stamps_renames(folder: Path) -> bool:
    """Whether a file gets another time of change when it is renamed; False if nobody can tell."""
    path = folder / f"doctor-{uuid.uuid4().hex}.tmp"
    renamed = path.with_name(f"renamed-{path.name}")
    try:
        path.touch(0o600, exist_ok=False)
        os.utime(path, (_LONG_AGO, _LONG_AGO))
        before = path.lstat().st_mtime_ns
        path.rename(renamed)
        return renamed.lstat().st_mtime_ns != before
    except OSError:
        return False
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
            renamed.unlink(missing_ok=True)


def rights_missing(subject: str, place: Place) -> Iterator[Finding]:
    """Say what may not be done with a folder."""
    if place.read_only:
        error = unavailable(place.there, OSError(errno.EROFS, ""))
        yield fail(subject, str(error), error.hint)
    elif place.lacking:
        to_make = "" if place.exists else f", where {place.path} would be made,"
        yield fail(
            subject,
            f"{place.there}{to_make} may not be {' or '.join(place.lacking)} by this user.",
            "Give the user that ingestd runs as the right to read, write and search it.",
        )
