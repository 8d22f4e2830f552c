"""Folders outside of their inbox that documents are put away in: perhaps on shares of their own.

A share that is not mounted leaves an empty folder at its path, or none. What is put there is out
of sight as soon as the share is back. So such a folder is marked and remembered as an inbox is.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path

from ingestd.errors import FolderUnusable, InboxUnavailable
from ingestd.intake import Marked, opened


class OutsideFolder:
    """One such folder; used by all workers of an inbox."""

    def __init__(self, top: Path, marked: Marked) -> None:
        self.top = top
        self._marked = marked
        self._one_at_a_time = threading.Lock()
        self._confirmed: os.stat_result | None = None

    def confirm(self) -> None:
        """Make sure that the folder is the one that is meant; it is made if it never was.

        :raises FolderUnusable: if it is not, or is missing where its share should be.
        :raises LedgerUnusable: if what is known of it cannot be read or kept.
        """
        with self._one_at_a_time:
            try:
                self._confirm()
            except InboxUnavailable as error:
                raise FolderUnusable(str(error), hint=error.hint) from error
            except OSError as error:
                raise FolderUnusable(
                    f"The folder {self.top} cannot be used: {error.strerror}.",
                    hint="Make it, or mount the share that it lies on.",
                ) from error

    def _confirm(self) -> None:
        try:
            seen = os.stat(self.top)
        except FileNotFoundError:
            self._make()
            seen = os.stat(self.top)
        if self._confirmed is None or not os.path.samestat(seen, self._confirmed):
            with opened(self.top) as folder:
                self._marked.identify(folder)
                self._confirmed = os.fstat(folder.descriptor)

    def _make(self) -> None:
        parent = next(path for path in self.top.parents if path.is_dir())
        with opened(parent) as folder:
            if not self._marked.may_be_made_in(folder):
                raise FileNotFoundError(None, "it is not there, and neither is the share it was on")
        self.top.mkdir(parents=True, exist_ok=True)


def confirm_in(outside: Iterable[OutsideFolder], folder: Path) -> None:
    """Make sure of those that a folder is, or lies in (see `OutsideFolder.confirm`)."""
    for one in outside:
        if one.top in (folder, *folder.parents):
            one.confirm()
