"""Noting the metrics down for node_exporter, as the settings say."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

from ingestd.observe import Log, write_textfile

EVERY = 15.0
"""Seconds, at least, between two times; at most the half minute between two turns is added."""
LONGEST_FAREWELL = 1.0
"""Seconds."""


class Noting:
    """Writes the file on a thread of its own, for its disk may be slow."""

    def __init__(
        self, path: Path, text: Callable[[], bytes], *, clock: Callable[[], float], log: Log
    ) -> None:
        """Write nothing yet.

        :param clock: monotonic seconds.
        """
        self._path = path
        self._text = text
        self._clock = clock
        self._log = log
        self._due = clock()
        self._wake = threading.Event()
        self._closing = False
        self._said = ""
        self._thread = threading.Thread(target=self._run, name="textfile", daemon=True)

    def turn(self) -> None:
        """Have the file written, if that was long enough ago."""
        now = self._clock()
        if now < self._due:
            return
        self._due = now + EVERY
        if self._thread.ident is None:
            self._thread.start()
        self._wake.set()

    def stopping(self) -> None:
        """Write no more: what is written goes with the end."""

    def close(self) -> None:
        """Remove the file, whose numbers are nobody's any more; waits a second at most."""
        self._closing = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(LONGEST_FAREWELL)

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._closing:
                with contextlib.suppress(OSError):
                    self._path.unlink()
                return
            self._write()

    def _write(self) -> None:
        try:
            write_textfile(self._path, self._text())
        except OSError as error:
            self._say(error)
        else:
            self._said = ""

    def _say(self, error: OSError) -> None:
        """Say once what is in the way; it is tried again quietly."""
        what = f"metrics.textfile: {self._path} cannot be written: {error.strerror}."
        if what != self._said:
            self._said = what
            self._log.warning(
                "metrics.unwritten",
                error=what,
                hint="Make its folder, and give the user that ingestd runs as the right to write.",
            )
