"""One daemon for one state folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestd.errors import SettingsError
from ingestd.observe import LOCK

_LOOKS = 100
_LOOK = 0.01
"""Seconds; so often is waited for those who only look whether the folder is held."""


@contextmanager
def lock_state(folder: Path, nap: Callable[[float], object] = time.sleep) -> Iterator[None]:
    """Hold the state folder, making it if need be.

    :param nap: waits for so many seconds.
    :raises SettingsError: if it cannot be written, or another ingestd holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except (FileExistsError, NotADirectoryError) as error:
        raise SettingsError(
            f"The state folder {folder} cannot be used: it, or a folder above it, is a file.",
            hint="Correct state_dir.",
        ) from error
    except OSError as error:
        raise SettingsError(
            f"The state folder {folder} cannot be used: {error.strerror}.",
            hint="Give the user that ingestd runs as the right to write there, or set state_dir.",
        ) from error
    try:
        _lock(descriptor, folder, nap)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path, nap: Callable[[float], object]) -> None:
    try:
        for _ in range(_LOOKS):
            if _locked(descriptor, fcntl.LOCK_EX):
                return
            # `status` takes a share of the lock for a moment, to see whether it can be had
            if not _locked(descriptor, fcntl.LOCK_SH):
                break
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            nap(_LOOK)
        raise SettingsError(
            f"Another ingestd is running with the state folder {folder}.",
            hint="Stop it first, or give this one a state_dir and inboxes of its own.",
        )
    except OSError as error:
        raise SettingsError(
            f"The state folder {folder} cannot be locked: {error.strerror}.",
            hint="Set state_dir to a folder on a local disk.",
        ) from error


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
