"""When a call is tried again, and after how long: the one place that knows.

Only what is safe to repeat is repeated: a request that Kanbert certainly did not carry out, and
one that changes nothing whatever became of it. A create, update or delete whose outcome is not
known is for the caller to look into.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception

from ingestd.errors import KanbertError, OutcomeUnknown, Unavailable
from ingestd.kanbert.world import World

T = TypeVar("T")

OnRetry = Callable[[KanbertError, int, float], None]
"""Told before each wait: the error, the number of attempts made, the seconds to wait."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently; all times in seconds."""

    attempts: int = 4
    """In all, so 1 means never again."""
    first_wait: float = 0.5
    """The most to wait before the second attempt; doubles with every further one."""
    longest_wait: float = 30.0
    """The most to wait of our own accord."""
    patience: float = 60.0
    """The most to wait because the server asks for it. Where it asks for more, give up at once."""


NEVER = RetryPolicy(attempts=1)


def backoff(policy: RetryPolicy, attempt: int, asked: float | None, random: float) -> float:
    """Decide how long to wait after the `attempt`-th failure (counted from 1).

    Full jitter: anything between nothing and the step (`random` in [0, 1) picks), which spreads
    many clients best (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    What the server asked for is waited in any case, with the jitter on top.
    """
    step = min(policy.longest_wait, policy.first_wait * 2.0 ** min(attempt - 1, 60))
    return random * step + (asked or 0.0)


def repeatable(error: BaseException, *, changes: bool) -> bool:
    """Decide whether a request may be sent again; `changes` says whether it changes anything."""
    return isinstance(error, Unavailable) or (isinstance(error, OutcomeUnknown) and not changes)


@dataclass(frozen=True, slots=True)
class Repeater:
    """Carries a policy out; what it needs of the world is given to it."""

    policy: RetryPolicy
    world: World
    on_retry: OnRetry | None = None

    def call(self, attempt: Callable[[], T], *, changes: bool, until: float) -> T:
        """Return what `attempt` returns, repeating it while that is safe and of use.

        No wait goes past `until` (on the clock). Raises the last attempt's error.
        """
        try:
            return attempt()
        except KanbertError as error:  # nearly never: to make a Retrying takes 11 us of CPU
            failed = [error]

        def attempt_again() -> T:
            if failed:
                raise failed.pop()  # the first attempt, as tenacity counts
            return attempt()

        return self._retrying(changes=changes, until=until)(attempt_again)

    def _retrying(self, *, changes: bool, until: float) -> Retrying:
        return Retrying(
            retry=retry_if_exception(lambda error: repeatable(error, changes=changes)),
            wait=self._wait,
            stop=lambda state: self._enough(state, until),
            sleep=lambda _seconds: None,
            before_sleep=self._pause,
            reraise=True,
        )

    def _wait(self, state: RetryCallState) -> float:
        asked = _error(state).answer.retry_after
        return backoff(self.policy, state.attempt_number, asked, self.world.random())

    def _enough(self, state: RetryCallState, until: float) -> bool:
        return (
            state.attempt_number >= self.policy.attempts
            or (_error(state).answer.retry_after or 0.0) > self.policy.patience
            or self.world.clock() + state.upcoming_sleep >= until
        )

    def _pause(self, state: RetryCallState) -> None:
        """Wait here rather than in tenacity's own sleep, to end with the error when cut short."""
        error = _error(state)
        if self.on_retry:
            self.on_retry(error, state.attempt_number, state.upcoming_sleep)
        if self.world.nap(state.upcoming_sleep):
            raise error


def _error(state: RetryCallState) -> KanbertError:
    assert state.outcome is not None
    error = state.outcome.exception()
    assert isinstance(error, KanbertError)
    return error
