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
from ingestd.intake.folder import Folder, opened
from ingestd.intake.marker import (
    Foreign,
    MarkNew,
    NotMounted,
    Ours,
    Remembered,
    Renewed,
    judge,
    make_work,
    read_marker,
    write_marker,
)
from ingestd.intake.mounts import Mount, mount_behind, needs_polling


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
        mount_behind: Callable[[int], Mount | None] = mount_behind,
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
        self._mount_behind = mount_behind
        self._lock: int | None = None
        self._confirmed: os.stat_result | None = None

    def open(self, watch: Literal["auto", "native", "poll"]) -> bool:
        """Make sure of the folder; tell whether it has to be polled.

        :raises InboxUnavailable: if it cannot be served now; nothing in it was touched.
        """
        mount = self.confirm()
        return needs_polling(mount) if watch == "auto" else watch == "poll"

    def confirm(self) -> Mount | None:
        """Make sure that the folder is still the inbox that is meant, and ours alone.

        :returns: the mount it lies on.
        :raises InboxUnavailable: if it is not.
        """
        with opened(self._root) as inbox:
            mount = self._mount_behind(inbox.descriptor)
            remembered = self._recall()
            known = Remembered.of(self._identify(inbox, remembered, mount), mount)
            make_work(inbox)
            self._confirmed = os.fstat(inbox.descriptor)
        if known != remembered:
            self._remember(known)
        self._hold()
        return mount

    def confirm_if_replaced(self) -> None:
        """Do the same if another folder is at its path by now; cheap enough for every look.

        Somebody else's share may be mounted over it, work folder and all.

        :raises InboxUnavailable: if it is not the inbox any more.
        :raises OSError: if nothing is there at all.
        """
        if self._confirmed is None or not os.path.samestat(os.stat(self._root), self._confirmed):
            self.confirm()

    def _identify(self, inbox: Folder, remembered: Remembered | None, mount: Mount | None) -> str:
        """The id of an inbox that may be served; it is marked with it."""
        marker = read_marker(inbox)
        match judge(marker.id if marker else None, remembered, mount):
            case Ours():
                return marker.id if marker else ""
            case MarkNew():
                return write_marker(inbox, self._new_id(), self._now()).id
            case Renewed():
                assert remembered is not None  # or there would be nothing to renew
                self._log.warning("inbox.back", reason="The folder was made anew.")
                return write_marker(inbox, remembered.id, self._now()).id
            case NotMounted(reason, hint) | Foreign(reason, hint):
                raise InboxUnavailable(
                    f"The inbox folder {self._root} is not served: {reason}.", hint=hint
                )

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
