"""The limit of our own on requests per minute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ingestd.kanbert import World
from ingestd.kanbert.pace import Pace
from tests.kanbert.doubles import FakeTime


def test_turns_are_evenly_spaced() -> None:
    time = FakeTime(time=0.0)
    pace = Pace(30, time.world())

    assert [pace.take_turn(until=1e9) for _ in range(4)] == [True] * 4

    assert time.naps == [2.0, 2.0, 2.0]


def test_time_that_went_by_is_not_waited_again_nor_saved_up() -> None:
    time = FakeTime(time=0.0)
    pace = Pace(60, time.world())
    pace.take_turn(until=1e9)
    time.time = 100.0

    pace.take_turn(until=1e9)
    pace.take_turn(until=1e9)

    assert time.naps == [1.0]


def test_no_limit_means_no_wait() -> None:
    time = FakeTime()

    assert all(Pace(0, time.world()).take_turn(until=0.0) for _ in range(100))

    assert time.naps == []


def test_a_turn_after_the_deadline_is_not_waited_for_nor_taken_from_others() -> None:
    time = FakeTime(time=0.0)
    pace = Pace(1, time.world())
    pace.take_turn(until=1e9)

    assert not pace.take_turn(until=30.0)
    assert pace.take_turn(until=1e9)

    assert time.naps == [60.0]


def test_a_wait_cut_short_gives_no_turn() -> None:
    time = FakeTime(woken=True)
    pace = Pace(60, time.world())
    pace.take_turn(until=1e9)

    assert not pace.take_turn(until=1e9)


def test_threads_share_the_turns() -> None:
    waits: list[float] = []
    pace = Pace(60, World(clock=lambda: 0.0, nap=waits.append))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: pace.take_turn(until=1e9), range(40)))

    assert sorted(waits) == [float(n) for n in range(1, 40)]
