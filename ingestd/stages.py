"""What the documents of one inbox are carried with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ingestd.describe import Rules
from ingestd.filing import Cabinet
from ingestd.intake import Workplace
from ingestd.kanbert import Kanbert
from ingestd.ledger import Ledger
from ingestd.model import Document, Outcome
from ingestd.observe import Log
from ingestd.shrink import Shrunk

LARGEST = 10
"""Times what is sent at most that a document may have, and still be made smaller."""

CHANGED_SINCE = (
    "It was changed after it had been read: Kanbert has what it was, and what it is now goes back "
    "into the inbox, as another document."
)

DELETED_SINCE = (
    "It was put away as delivered before a crash, and Kanbert shows no invoice of it any more."
)


@dataclass(frozen=True, slots=True)
class Stages:
    """The collaborators of an inbox's stages, and its plain settings."""

    workplace: Workplace
    kanbert: Kanbert
    ledger: Ledger
    cabinet: Cabinet
    log: Log
    rules: Rules
    external_origin: str
    max_size: int
    """Bytes that are sent of a document at most."""
    may_still_arrive: Callable[[Document], bool]
    """Whether a create whose answer never came could yet be carried out by the server."""
    now: Callable[[], datetime]
    shrink: Callable[[bytes], Shrunk] | None = None
    """Makes a copy of a PDF that has no more than `max_size` bytes; None: what has more fails.

    Raises `TooLarge` if there is none, `NotItsTurn` while one is made of another document, and
    OSError if that cannot be found out now.
    """

    def foreseen(self, name: str) -> str:
        """Where a document goes if it is delivered, where that can be said before; else empty.

        Of a folder outside of the inbox nothing is asked before it is needed. Its share may hang or
        be away, which is noticed, and told, while something is put there; and what is copied to
        it has its place written down by a commit of its own.

        :param name: as in `Cabinet.folder_for`.
        """
        when = self.now()
        folder = self.cabinet.folder_for(Outcome.DELIVERED, name, when)
        is_inside = self.workplace.root in folder.parents
        return self.cabinet.foreseen(name, when) if is_inside else ""

    @property
    def largest(self) -> int:
        """Bytes that a document may have which is read at all."""
        return self.max_size * LARGEST if self.shrink else self.max_size

    def makes_smaller(self, size: int | None) -> bool:
        """Whether of a document of so many bytes a smaller copy is made, if it is a PDF.

        :param size: None: it is not known yet, so perhaps.
        """
        return self.shrink is not None and (size is None or self.max_size < size <= self.largest)
