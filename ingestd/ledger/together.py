"""Changes of several threads, committed together: writing through to the disk once serves all.

Not all have to be: what the ledger says of a document before its upload, of the answer, and of its
end, is found out anew where a crash took it. Nobody waits for that; it is written with the next
change that somebody waits for, whosever that is.
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
from ingestd.ledger.unwritten import LeftOver, Unwritten

Change = Callable[[Connection], None]
"""Does something within a transaction; what it raises undoes that."""

Begin = Callable[[bool], AbstractContextManager[Connection]]
"""Begins a transaction, and commits it on the way out; told whether that is to be written through
to the disk."""

Write = Callable[[Connection, Sequence[Unwritten]], None]
"""Writes what happened to documents, within a transaction."""


@dataclass(slots=True)
class _Asked:
    """A change that somebody waits for."""

    unwritten: Unwritten | None
    change: Change
    lasting: bool
    before: Unwritten | None = None
    """What was left over of the same document, and is the beginning of `unwritten` now."""
    is_over: bool = False
    error: BaseException | None = None

    def take_along(self, left: dict[str, Unwritten]) -> None:
        """Take what it goes on from out of all that was left over."""
        its = self.unwritten
        if its and its.id in left and left[its.id].state is its.since:
            self.before = left.pop(its.id)
            self.unwritten = self.before.then(its)


class Together:
    """Carries changes out, each whole or not at all, in one transaction for those that wait.

    While one thread commits, others line up; the first of them to get its turn takes all along,
    and all that was left over before. Nobody waits for company: a change that comes alone is
    committed alone.
    """

    def __init__(self, transaction: Begin, write: Write, left_over: LeftOver) -> None:
        self._transaction = transaction
        self._write = write
        self._left_over = left_over
        self._waiting: deque[_Asked] = deque()
        self._turn = threading.Lock()

    def carry_out(
        self,
        unwritten: Unwritten | None = None,
        change: Change = lambda _: None,
        *,
        lasting: bool = True,
    ) -> None:
        """Return once it is committed. Raises what `change`, the writing and the commit raise.

        :param unwritten: written before `change` is carried out.
        :param lasting: whether it is to be on the disk by then, with all that was before it.
        """
        own = _Asked(unwritten, change, lasting)
        self._waiting.append(own)
        with self._turn:
            if not own.is_over:
                self._take_turn()
        if own.error is not None:
            raise own.error

    def settle(self) -> None:
        """Return once all that was left over is committed.

        :raises LedgerUnusable: if that cannot be now; it is left over still.
        """
        with self._turn:
            trouble = None if self._left_over.is_written else self._take_turn()
        if trouble:
            raise trouble

    @property
    def waiting(self) -> int:
        """Changes that nobody has begun to carry out."""
        return len(self._waiting)

    def _take_turn(self) -> Exception | None:
        """Commit all that there is; what keeps the changes that were left over from it."""
        group = [self._waiting.popleft() for _ in range(len(self._waiting))]
        left = self._left_over.take()
        for one in group:
            one.take_along(left)
        try:
            self._left_over.ensure_unbroken()
            return self._commit_all(list(left.values()), group)
        except StorageFailed as error:  # never tried again, whoever comes next
            self._left_over.broke(error)
            _fail([one for one in group if not one.is_over], error)
            return error
        finally:
            self._left_over.all_taken_is_over()

    def _commit_all(self, left: Sequence[Unwritten], group: Sequence[_Asked]) -> Exception | None:
        try:
            self._commit(left, group)
        except StorageFailed:
            raise
        except Exception as error:  # noqa: BLE001 - whoever asked for the change is told
            if _is_of_the_ledger(error):
                return self._give_up_for_now(left, group, error)
            if not left and len(group) == 1:
                self._refuse(group[0], error)
                return None
            return self._commit_one_by_one(left, group)  # one document's trouble is no other's
        return None

    def _commit_one_by_one(
        self, left: Sequence[Unwritten], group: Sequence[_Asked]
    ) -> Exception | None:
        left, group = list(left), list(group)
        try:
            while left:
                self._commit_one(left[:1], [])
                del left[0]
            while group:
                self._commit_one([], group[:1])
                del group[0]
        except LedgerUnusable as error:
            return self._give_up_for_now(left, group, error)
        return None

    def _commit_one(self, left: Sequence[Unwritten], group: Sequence[_Asked]) -> None:
        """Commit one of either; raise only what is nobody's own trouble."""
        try:
            self._commit(left, group)
        except StorageFailed:
            raise
        except Exception as error:
            if _is_of_the_ledger(error):
                raise
            for unwritten in left:
                self._left_over.lost(unwritten, error)
            for one in group:
                self._refuse(one, error)

    def _give_up_for_now(
        self, left: Sequence[Unwritten], group: Sequence[_Asked], error: Exception
    ) -> Exception:
        """Try none of the others: each would wait as long for a ledger that another has locked."""
        self._left_over.hurry()
        for unwritten in left:
            self._left_over.put_back(unwritten)
        for one in group:
            self._refuse(one, error)
        return error

    def _commit(self, left: Sequence[Unwritten], group: Sequence[_Asked]) -> None:
        unwritten = [*left, *(one.unwritten for one in group if one.unwritten)]
        with self._transaction(any(one.lasting for one in group)) as connection:
            self._write(connection, unwritten)
            for one in group:
                one.change(connection)
        self._left_over.written(unwritten)
        for one in group:
            one.is_over = True

    def _refuse(self, one: _Asked, error: Exception) -> None:
        """Tell who asked; what was before that is to be written all the same."""
        if one.unwritten and isinstance(error, StaleState):  # perhaps of what was before
            self._left_over.forget(one.unwritten)
        elif one.before:
            self._left_over.put_back(one.before)
        _fail([one], error)


def _is_of_the_ledger(error: Exception) -> bool:
    """Whether it is no document's own trouble."""
    its_own = isinstance(error, StaleState | ContentUnderWay | ContentDelivered)
    return isinstance(error, LedgerUnusable) and not its_own


def _fail(group: Sequence[_Asked], error: BaseException) -> None:
    for one in group:
        one.is_over, one.error = True, error
