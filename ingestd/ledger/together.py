"""Changes of several threads, committed together: writing through to the disk once serves all."""

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


@dataclass(slots=True)
class _Waiting:
    change: Change
    is_over: bool = False
    error: BaseException | None = None


class Together:
    """Carries changes out, each whole or not at all, in one transaction for those that wait.

    While one thread commits, others line up; the first of them to get its turn takes all along.
    Nobody waits for company: a change that comes alone is committed alone.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        """Make one.

        :param transaction: begins one, and commits it on the way out.
        """
        self._transaction = transaction
        self._waiting: deque[_Waiting] = deque()
        self._turn = threading.Lock()

    def carry_out(self, change: Change) -> None:
        """Return once it is committed. Raises what `change` and `transaction` raise."""
        own = _Waiting(change)
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
        with self._transaction() as connection:
            for one in group:
                one.change(connection)
        for one in group:
            one.is_over = True


def _fail(group: Sequence[_Waiting], error: BaseException) -> None:
    for one in group:
        one.is_over, one.error = True, error
