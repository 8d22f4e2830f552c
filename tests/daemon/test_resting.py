"""Processes that work on documents do not outlive the need for them by much."""

from __future__ import annotations

from ingestd.daemon.resting import UNUSED, Resting


class Workforce:
    def __init__(self) -> None:
        self.asked: list[float] = []

    def rest(self, after: float) -> None:
        self.asked.append(after)


def test_at_each_turn_all_are_told_how_long_they_may_keep_what_they_do_not_need() -> None:
    readers, shrinkers = Workforce(), Workforce()

    Resting([readers, shrinkers]).turn()

    assert readers.asked == shrinkers.asked == [UNUSED]
