"""Mounting and unmounting for tests, where this process may."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MS_NOSUID, MS_NODEV, MS_BIND = 2, 4, 4096
MNT_FORCE, MNT_DETACH = 1, 2
_libc = ctypes.CDLL(None, use_errno=True)


def mount(source: str, point: Path, kind: str, options: str = "", flags: int = 0) -> None:
    given = [os.fsencode(text) for text in (source, str(point), kind)]
    if _libc.mount(*given, ctypes.c_ulong(flags), os.fsencode(options)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(point))


def unmount(point: Path, flags: int = MNT_DETACH) -> None:
    if _libc.umount2(os.fsencode(point), flags) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(point))


def unmount_all(point: Path) -> None:
    """Unmount whatever is mounted there, also what hangs."""
    with contextlib.suppress(OSError):
        while True:
            unmount(point, MNT_DETACH | MNT_FORCE)


def bind(folder: Path, point: Path) -> None:
    """Mount a folder at another place, as a share would be."""
    mount(str(folder), point, "none", flags=MS_BIND)


@contextmanager
def mounts_allowed(point: Path) -> Iterator[Path]:
    """Skip where mounting is not permitted; unmount whatever was mounted at `point`."""
    point.mkdir()
    try:
        mount("a-test", point, "tmpfs")
    except OSError as error:
        pytest.skip(f"mounting is not permitted here: {error}")
    unmount(point)
    try:
        yield point
    finally:
        unmount_all(point)
