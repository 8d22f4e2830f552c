"""The file that [log] names: can it be written, and is it one?"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ingestd.admin.doctor.errand import Errand, came_back
from ingestd.admin.doctor.finding import Finding, fail, ok, warn
from ingestd.admin.doctor.place import write_trouble
from ingestd.regular import kind_of

SUBJECT = "log: file"
_CURE = "Name a file in a folder that is there, and that the daemon's user may write."


@dataclass(frozen=True, slots=True)
class SeenLog:
    """What was seen of it."""

    path: Path
    there: bool
    """Whether it has been made."""
    kind: str = ""
    """What it is in place of a file."""
    trouble: str = ""
    """Why it cannot be written, or made."""
    bound: str = ""
    """Why it cannot be begun anew, where it is to be."""


def look_at_log(path: Path, *, rotates: bool) -> SeenLog:
    """Look at the file, which need not be there yet; nothing is written into it.

    :param rotates: the daemon is to begin it anew where it grows too large.
    :raises OSError: if its folder cannot be searched.
    """
    folder = Path(os.path.realpath(path)).parent
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return SeenLog(path, there=False, trouble=write_trouble(folder))
    if stat.S_ISDIR(mode):
        return SeenLog(path, there=True, trouble=f"it is {kind_of(mode)}")
    if not stat.S_ISREG(mode):  # to open a pipe and close it tells its reader that this is the end
        trouble = "" if os.access(path, os.W_OK) else "Permission denied"
        return SeenLog(path, there=True, kind=kind_of(mode), trouble=trouble)
    bound = write_trouble(path.parent) if rotates else ""
    return SeenLog(path, there=True, trouble=_trouble(path), bound=bound)


def _trouble(path: Path) -> str:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC))
    except OSError as error:
        return error.strerror or str(error)
    return ""


def of_log(seen: SeenLog, *, given: str) -> Finding:
    """Judge it.

    :param given: the setting, as it is written.
    """
    if seen.trouble:
        return fail(SUBJECT, f"{seen.path} cannot be written: {seen.trouble}.", _CURE)
    if not os.path.isabs(given):
        return warn(
            SUBJECT,
            f'"{given}" is {seen.path} here, and another file for whoever starts elsewhere.',
            "Write the whole path.",
        )
    if seen.kind:
        return warn(
            SUBJECT,
            f"{seen.path} is {seen.kind}, and keeps nothing of what is written.",
            "Name a file; the log goes to standard error as well.",
        )
    if seen.bound:
        return warn(
            SUBJECT,
            f"{seen.path} grows beyond file_max_size: nothing can be made in its folder: "
            f"{seen.bound}.",
            "Give the user that ingestd runs as the right to write in that folder.",
        )
    return ok(SUBJECT, f"{seen.path} {'can be written' if seen.there else 'can be made'}.")


class LogRound:
    """The log's file, looked at by somebody of its own: it may lie on a share that hangs."""

    def __init__(self, given: str, *, rotates: bool, patience: float) -> None:
        """Send somebody off.

        :param given: the setting.
        :param rotates: see `look_at_log`.
        :param patience: seconds that it may take.
        """
        self._given = given
        self._path = Path(os.path.abspath(given))
        self._look = Errand(partial(look_at_log, self._path, rotates=rotates), patience=patience)

    def findings(self) -> list[Finding]:
        """Say how it stands."""
        seen, findings = came_back(self._look, SUBJECT, str(self._path), _CURE)
        return findings if seen is None else [of_log(seen, given=self._given)]
