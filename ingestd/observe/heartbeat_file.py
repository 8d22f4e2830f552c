"""A file that is touched for as long as the daemon is alive, for whoever asks a container's health.

Its age is the answer, and a shell can compare that.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from ingestd.observe.logs import Log


class HeartbeatFile:
    """Touches one file."""

    def __init__(self, path: Path, log: Log) -> None:
        self._path = path
        self._log = log
        self._complained = False
        self._touched = False

    def beat(self) -> None:
        """Touch it; a warning says so when that begins to fail."""
        try:
            self._path.touch()
        except OSError as error:
            if not self._complained:
                self._log.warning(
                    "heartbeat.failed",
                    path=str(self._path),
                    error=f"The heartbeat file cannot be touched: {error.strerror}.",
                    hint="Set heartbeat_file to where the user that ingestd runs as may write.",
                )
            self._complained = True
        else:
            self._complained, self._touched = False, True

    def end(self) -> None:
        """Take it away: nobody is alive any more. What was never touched is somebody else's."""
        if not self._touched:
            return
        with contextlib.suppress(OSError):
            self._path.unlink()
