"""What was proven already, kept for a run that goes on where an earlier one was interrupted."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ingestd.admin.done import DoneFile

NAME = "reconcile.json"
EVERY = 100
"""Proofs after which they are written down."""
SECONDS = 5.0
"""Between two times of that: all are written each time, and there may be a hundred thousand."""
OLDEST = timedelta(days=1)
"""What was begun before that is begun again: invoices may have been deleted since."""

_Entry = list[Any]  # size, mtime_ns, inode, ids of invoices


class Proofs:
    """Which files were proven, in a file in the state folder; only those that took some effort."""

    def __init__(
        self, state_dir: Path, now: Callable[[], datetime], clock: Callable[[], float]
    ) -> None:
        """Go on with those of an interrupted run, if there was one.

        :param now: the time of day, aware.
        :param clock: monotonic seconds.
        """
        self.error = ""
        """Why they could not be written down, if so."""
        self._path = state_dir / NAME
        self._clock = clock
        self._unsaved = 0
        self._saved_at = clock()
        self._begun, self._kept = self._load(now())
        self.earlier = sum(len(kept) for kept in self._kept.values())
        """How many were proven by the interrupted run."""

    def recall(self, kanbert: str, file: DoneFile) -> tuple[str, ...] | None:
        """The invoices that this file was proven to have, if it was and is still the same.

        :param kanbert: tells whose invoices they are.
        """
        entry = self._kept.get(kanbert, {}).get(file.path)
        return tuple(entry[3]) if entry and entry[:3] == _looks(file) else None

    def keep(self, kanbert: str, file: DoneFile, invoices: tuple[str, ...]) -> None:
        """Remember that a file was proven."""
        self._kept.setdefault(kanbert, {})[file.path] = [*_looks(file), list(invoices)]
        self._unsaved += 1
        if self._unsaved >= EVERY and self._clock() - self._saved_at >= SECONDS:
            self.save()

    def save(self) -> None:
        """Write down what is not yet; where that fails, only the next run has more to do."""
        if not self._unsaved:
            return
        draft = self._path.with_name(f"{NAME}.tmp")
        content = {"begun": self._begun.isoformat(), "proven": self._kept}
        try:
            draft.write_text(json.dumps(content), encoding="ascii")
            draft.replace(self._path)
        except OSError as error:
            self.error = f"{self._path} cannot be written: {error.strerror}."
        self._unsaved, self._saved_at = 0, self._clock()

    def forget(self) -> None:
        """Remove them: the run came to its end."""
        self._unsaved = 0
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _load(self, now: datetime) -> tuple[datetime, dict[str, dict[str, _Entry]]]:
        try:
            found = json.loads(self._path.read_bytes())
            begun = datetime.fromisoformat(found["begun"])
            kept = {
                str(kanbert): {path: _entry(entry) for path, entry in entries.items()}
                for kanbert, entries in found["proven"].items()
            }
            fresh = timedelta() <= now - begun <= OLDEST
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return now, {}
        return (begun, kept) if fresh else (now, {})


def _looks(file: DoneFile) -> list[int]:
    return [file.look.size, file.look.mtime_ns, file.look.inode]


def _entry(given: Any) -> _Entry:
    size, mtime_ns, inode, invoices = given
    return [int(size), int(mtime_ns), int(inode), [str(one) for one in invoices]]
