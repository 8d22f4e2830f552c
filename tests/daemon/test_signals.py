from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from ingestd.daemon.signals import AT_ONCE, Signals
from tests.daemon.doubles import FakeClock

PATIENCE = 20.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def signals(clock: FakeClock) -> Iterator[Signals]:
    with Signals(clock) as signals:
        yield signals


def sent(number: signal.Signals = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_a_wait(signals: Signals, number: signal.Signals) -> None:
    sent(number)

    assert signals.wait(PATIENCE)
    assert (signals.asked_to_stop, signals.asked_again) == (True, False)


def test_whoever_has_something_to_say_ends_a_wait(signals: Signals) -> None:
    signals.wake()

    assert signals.wait(PATIENCE)
    assert not signals.asked_to_stop
    assert not signals.wait(0.0)


@pytest.mark.parametrize(("later", "again"), [(0.0, False), (AT_ONCE / 2, False), (AT_ONCE, True)])
def test_a_signal_that_is_sent_twice_at_a_time_is_one(
    signals: Signals, clock: FakeClock, later: float, again: bool
) -> None:
    sent()
    clock.time += later
    sent(signal.SIGINT)

    assert signals.asked_again is again


def test_afterwards_signals_are_as_they_were() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]

    with Signals():
        pass

    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def test_a_hangup_asks_for_a_reload_where_it_is_to_and_ends_nothing(clock: FakeClock) -> None:
    with Signals(clock, reloads=True) as signals:
        sent(signal.SIGHUP)
        sent(signal.SIGHUP)

        assert signals.wait(PATIENCE)
        assert (signals.hangups, signals.asked_to_stop) == (2, False)


def test_a_hangup_that_came_before_is_heard_of(clock: FakeClock) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    signal.raise_signal(signal.SIGHUP)  # to this thread: others do not block it

    with Signals(clock, reloads=True) as signals:
        assert signals.hangups == 1
