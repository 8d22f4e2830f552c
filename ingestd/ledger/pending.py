"""Changes that nobody waits for, on their way to the database: the next commit takes them along."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingestd.errors import StorageFailed
from ingestd.model import ENDS, State


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written of one document, as one statement and its events."""

    id: str
    since: State | None
    """The state that it has in the database; None: it is not there yet."""
    state: State
    facts: Mapping[str, Any]
    """Its fields that are others now."""
    events: Sequence[Mapping[str, Any]] = ()
    """Rows, in their order."""

    def then(self, later: Change) -> Change:
        """Both, to be written as one."""
        return Change(
            self.id,
            self.since,
            later.state,
            {**self.facts, **later.facts},
            (*self.events, *later.events),
        )


class Pending:
    """The changes that were deferred, each document's as one; used by all threads.

    Only those are deferred that begin where their document is known to be: whoever goes on with a
    stale copy is told at once. Where another process moved a document on, that shows when the
    deferred change is written, and whoever goes on with it is told then.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changes: dict[str, Change] = {}
        self._being_written = False
        self._is_ledger_usable = True
        self._states: dict[str, State | Exception] = {}
        """Of the documents that are under way here; or why a change of one could not be written."""
        self._disk_failure: StorageFailed | None = None

    @property
    def is_empty(self) -> bool:
        """Whether all is written, and nothing is being written."""
        return not self._changes and not self._being_written

    def defer(self, change: Change) -> bool:
        """Keep it for the next commit; False where it has to be written at once.

        :raises Exception: what `ensure_not_lost` does.
        """
        self.ensure_not_lost(change)
        with self._lock:
            is_known = change.since in {None, self._states.get(change.id)}
            if is_known and self._is_ledger_usable:
                self._keep(change)
                self._note(change)
                return True
        return False

    def defer_unheard_of(self, change: Change) -> bool:
        """Do the same for a document that the database never heard of; False if it has.

        Nothing depends on what is written of that, be the ledger usable or not.
        """
        with self._lock:
            before = self._changes.get(change.id)
            is_next = before and before.since is None and before.state is change.since
            if self._being_written or not is_next:
                return False
            self._keep(change)
            self._note(change)
            return True

    def ensure_not_lost(self, change: Change) -> None:
        """Raise why an earlier change of the document could not be written, or no change can be."""
        self.ensure_disk_works()
        known = self._states.get(change.id)
        if isinstance(known, Exception):
            self.forget(change)
            raise known

    def ensure_disk_works(self) -> None:
        """Raise what became of the disk, if it failed."""
        if self._disk_failure:
            raise self._disk_failure

    def take(self) -> dict[str, Change]:
        """Take all, by the documents' ids, to write them now; `taken_are_done` says when."""
        with self._lock:
            taken, self._changes = self._changes, {}
            self._being_written = True
            return taken

    def taken_are_done(self) -> None:
        """Each that was taken is written, was put back, or is lost."""
        self._being_written = False

    def put_back(self, change: Change) -> None:
        """It was not written, and is to be."""
        with self._lock:
            later = self._changes.pop(change.id, None)
            self._keep(change)
            if later:
                self._keep(later)

    def written(self, changes: Sequence[Change]) -> None:
        """These are in the database, which works."""
        with self._lock:
            self._is_ledger_usable = True
            for one in changes:
                if one.id not in self._changes:
                    self._note(one)

    def ledger_unusable(self) -> None:
        """Defer nothing more, for whoever asks to be told, until something was written again."""
        self._is_ledger_usable = False

    def disk_failed(self, error: StorageFailed) -> None:
        """Defer and write nothing more, ever."""
        self._disk_failure = error

    def lost(self, change: Change, error: Exception) -> None:
        """It cannot be written, whatever comes; whoever goes on with the document is told."""
        with self._lock:
            later = self._changes.pop(change.id, change)
            if later.state not in ENDS:
                self._states[change.id] = error

    def forget(self, change: Change) -> None:
        """Nobody here knows which state its document is in."""
        self._states.pop(change.id, None)

    def _keep(self, change: Change) -> None:
        before = self._changes.get(change.id)
        self._changes[change.id] = before.then(change) if before else change

    def _note(self, change: Change) -> None:
        if change.state in ENDS:
            self._states.pop(change.id, None)
        else:
            self._states[change.id] = change.state
