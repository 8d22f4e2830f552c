"""Is the folder at an inbox's path the inbox that is meant, and is it ours alone?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from ingestd.intake.folder import opened
from ingestd.intake.lock import hold, same_lock
from ingestd.intake.marked import Marked
from ingestd.intake.marker import make_work, read_marker
from ingestd.intake.mounts import Mount, needs_polling, stamps_changes, tells_writers


class Guard:
    """Stands before one inbox; used by its thread alone."""

    def __init__(self, root: Path, marked: Marked) -> None:
        self._root = root
        self._marked = marked
        self._lock: int | None = None
        self._confirmed: os.stat_result | None = None
        self.stamped: int | None = None
        """Its device, if whatever happens to a file there is stamped by this machine's clock."""
        self.tells_writers = True
        """Whether the kernel knows who has a file there open for writing."""

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
            mount = self._marked.identify(inbox)
            make_work(inbox)
            self._confirmed = os.fstat(inbox.descriptor)
        self.stamped = self._confirmed.st_dev if stamps_changes(mount) else None
        self.tells_writers = tells_writers(mount)
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


def is_marked(root: Path) -> bool:
    """Whether a folder is there and has the marker of an inbox.

    :raises InboxUnavailable: if that cannot be told.
    """
    with opened(root) as folder:
        return read_marker(folder) is not None
