from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from ingestd.errors import InboxUnavailable
from ingestd.intake.standing import LONGEST_SILENCE, Standing
from ingestd.observe import open_log


class Stood:
    """How an inbox stands, its clock, and what was said."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.output = io.StringIO()
        self.standing = Standing(Path("/scans"), open_log(self.output), lambda: self.time)

    def later(self, seconds: float) -> None:
        self.time += seconds
        self.standing.say_if_it_hangs()

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.output.getvalue().splitlines()]


@pytest.fixture
def stood() -> Stood:
    return Stood()


def test_a_step_that_never_ends_is_said_once(stood: Stood) -> None:
    stood.standing.step()

    for _ in range(3):
        stood.later(LONGEST_SILENCE + 1)

    assert stood.standing.hangs
    assert stood.events() == ["inbox.unavailable"]
    assert "does not answer" in stood.output.getvalue()


def test_many_short_steps_are_no_trouble(stood: Stood) -> None:
    for _ in range(9):
        stood.standing.step()
        stood.later(LONGEST_SILENCE)

    assert stood.events() == []


def test_waiting_for_something_to_do_is_no_trouble(stood: Stood) -> None:
    stood.standing.step()
    stood.standing.rest()

    stood.later(LONGEST_SILENCE * 100)

    assert not stood.standing.hangs
    assert stood.events() == []


def test_what_wakes_up_is_back_and_may_hang_again(stood: Stood) -> None:
    for _ in range(2):
        stood.standing.step()
        stood.later(LONGEST_SILENCE + 1)
        stood.standing.rest()
        stood.standing.back()

    assert stood.events() == ["inbox.unavailable", "inbox.back"] * 2


def test_each_reason_is_said_once(stood: Stood) -> None:
    for reason in ("gone", "gone", "stale"):
        stood.standing.unavailable(InboxUnavailable(reason))
    stood.standing.back()
    stood.standing.back()

    assert stood.events() == ["inbox.unavailable", "inbox.unavailable", "inbox.back"]
