"""One try is over in time, whatever its channel does."""

from __future__ import annotations

from ingestd.observe.notify.attempt import Attempt
from tests.observe.notify.channels import PATIENCE, Way


def test_what_does_not_come_back_is_left_behind() -> None:
    way = Way(hangs=True)

    attempt = Attempt(way, "a message")
    lost = attempt.lost(0.01)

    assert str(lost) == "It did not answer within 0 seconds"
    assert attempt.goes_on
    way.let_go.set()


def test_what_arrived_is_not_lost() -> None:
    way = Way()

    assert Attempt(way, "a message").lost(PATIENCE) is None
    assert way.taken == ["a message"]
