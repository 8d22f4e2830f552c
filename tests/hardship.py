"""What befalls a program now and then: a full disk, missing rights, a second filesystem."""

from __future__ import annotations

import ctypes
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_CAPABILITIES_VERSION_3 = 0x20080522


@contextmanager
def no_room_to_write(room: int = 0) -> Iterator[None]:
    """Let every file end after so many bytes, as on a full disk; root is not spared either."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def bound_by_rights(call: Callable[[], T]) -> T:
    """Call where the modes of files and folders count, which for root they do not.

    Linux keeps capabilities by the thread, so this one gives them up and ends.
    """
    with ThreadPoolExecutor(1, initializer=_give_up_capabilities) as thread:
        return thread.submit(call).result()


def _give_up_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(header, none) != 0:
        raise OSError(ctypes.get_errno(), "capset")


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Take away the right to write in a folder."""
    folder.chmod(0o500)
    try:
        yield folder
    finally:
        folder.chmod(0o700)


@contextmanager
def folder_on_another_filesystem(than: Path) -> Iterator[Path | None]:
    """Make a folder that files cannot be renamed to; None where this machine has no such place."""
    here = than.stat().st_dev
    for place in (Path("/dev/shm"), Path("/var/tmp"), Path.home(), Path(tempfile.gettempdir())):
        if place.is_dir() and place.stat().st_dev != here and os.access(place, os.W_OK):
            with tempfile.TemporaryDirectory(dir=place) as folder:
                yield Path(folder)
            return
    yield None
