"""When a call is tried again, and after how long."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.errors import (
    AccountTrouble,
    Answer,
    ExternalIdTaken,
    KanbertError,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from ingestd.kanbert import RetryPolicy
from ingestd.kanbert.retry import Repeater, backoff, repeatable
from tests.kanbert.doubles import FakeTime

POLICY = RetryPolicy(attempts=5, first_wait=1.0, longest_wait=6.0, patience=20.0)


@pytest.mark.parametrize(
    ("kind", "when_reading", "when_changing"),
    [
        (Unavailable, True, True),
        (OutcomeUnknown, True, False),
        (AccountTrouble, False, False),
        (Refused, False, False),
        (ExternalIdTaken, False, False),
        (NotFound, False, False),
        (ValueError, False, False),
    ],
)
def test_only_what_is_safe_to_repeat_is_repeated(
    kind: type[Exception], when_reading: bool, when_changing: bool
) -> None:
    assert repeatable(kind("x"), changes=False) is when_reading
    assert repeatable(kind("x"), changes=True) is when_changing


@pytest.mark.parametrize(
    ("attempt", "asked", "dice", "seconds"),
    [
        (1, None, 1.0, 1.0),
        (2, None, 1.0, 2.0),
        (3, None, 1.0, 4.0),
        (4, None, 1.0, 6.0),
        (5000, None, 1.0, 6.0),
        (3, None, 0.0, 0.0),
        (3, None, 0.25, 1.0),
        (1, 10.0, 0.0, 10.0),
        (1, 10.0, 0.5, 10.5),
        (1, 0.0, 0.5, 0.5),
    ],
)
def test_waits_double_with_full_jitter_on_top_of_what_is_asked(
    attempt: int, asked: float | None, dice: float, seconds: float
) -> None:
    assert backoff(POLICY, attempt, asked, dice) == seconds


@given(st.integers(1, 100), st.floats(0, 1), st.none() | st.floats(0, 900))
def test_a_wait_is_never_shorter_than_asked_nor_longer_than_the_longest(
    attempt: int, dice: float, asked: float | None
) -> None:
    assert (asked or 0) <= backoff(POLICY, attempt, asked, dice) <= (asked or 0) + 6.0


class Failing:
    """Fails a number of times, then answers."""

    def __init__(self, *errors: KanbertError) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def unavailable(asked: float | None = None) -> Unavailable:
    return Unavailable("later", answer=Answer(retry_after=asked))


def repeat(
    attempt: Callable[[], str], time: FakeTime, *, changes: bool = False, until: float = 1e9
) -> str:
    return Repeater(POLICY, time.world()).call(attempt, changes=changes, until=until)


def test_a_call_is_repeated_until_it_succeeds() -> None:
    time, attempt = FakeTime(dice=1.0), Failing(unavailable(), OutcomeUnknown("x"), unavailable(3))

    assert repeat(attempt, time) == "done"

    assert attempt.calls == 4
    assert time.naps == [1.0, 2.0, 3 + 4.0]


def test_a_change_with_an_unknown_outcome_is_made_once() -> None:
    time, attempt = FakeTime(), Failing(OutcomeUnknown("x"))

    with pytest.raises(OutcomeUnknown):
        repeat(attempt, time, changes=True)

    assert (attempt.calls, time.naps) == (1, [])


def test_the_last_error_is_raised_when_attempts_are_used_up() -> None:
    last = unavailable()
    attempt = Failing(*[unavailable() for _ in range(4)], last)

    with pytest.raises(Unavailable) as raised:
        repeat(attempt, FakeTime())

    assert raised.value is last
    assert attempt.calls == 5


def test_a_server_that_asks_for_too_long_a_wait_is_given_up_at_once() -> None:
    time, attempt = FakeTime(), Failing(unavailable(20.1))

    with pytest.raises(Unavailable):
        repeat(attempt, time)

    assert (attempt.calls, time.naps) == (1, [])


def test_no_wait_goes_past_the_deadline() -> None:
    time, attempt = FakeTime(time=100.0, dice=1.0), Failing(*[unavailable() for _ in range(5)])

    with pytest.raises(Unavailable):
        repeat(attempt, time, until=103.0)

    assert (time.naps, time.time) == ([1.0], 101.0)


def test_a_wait_that_is_cut_short_ends_with_the_last_error() -> None:
    error = unavailable()
    time, attempt = FakeTime(woken=True), Failing(error)

    with pytest.raises(Unavailable) as raised:
        repeat(attempt, time)

    assert raised.value is error
    assert attempt.calls == 1


def test_somebody_can_be_told_of_each_wait() -> None:
    told: list[tuple[str, int, float]] = []
    time = FakeTime(dice=1.0)
    repeater = Repeater(POLICY, time.world(), lambda e, n, wait: told.append((str(e), n, wait)))

    repeater.call(Failing(unavailable(), unavailable()), changes=True, until=1e9)

    assert told == [("later", 1, 1.0), ("later", 2, 2.0)]


def test_what_is_no_answer_of_kanberts_is_raised_as_it_is() -> None:
    bug = RuntimeError("a bug")

    def fails() -> str:
        raise bug

    with pytest.raises(RuntimeError) as raised:
        repeat(fails, FakeTime())

    assert raised.value is bug
