"""When a sign of life is given."""

from __future__ import annotations

from ingestd.observe.notify.pulse import FIRST, Beat, Pulse

EVERY = 300.0


def test_signs_are_given_as_often_as_asked_for_and_not_before_all_was_looked_at() -> None:
    pulse = Pulse(EVERY, start=0.0)

    given = [now for now in range(1000) if pulse.beat(now, "")]

    assert given == [FIRST, FIRST + EVERY, FIRST + 2 * EVERY, FIRST + 3 * EVERY]


def test_trouble_is_told_when_it_begins_as_often_as_signs_are_given_and_when_it_ends() -> None:
    pulse = Pulse(EVERY, start=0.0)

    given = []
    for now in range(800):
        beat = pulse.beat(now, "main: 401" if 10 <= now < 700 else "")
        given += [(now, beat)] if beat else []

    bad = Beat("main: 401")
    assert given == [(10, bad), (310, bad), (610, bad), (700, Beat())]
