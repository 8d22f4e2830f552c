"""The seam between an inbox and those who carry its documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ingestd.errors import StorageFailed
from ingestd.intake.sightings import Candidate


class Desk(Protocol):
    """Where an inbox hands over what it has found."""

    def inbox_opened(self, on_step: Callable[[], None]) -> None:
        """The folder is there, marked as ours and locked: recover what was claimed before.

        :param on_step: to be called whenever that got on, as it may take long.
        """

    def inbox_closed(self) -> None:
        """The folder cannot be used: claim nothing from it."""

    def storage_failed(self, error: StorageFailed) -> None:
        """The disk failed: the process must end."""

    def listing(self) -> None:
        """The folder is about to be listed."""

    def offer(
        self, ready: list[Candidate], pending: int, left: int, barred: int, lacking: list[str]
    ) -> None:
        """Everything that may be claimed, first one first; it replaces what was offered before.

        :param pending: files whose writers may not be done yet.
        :param left: files that are not waited for.
        :param barred: files that cannot be opened, and what is no file.
        :param lacking: paths of documents that wait for their sidecars.
        """
