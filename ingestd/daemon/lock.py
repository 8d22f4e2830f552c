"""One daemon for one state folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestd.errors import SettingsError
from ingestd.observe import LOCK


@contextmanager
def lock_state(folder: Path) -> Iterator[None]:
    """Hold the state folder, making it if need be.

    :raises SettingsError: if it cannot be written, or another ingestd holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise SettingsError(
            f"The state folder {folder} cannot be used: {error.strerror}.",
            hint="Give the user that ingestd runs as the right to write there, or set state_dir.",
        ) from error
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SettingsError(
            f"Another ingestd is running with the state folder {folder}.",
            hint="Stop it first, or give this one a state_dir and inboxes of its own.",
        ) from error
    except OSError as error:
        raise SettingsError(
            f"The state folder {folder} cannot be locked: {error.strerror}.",
            hint="Set state_dir to a folder on a local disk.",
        ) from error
