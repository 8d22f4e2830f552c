"""Is the folder at an inbox's path the inbox that is meant, and is it ours alone?"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from structlog.typing import FilteringBoundLogger

from ingestd.errors import InboxUnavailable
from ingestd.intake.claim import hold, same_lock
from ingestd.intake.marker import (
    Foreign,
    MarkNew,
    NotMounted,
    Ours,
    Remembered,
    Renewed,
    judge,
    read_marker,
    write_marker,
)
from ingestd.intake.mounts import Mount, mount_at, needs_polling


class Guard:
    """Stands before one inbox; used by its thread alone."""

    def __init__(
        self,
        root: Path,
        *,
        recall: Callable[[], Remembered | None],
        remember: Callable[[Remembered], None],
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        mount_at: Callable[[Path], Mount | None] = mount_at,
    ) -> None:
        """Make a guard.

        :param recall: what is remembered of the inbox from earlier.
        :param remember: keeps it for later.
        :param new_id: makes the id of an inbox that never had one.
        """
        self._root = root
        self._recall = recall
        self._remember = remember
        self._new_id = new_id
        self._now = now
        self._log = log
        self._mount_at = mount_at
        self._lock: int | None = None

    def open(self, watch: Literal["auto", "native", "poll"]) -> bool:
        """Make sure of the folder and lock it; tell whether it has to be polled.

        :raises InboxUnavailable: if it cannot be served now; nothing in it was touched.
        """
        self.confirm()
        self._hold()
        return needs_polling(self._mount_at(self._root)) if watch == "auto" else watch == "poll"

    def confirm(self) -> None:
        """Make sure that the folder is still the inbox that is meant.

        :raises InboxUnavailable: if it is not.
        """
        marker = read_marker(self._root)
        remembered = self._recall()
        mount = self._mount_at(self._root)
        match judge(marker.id if marker else None, remembered, mount):
            case Ours():
                found = marker.id if marker else ""
            case MarkNew():
                found = write_marker(self._root, self._new_id(), self._now()).id
            case Renewed():
                assert remembered is not None  # or there would be nothing to renew
                self._log.warning("inbox.back", reason="The folder was made anew.")
                found = write_marker(self._root, remembered.id, self._now()).id
            case NotMounted(reason, hint) | Foreign(reason, hint):
                raise InboxUnavailable(
                    f"The inbox folder {self._root} is not served: {reason}.", hint=hint
                )
        self._keep(Remembered.of(found, mount), remembered)

    def _hold(self) -> None:
        """Lock the inbox, unless it is the one that is locked already."""
        if self._lock is not None and same_lock(self._root, self._lock):
            return
        self.close()
        self._lock = hold(self._root)

    def close(self) -> None:
        """Let go of the lock."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def _keep(self, known: Remembered, remembered: Remembered | None) -> None:
        if known != remembered:
            self._remember(known)
