"""The process is gone in time, whatever hangs."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from dataclasses import dataclass, field

import pytest

from ingestd.daemon.last_resort import LONGEST_END, LONGEST_HASTY_END, LastResort
from ingestd.daemon.signals import Signals
from tests.daemon.carrying import until
from tests.daemon.doubles import FakeClock

PROMISED = 25.0
PATIENCE = 30.0


@dataclass
class Script:
    """Signals that come at known times, by a clock that goes on only where somebody waits."""

    clock: FakeClock
    first: float
    second: float = float("inf")
    over: float = float("inf")
    waited: list[float | None] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def asked_to_stop(self) -> bool:
        return self.clock.time >= self.first

    @property
    def asked_again(self) -> bool:
        return self.clock.time >= self.second

    def wait_for_word(self, seconds: float | None) -> None:
        self.waited.append(seconds)
        until = self.clock.time + seconds if seconds is not None else float("inf")
        words = [at for at in (self.first, self.second, self.over) if at > self.clock.time]
        self.clock.time = min([until, *words])
        if self.clock.time == self.over:
            self.is_over.wait(PATIENCE)

    def pass_word(self) -> None:
        self.is_over.set()


def left_at(*, first: float, second: float = float("inf")) -> float:
    """When the process was left."""
    clock, left = FakeClock(0.0), threading.Event()
    script = Script(clock, first, second)
    with LastResort(script, leave=left.set, clock=clock):
        assert left.wait(PATIENCE)
    return clock.time


@pytest.mark.parametrize(
    ("second", "left"),
    [
        (float("inf"), LONGEST_END),
        (2.0, 2.0 + LONGEST_HASTY_END),
        (LONGEST_END - 0.5, LONGEST_END),
        (LONGEST_END + 5.0, LONGEST_END),
    ],
)
def test_the_process_is_left_at_the_deadline(second: float, left: float) -> None:
    assert left_at(first=100.0, second=100.0 + second) == 100.0 + left


def test_the_deadline_is_within_what_is_promised() -> None:
    assert left_at(first=0.5) - 0.5 < PROMISED


def test_a_second_signal_leaves_a_second_at_most() -> None:
    assert left_at(first=0.5, second=5.0) - 5.0 <= 1.0


@pytest.mark.parametrize("over", [1.0, 100.0 + LONGEST_END - 1.0])
def test_an_end_that_comes_in_time_is_left_alone(over: float) -> None:
    clock, left = FakeClock(0.0), threading.Event()
    script = Script(clock, first=100.0, over=over)

    with LastResort(script, leave=left.set, clock=clock):
        until(lambda: clock.time >= over)

    assert not left.is_set()


def test_nothing_wakes_up_before_somebody_asks() -> None:
    clock, left = FakeClock(0.0), threading.Event()
    script = Script(clock, first=100.0)

    with LastResort(script, leave=left.set, clock=clock):
        assert left.wait(PATIENCE)

    assert script.waited[0] is None
    assert script.waited[1] == LONGEST_END


def test_signals_are_heard_of_though_the_main_thread_does_nothing_about_them() -> None:
    left, in_ever_later_years = threading.Event(), itertools.count(step=10**9)
    with (
        Signals() as signals,
        LastResort(signals, leave=left.set, clock=lambda: next(in_ever_later_years)),
    ):
        os.kill(os.getpid(), signal.SIGTERM)

        assert left.wait(PATIENCE)
