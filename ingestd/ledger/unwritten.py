"""What happened to documents, and goes to the ledger with whatever is written to it next."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingestd.errors import StorageFailed
from ingestd.model import ENDS, State


@dataclass(frozen=True, slots=True)
class Unwritten:
    """What happened to one document since it was written down last."""

    id: str
    since: State | None
    """The state that it was written down with; None: it was not yet."""
    state: State
    facts: Mapping[str, Any]
    """Its fields that are others now."""
    happened: Sequence[Mapping[str, Any]] = ()
    """The rows of its events, in their order."""

    def then(self, later: Unwritten) -> Unwritten:
        """Both, to be written as one."""
        return Unwritten(
            self.id,
            self.since,
            later.state,
            {**self.facts, **later.facts},
            (*self.happened, *later.happened),
        )


class LeftOver:
    """The changes that nobody waits for, each document's as one; used by all threads.

    Only those are left over that begin where their document is known to be: whoever goes on with a
    stale copy is told at once. Where another process moved a document on, that shows when what was
    left over is written, and whoever goes on with it is told then.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changes: dict[str, Unwritten] = {}
        self._being_written = self._in_a_hurry = False
        self._stands: dict[str, State | Exception] = {}
        """How each document that is under way here stands; or why it does not stand so."""
        self._broken: StorageFailed | None = None

    @property
    def is_written(self) -> bool:
        """Whether nothing is left over any more."""
        return not self._changes and not self._being_written

    def leave(self, one: Unwritten) -> bool:
        """Keep it until something is written; False where it has to be written at once.

        :raises Exception: what `make_sure_of` does.
        """
        self.make_sure_of(one)
        with self._lock:
            is_known = one.since in {None, self._stands.get(one.id)}
            if is_known and not self._in_a_hurry:
                self._keep(one)
                self._note(one)
                return True
        return False

    def leave_unheard_of(self, one: Unwritten) -> bool:
        """Do the same for a document of which the ledger has heard nothing; False if it has.

        What is done next depends on nothing that it says then, in a hurry neither.
        """
        with self._lock:
            before = self._changes.get(one.id)
            if self._being_written or not before or before.since or before.state is not one.since:
                return False
            self._keep(one)
            self._note(one)
            return True

    def make_sure_of(self, one: Unwritten) -> None:
        """Raise what became of an earlier change of the document; or of the disk."""
        self.ensure_unbroken()
        stands = self._stands.get(one.id)
        if isinstance(stands, Exception):
            self.forget(one)
            raise stands

    def ensure_unbroken(self) -> None:
        """Raise what became of the disk, if it failed."""
        if self._broken:
            raise self._broken

    def take(self) -> dict[str, Unwritten]:
        """Take all of them, by the documents' ids, to write them now."""
        with self._lock:
            taken, self._changes = self._changes, {}
            self._being_written = True
            return taken

    def all_taken_is_over(self) -> None:
        """What was taken is written, was put back, or is lost."""
        self._being_written = False

    def written(self, ones: Sequence[Unwritten]) -> None:
        """These are in the ledger, which works."""
        with self._lock:
            self._in_a_hurry = False
            for one in ones:
                if one.id not in self._changes:
                    self._note(one)

    def put_back(self, one: Unwritten) -> None:
        """It was not written, and is to be."""
        with self._lock:
            later = self._changes.pop(one.id, None)
            self._keep(one)
            if later:
                self._keep(later)

    def hurry(self) -> None:
        """The ledger cannot be used: until it can, nothing more is left over unseen."""
        self._in_a_hurry = True

    def lost(self, one: Unwritten, error: Exception) -> None:
        """It cannot be written, whatever comes; whoever goes on with the document is told."""
        with self._lock:
            later = self._changes.pop(one.id, one)
            if later.state not in ENDS:
                self._stands[one.id] = error

    def forget(self, one: Unwritten) -> None:
        """Nobody here knows how its document stands."""
        self._stands.pop(one.id, None)

    def broke(self, error: StorageFailed) -> None:
        """The disk failed: whoever comes next is told, and nothing more is written."""
        self._broken = error

    def _keep(self, one: Unwritten) -> None:
        before = self._changes.get(one.id)
        self._changes[one.id] = before.then(one) if before else one

    def _note(self, one: Unwritten) -> None:
        if one.state in ENDS:
            self._stands.pop(one.id, None)
        else:
            self._stands[one.id] = one.state
