"""Group commit: changes of several threads in one transaction, written through to the disk once.

Not all have to be: what the ledger says of a document before its upload, of the answer, and of its
end, is found out anew where a crash took it. Nobody waits for that (see `Pending`); it is written
with the next change that somebody waits for, whosever that is.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from ingestd.errors import (
    ContentDelivered,
    ContentUnderWay,
    LedgerUnusable,
    StaleState,
    StorageFailed,
)
from ingestd.ledger.pending import Change, Pending

Also = Callable[[Connection], None]
"""Does more within a transaction, after the change; what it raises undoes both."""

Transaction = Callable[[bool], AbstractContextManager[Connection]]
"""Begins a transaction, and commits it on the way out; told whether the commit is to be durable:
written through to the disk."""

Write = Callable[[Connection, Sequence[Change]], None]
"""Writes changes of documents, within a transaction."""


@dataclass(slots=True)
class _Request:
    """What is to be committed whole or not at all."""

    change: Change | None
    also: Also | None = None
    durable: bool = False
    deferred: Change | None = None
    """What of the change nobody waits for: its beginning, or all of it."""
    is_done: bool = False
    error: BaseException | None = None

    def go_on_from(self, deferred: dict[str, Change]) -> None:
        """Take out what was deferred of the same document, and begin with that."""
        its = self.change
        if its and its.id in deferred and deferred[its.id].state is its.since:
            self.deferred = deferred.pop(its.id)
            self.change = self.deferred.then(its)

    def end(self, error: BaseException | None = None) -> None:
        """Whoever waits for it may go on, with this error if there is one."""
        self.is_done, self.error = True, error


class GroupCommit:
    """Commits what several threads ask for, all that wait at a time in one transaction.

    While one thread commits, others line up; the first of them to get its turn takes all along,
    and all that was deferred before. Nobody waits for company: a change that comes alone is
    committed alone.
    """

    def __init__(self, transaction: Transaction, write: Write, pending: Pending) -> None:
        self._transaction = transaction
        self._write = write
        self._pending = pending
        self._waiting: deque[_Request] = deque()
        self._turn = threading.Lock()

    def commit(
        self, change: Change | None = None, also: Also | None = None, *, durable: bool = True
    ) -> None:
        """Return once it is committed. Raises what the writing, `also` and the commit raise.

        :param durable: whether it is to be on the disk by then, with all that was before it.
        """
        own = _Request(change, also, durable)
        self._waiting.append(own)
        with self._turn:
            if not own.is_done:
                self._take_turn()
        if own.error is not None:
            raise own.error

    def flush(self) -> None:
        """Return once all that was deferred is committed.

        :raises LedgerUnusable: if that cannot be now; it is deferred still.
        """
        with self._turn:
            trouble = None if self._pending.is_empty else self._take_turn()
        if trouble:
            raise trouble

    @property
    def waiting(self) -> int:
        """Requests that nobody has begun to carry out."""
        return len(self._waiting)

    def _take_turn(self) -> Exception | None:
        """Commit all that there is; what keeps deferred changes from it."""
        asked = [self._waiting.popleft() for _ in range(len(self._waiting))]
        deferred = self._pending.take()
        for one in asked:
            one.go_on_from(deferred)
        group = [*(_Request(one, deferred=one) for one in deferred.values()), *asked]
        try:
            self._pending.ensure_disk_works()
            return self._commit(group)
        except StorageFailed as error:  # never tried again, whoever comes next
            self._pending.disk_failed(error)
            for one in group:
                if not one.is_done:
                    one.end(error)
            return error
        finally:
            self._pending.taken_are_done()

    def _commit(self, group: Sequence[_Request]) -> Exception | None:
        """Commit what can be of a group; what is wrong with the ledger, if it cannot be used."""
        try:
            self._commit_together(group)
        except StorageFailed:
            raise
        except Exception as error:  # noqa: BLE001 - whoever asked for the change is told
            if _is_of_the_ledger(error):
                self._give_up_for_now(group, error)
                return error
            if len(group) == 1:
                self._refuse(group[0], error)
                return None
            return self._commit_one_by_one(group)  # one document's trouble is no other's
        return None

    def _commit_one_by_one(self, group: Sequence[_Request]) -> Exception | None:
        for number, one in enumerate(group, start=1):
            if trouble := self._commit([one]):
                # each of the others would wait as long for a ledger that another has locked
                self._give_up_for_now(group[number:], trouble)
                return trouble
        return None

    def _commit_together(self, group: Sequence[_Request]) -> None:
        changes = [one.change for one in group if one.change]
        with self._transaction(any(one.durable for one in group)) as connection:
            self._write(connection, changes)
            for one in group:
                if one.also:
                    one.also(connection)
        self._pending.written(changes)
        for one in group:
            one.end()

    def _give_up_for_now(self, group: Sequence[_Request], error: Exception) -> None:
        self._pending.ledger_unusable()
        for one in group:
            if one.deferred:
                self._pending.put_back(one.deferred)
            one.end(error)

    def _refuse(self, one: _Request, error: Exception) -> None:
        """Tell who asked; what was deferred before that is to be written all the same."""
        if one.deferred and one.deferred is one.change:
            self._pending.lost(one.deferred, error)
        elif one.change and isinstance(error, StaleState):  # perhaps of what was deferred
            self._pending.forget(one.change)
        elif one.deferred:
            self._pending.put_back(one.deferred)
        one.end(error)


def _is_of_the_ledger(error: Exception) -> bool:
    """Whether it is no document's own trouble."""
    its_own = isinstance(error, StaleState | ContentUnderWay | ContentDelivered)
    return isinstance(error, LedgerUnusable) and not its_own
