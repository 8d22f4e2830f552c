"""Telling the folder that is meant from another at its path, by its marker and its mount."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ingestd.errors import InboxUnavailable
from ingestd.intake.folder import Folder
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
from ingestd.intake.mounts import Mount, mount_behind

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


class Marked:
    """What is known of one folder; the folder itself is shown to it, open."""

    def __init__(
        self,
        *,
        recall: Callable[[], Remembered | None],
        remember: Callable[[Remembered], None],
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        mount_behind: Callable[[int], Mount | None] = mount_behind,
    ) -> None:
        """Make one.

        :param recall: what is remembered of the folder from earlier.
        :param remember: keeps it for later.
        :param new_id: makes the id of a folder that never had one.
        """
        self._recall = recall
        self._remember = remember
        self._new_id = new_id
        self._now = now
        self._log = log
        self._mount_behind = mount_behind

    def identify(self, folder: Folder) -> Mount | None:
        """Make sure that this is the folder that is meant; it is marked as such.

        :returns: the mount it lies on.
        :raises InboxUnavailable: if it is not; nothing in it was touched.
        """
        mount = self._mount_behind(folder.descriptor)
        remembered = self._recall()
        known = Remembered.of(self._id(folder, remembered, mount), mount)
        if known != remembered:
            self._remember(known)
        return mount

    def may_be_made_in(self, parent: Folder) -> bool:
        """Whether the folder, which is not there, would be made where it was before, if ever."""
        remembered = self._recall()
        mount = self._mount_behind(parent.descriptor)
        return remembered is None or remembered == Remembered.of(remembered.id, mount)

    def _id(self, folder: Folder, remembered: Remembered | None, mount: Mount | None) -> str:
        marker = read_marker(folder)
        match judge(marker.id if marker else None, remembered, mount):
            case Ours():
                return marker.id if marker else ""
            case MarkNew():
                return write_marker(folder, self._new_id(), self._now()).id
            case Renewed():
                assert remembered is not None  # or there would be nothing to renew
                written = write_marker(folder, remembered.id, self._now())
                self._log.warning(
                    "inbox.back", path=str(folder.root), reason="The folder was made anew."
                )
                return written.id
            case NotMounted(reason, hint) | Foreign(reason, hint):
                raise InboxUnavailable(
                    f"The folder {folder.root} is not used: {reason}.", hint=hint
                )
