from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingestd.daemon.doubts import Doubts
from ingestd.model import Document, State
from tests.daemon.doubles import FakeClock

TIMEOUT = 30.0
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DOCUMENT = Document("id-1", "scanner", "main", "a.pdf", State.UNKNOWN, NOON, NOON, attempts=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def doubts(clock: FakeClock) -> Doubts:
    return Doubts(TIMEOUT, clock)


def test_a_create_may_still_arrive_for_two_timeouts(doubts: Doubts, clock: FakeClock) -> None:
    began = clock.time
    answers = []
    for passed in (0.0, 30.0, 59.9, 60.0):
        clock.time = began + passed
        answers.append(doubts.may_still_arrive(DOCUMENT))

    assert answers == [True, True, True, False]


def test_a_second_create_is_waited_for_as_long(doubts: Doubts, clock: FakeClock) -> None:
    second = replace(DOCUMENT, attempts=2)
    doubts.may_still_arrive(DOCUMENT)
    clock.time += 40
    doubts.may_still_arrive(second)

    clock.time += 59

    assert doubts.may_still_arrive(second)


def test_every_document_has_a_time_of_its_own(doubts: Doubts, clock: FakeClock) -> None:
    doubts.may_still_arrive(DOCUMENT)
    clock.time += 60

    assert doubts.may_still_arrive(replace(DOCUMENT, id="id-2"))


def test_after_a_restart_the_whole_time_is_waited_again(doubts: Doubts, clock: FakeClock) -> None:
    doubts.may_still_arrive(DOCUMENT)
    clock.time += 59

    restarted = Doubts(TIMEOUT, clock)

    assert restarted.may_still_arrive(DOCUMENT)
    clock.time += 59
    assert restarted.may_still_arrive(DOCUMENT)


def test_a_state_that_changed_meanwhile_does_not_begin_the_wait_anew(
    doubts: Doubts, clock: FakeClock
) -> None:
    doubts.may_still_arrive(DOCUMENT)
    clock.time += 60

    assert not doubts.may_still_arrive(replace(DOCUMENT, state=State.UPLOADING))
