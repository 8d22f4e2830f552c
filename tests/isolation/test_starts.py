from __future__ import annotations

from ingestd.isolation.starts import FIRST_PAUSE, LONGEST_PAUSE, Starts


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_first_one_is_due() -> None:
    assert Starts(Clock()).due


def test_one_that_failed_is_tried_again_after_ever_longer_pauses() -> None:
    clock, pauses = Clock(), list[float]()
    starts = Starts(clock)

    for pause in (60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0, 3600.0):
        starts.failed("no memory")
        clock.now += pause - 0.1
        early = starts.due
        clock.now += 0.1
        pauses += [pause] if starts.due and not early else []

    assert pauses[0] == FIRST_PAUSE
    assert pauses[-2:] == [LONGEST_PAUSE, LONGEST_PAUSE]
    assert len(pauses) == 8


def test_the_same_reason_is_said_once_and_another_one_again() -> None:
    starts = Starts(Clock())
    whys = ["no memory", "no memory", "no python", "no python", "no memory"]

    said = [starts.failed(why) for why in whys]

    assert said == ["no memory", "", "no python", "", "no memory"]


def test_after_a_success_everything_is_as_it_was_at_first() -> None:
    clock = Clock()
    starts = Starts(clock)
    for _ in range(5):
        starts.failed("no memory")

    starts.succeeded()

    assert starts.failed("no memory") == "no memory"
    clock.now = FIRST_PAUSE
    assert starts.due
