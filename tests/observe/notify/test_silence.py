"""When no document came for too many working days."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ingestd.observe.notify.silence import Silence, working_days_between

FRIDAY = datetime(2026, 5, 1)  # noqa: DTZ001 - as a clock on the wall shows it
SATURDAY, SUNDAY, MONDAY = (FRIDAY + timedelta(days=number) for number in (1, 2, 3))
NOON = timedelta(hours=12)


@pytest.mark.parametrize(
    ("earlier", "later", "days"),
    [
        (FRIDAY, FRIDAY, 0.0),
        (MONDAY, FRIDAY, 0.0),
        (FRIDAY + NOON, FRIDAY + NOON * 1.5, 0.25),
        (FRIDAY + NOON, SATURDAY, 0.5),
        (FRIDAY + NOON, SUNDAY + NOON, 0.5),
        (FRIDAY + NOON, MONDAY + NOON, 1.0),
        (SATURDAY, MONDAY, 0.0),
        (SATURDAY + NOON, MONDAY + NOON, 0.5),
        (MONDAY, MONDAY + timedelta(days=7), 5.0),
        (MONDAY + NOON, MONDAY + NOON + timedelta(days=28), 20.0),
    ],
)
def test_working_days(earlier: datetime, later: datetime, days: float) -> None:
    assert working_days_between(earlier, later) == pytest.approx(days)


def test_an_inbox_is_silent_once_until_something_arrives() -> None:
    silence = Silence(2)
    silence.arrived("scanner", FRIDAY + NOON)

    found = [
        silence.newly_silent(["scanner"], FRIDAY + NOON + timedelta(days=days)) for days in range(7)
    ]

    assert [len(one) for one in found] == [0, 0, 0, 0, 1, 0, 0]  # on Tuesday at noon
    assert found[4] == [("scanner", FRIDAY + NOON)]


def test_it_is_silent_again_after_something_arrived() -> None:
    silence = Silence(1)
    silence.arrived("scanner", MONDAY)
    silence.newly_silent(["scanner"], MONDAY + timedelta(days=1))

    silence.arrived("scanner", MONDAY + timedelta(days=1, hours=1))

    assert silence.newly_silent(["scanner"], MONDAY + timedelta(days=2)) == []
    assert len(silence.newly_silent(["scanner"], MONDAY + timedelta(days=3))) == 1


def test_an_inbox_that_never_had_any_is_waited_for_from_the_first_look() -> None:
    silence = Silence(1)

    assert silence.newly_silent(["new"], MONDAY) == []
    assert silence.newly_silent(["new"], MONDAY + timedelta(days=1)) == [("new", MONDAY)]


def test_what_is_remembered_late_does_not_make_a_newer_document_old() -> None:
    silence = Silence(1)
    silence.arrived("scanner", MONDAY)
    silence.arrived("scanner", FRIDAY)

    assert silence.newly_silent(["scanner"], MONDAY + NOON) == []
