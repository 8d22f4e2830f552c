"""What befalls a program: a full or broken disk, missing rights, a second filesystem."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.refusing import CAN_REFUSE, refuse

T = TypeVar("T")

_libc = ctypes.CDLL(None, use_errno=True)

_LONGEST = 20.0
"""Seconds; only a failing test waits so long."""

_CAPABILITIES_VERSION_3 = 0x20080522
_SET_SECUREBITS, _NO_ROOT = 28, 1  # prctl(2), capabilities(7)


@contextmanager
def no_room_to_write(room: int = 0) -> Iterator[None]:
    """Let every file end after so many bytes, as on a full disk; root is not spared either."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def small_filesystem(folder: Path, size: str) -> Iterator[Path]:
    """Mount a filesystem of its own on a folder, made if need be; `size` as in `64k`."""
    folder.mkdir(exist_ok=True)
    options = f"size={size},mode=0755".encode()
    if _libc.mount(b"small", os.fsencode(folder), b"tmpfs", 0, options) != 0:
        pytest.skip(f"nothing may be mounted here: {os.strerror(ctypes.get_errno())}")
    try:
        yield folder
    finally:
        _libc.umount2(os.fsencode(folder), 2)  # MNT_DETACH: something may have a file open


def fill(folder: Path) -> None:
    """Leave no room on the filesystem that a folder lies on."""
    with (folder / "ballast").open("ab", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


def make_room(folder: Path) -> None:
    """Undo `fill`."""
    (folder / "ballast").unlink()


def where_the_disk_answers(code: int, calls: list[str], call: Callable[[], T]) -> T:
    """Call where these system calls fail with an errno, also in threads that are started there."""
    if not CAN_REFUSE:
        pytest.skip("needs the numbers of its system calls")

    def answered() -> T:
        refuse(calls, code)
        return call()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(answered).result()


def without_waiting(call: Callable[[], T]) -> T:
    """Call what must not wait, though it would for ever: then the test fails, and ends."""
    outcome: Future[T] = Future()

    def settle() -> None:
        try:
            outcome.set_result(call())
        except Exception as error:  # noqa: BLE001 - whoever called is told
            outcome.set_exception(error)

    threading.Thread(target=settle, daemon=True).start()
    return outcome.result(_LONGEST)


def bound_by_rights(call: Callable[[], T]) -> T:
    """Call where the modes of files and folders count, which for root they do not.

    Linux keeps capabilities by the thread, so this one gives them up and ends. Threads and
    processes that are started there have none either.
    """
    with ThreadPoolExecutor(1, initializer=_give_up_capabilities) as thread:
        return thread.submit(call).result()


def _give_up_capabilities() -> None:
    _libc.prctl(_SET_SECUREBITS, _NO_ROOT, 0, 0, 0)  # or root's programs would begin with them
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    if _libc.capset(header, none) != 0:
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
