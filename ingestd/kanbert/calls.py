"""A call from beginning to end: its turn, its token, the exchange, what the answer means, again?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from ingestd.errors import Unavailable
from ingestd.kanbert.auth import Auth
from ingestd.kanbert.meaning import Failure, Operation, meaning_of, meaning_of_failure, unreadable
from ingestd.kanbert.pace import Pace
from ingestd.kanbert.reply import Reply
from ingestd.kanbert.retry import Repeater
from ingestd.kanbert.wire import Outgoing, Post, Wire
from ingestd.kanbert.world import World

T = TypeVar("T")

OnAnswer = Callable[[str, int | None, float, int], None]
"""Told of every request that was sent, each attempt by itself.

The operation, such as `create`; the status that was answered, None where no answer came; seconds
until then; bytes of the request's body. On the thread that asked, so it returns at once and raises
nothing. Requests for a token are no operation.
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes calls; safe to use from several threads."""

    wire: Wire
    auth: Auth
    pace: Pace
    world: World
    deadline: float
    """Seconds for one call, with all its attempts and waits."""
    on_answer: OnAnswer | None = None

    def call(
        self,
        operation: Operation,
        outgoing: Outgoing,
        read: Callable[[Reply], T],
        *,
        repeater: Repeater,
    ) -> T:
        """Carry an operation out and return what `read` makes of the answer.

        Raises the `KanbertError` that says what became of it.
        """
        until = self.world.clock() + self.deadline
        return repeater.call(
            lambda: self._attempt(operation, outgoing, read, until),
            changes=operation.changes,
            until=until,
        )

    def _attempt(
        self, operation: Operation, outgoing: Outgoing, read: Callable[[Reply], T], until: float
    ) -> T:
        if not self.pace.take_turn(until=until):
            raise Unavailable(
                f"Kanbert was not asked to {operation.what}: no turn before the deadline."
            )
        answer = self._authorized(operation, outgoing, until)
        if isinstance(answer, Failure):
            raise meaning_of_failure(operation, answer)
        error = meaning_of(operation, answer, now=self.world.now())
        if error is not None:
            raise error
        try:
            return read(answer)
        except ValueError as why:
            raise unreadable(operation, answer, str(why)) from None

    def _authorized(
        self, operation: Operation, outgoing: Outgoing, until: float
    ) -> Reply | Failure:
        """Exchange with the current token, once more with a new one where that is rejected."""
        post = Post(self.wire, until, self.world.clock)
        token = self.auth.token(post)
        answer = self._exchange(operation, outgoing, token, until)
        if _is_rejected(answer) and self.auth.replace(token, post):
            answer = self._exchange(operation, outgoing, self.auth.token(post), until)
        return answer

    def _exchange(
        self, operation: Operation, outgoing: Outgoing, token: str, until: float
    ) -> Reply | Failure:
        began = self.world.clock()
        answer = self.wire.exchange(outgoing, {"Authorization": f"Bearer {token}"}, until=until)
        if self.on_answer:
            status = answer.status if isinstance(answer, Reply) else None
            took, size = self.world.clock() - began, sum(map(len, outgoing.body))
            self.on_answer(operation.name.lower(), status, took, size)
        if isinstance(answer, Reply) and answer.is_error:
            return answer.without(token)
        return answer


def _is_rejected(answer: Reply | Failure) -> bool:
    return isinstance(answer, Reply) and answer.status == HTTPStatus.UNAUTHORIZED
