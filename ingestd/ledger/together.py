"""Changes of several threads, committed together: writing through to the disk once serves all.

Not all have to be: what the ledger says of a document before its upload, of the answer, and of its
end, is found out anew where a power failure took it. (No crash of ours does.) It is on the disk at
the latest with the next change that has to be.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from ingestd.errors import StorageFailed

Change = Callable[[Connection], None]
"""Does something within a transaction; what it raises undoes that."""

Begin = Callable[[bool], AbstractContextManager[Connection]]
"""Begins a transaction, and commits it on the way out; told whether that is to be written through
to the disk."""


@dataclass(slots=True)
class _Waiting:
    change: Change
    lasting: bool
    is_over: bool = False
    error: BaseException | None = None


class Together:
    """Carries changes out, each whole or not at all, in one transaction for those that wait.

    While one thread commits, others line up; the first of them to get its turn takes all along.
    Nobody waits for company: a change that comes alone is committed alone.
    """

    def __init__(self, transaction: Begin) -> None:
        self._transaction = transaction
        self._waiting: deque[_Waiting] = deque()
        self._turn = threading.Lock()

    def carry_out(self, change: Change, *, lasting: bool = True) -> None:
        """Return once it is committed. Raises what `change` and the transaction raise.

        :param lasting: whether it is to be on the disk by then, with all that was before it.
        """
        own = _Waiting(change, lasting)
        self._waiting.append(own)
        with self._turn:
            if not own.is_over:
                self._take_turn()
        if own.error is not None:
            raise own.error

    @property
    def waiting(self) -> int:
        """Changes that nobody has begun to carry out."""
        return len(self._waiting)

    def _take_turn(self) -> None:
        group = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            self._commit(group)
        except StorageFailed as error:  # never tried again
            _fail(group, error)
        except Exception as error:  # noqa: BLE001 - whoever asked for the change is told
            if len(group) == 1:
                _fail(group, error)
            else:  # one document's trouble is no other's
                self._commit_one_by_one(group)

    def _commit_one_by_one(self, group: Sequence[_Waiting]) -> None:
        for one in group:
            try:
                self._commit([one])
            except Exception as error:  # noqa: BLE001 - as above
                _fail([one], error)

    def _commit(self, group: Sequence[_Waiting]) -> None:
        with self._transaction(any(one.lasting for one in group)) as connection:
            for one in group:
                one.change(connection)
        for one in group:
            one.is_over = True


def _fail(group: Sequence[_Waiting], error: BaseException) -> None:
    for one in group:
        one.is_over, one.error = True, error
