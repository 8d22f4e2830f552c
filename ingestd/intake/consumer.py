"""Who takes over what an inbox has found, to carry it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ingestd.errors import StorageFailed
from ingestd.intake.sightings import Candidate


class Consumer(Protocol):
    """Takes over what one inbox has found; told of its folder by the inbox's thread."""

    def inbox_opened(self, on_step: Callable[[], None]) -> None:
        """The folder is there, marked as ours and locked: recover what was claimed before.

        :param on_step: to be called whenever that got on, as it may take long.
        """

    def inbox_closed(self) -> None:
        """The folder cannot be used: claim nothing from it."""

    def storage_failed(self, error: StorageFailed) -> None:
        """The disk failed: the process must end."""

    def listing_begins(self) -> None:
        """What is offered next is what lies in the folder from now on."""

    def offer(
        self, ready: list[Candidate], pending: int, left: int, barred: int, lacking: list[str]
    ) -> None:
        """Everything that may be claimed, first one first; it replaces what was offered before.

        :param pending: files whose writers may not be done yet.
        :param left: files that are not waited for.
        :param barred: files that cannot be opened, and what is no file.
        :param lacking: paths of documents that wait for their sidecars.
        """
