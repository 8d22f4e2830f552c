"""Having the daemon that runs read its settings again, and hearing what came of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from ingestd.admin.lock_holder import Holder, holder, holder_of
from ingestd.errors import IngestdError
from ingestd.observe import LOCK, SettingsReport, read_report

LONGEST_WAIT = 35.0
"""Seconds; the daemon gives the reading of its settings up after 30."""
LOOK = 0.1
"""Seconds between looks at its report."""

AS_THAT_USER = "Run this as the user that ingestd runs as: sudo -u ingestd ingestd reload"


def ask_to_reload(
    state_dir: Path,
    *,
    now: Callable[[], datetime],
    send: Callable[[int, signal.Signals], object] = os.kill,
    nap: Callable[[float], object] = time.sleep,
) -> SettingsReport:
    """Ask the daemon with this state folder to read its settings again, and wait until it did.

    :raises IngestdError: if there is none, it cannot be asked, or does not answer.
    """
    pid, asked_at = daemon_of(state_dir), now()
    try:
        send(pid, signal.SIGHUP)
    except PermissionError as error:
        raise IngestdError(f"ingestd (pid {pid}) is another user's.", hint=AS_THAT_USER) from error
    for _ in range(round(LONGEST_WAIT / LOOK)):
        report = read_report(state_dir)
        if report and report.settings and report.settings.read >= asked_at:
            return report.settings
        nap(LOOK)
    raise IngestdError(
        f"ingestd (pid {pid}) was asked, and did not say within {LONGEST_WAIT:.0f} seconds what "
        "came of it.",
        hint="Its log does, as settings.reloaded or settings.refused.",
    )


def daemon_of(state_dir: Path) -> int:
    """The process id of the daemon with this state folder, if it is one that reloads for certain.

    To any other process SIGHUP would be the end.

    :raises IngestdError: if there is none, or it cannot be told.
    """
    lock = state_dir / LOCK
    if not _is_held(lock):
        raise IngestdError(
            f"No ingestd runs with the state folder {state_dir}.",
            hint="Nothing is to be reloaded: `ingestd run` reads the settings when it starts.",
        )
    report = read_report(state_dir)
    if report is None or not _holds(report.pid, lock):
        raise IngestdError(
            "ingestd runs, but which process it is cannot be told from here.",
            hint="Where it was started just now, try again in half a minute. Else send SIGHUP to "
            "`ingestd run` where that runs: `systemctl reload ingestd`, or `docker kill --signal "
            "HUP` with the name of its container. An `ingestd once` it would end.",
        )
    if report.settings is None:
        raise IngestdError(
            f"What runs (pid {report.pid}) ends by itself, and reads its settings at the start.",
            hint="Nothing is to be reloaded: its next run reads them.",
        )
    return report.pid


def _is_held(lock: Path) -> bool:
    try:
        return holder(lock) is not None
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise IngestdError(
            f"Whether ingestd runs cannot be told: {lock.parent} may not be read "
            f"({error.strerror}).",
            hint=AS_THAT_USER,
        ) from error


def _holds(pid: int, lock: Path) -> bool:
    # The kernel's table of locks is of no help on btrfs. What a process has open is not shown to
    # who lacks a capability that it has, such as CAP_LEASE.
    return holder_of(lock) == Holder(pid) or _has_open(pid, lock)


def _has_open(pid: int, path: Path) -> bool:
    """Whether a process has a file open.

    :raises IngestdError: if this user may not know.
    """
    folder = Path(f"/proc/{pid}/fd")
    try:
        descriptors = list(folder.iterdir())
    except PermissionError as error:
        raise IngestdError(f"ingestd (pid {pid}) is another user's.", hint=AS_THAT_USER) from error
    except OSError:
        return False
    for descriptor in descriptors:
        with suppress(OSError):  # closed meanwhile
            # by its name first: to look at what lies on a share that hangs would hang
            if Path(os.readlink(descriptor)).name == path.name and path.samefile(descriptor):
                return True
    return False
