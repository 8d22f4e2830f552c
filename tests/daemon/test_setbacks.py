from __future__ import annotations

import pytest

from ingestd.daemon.deferral import AGAIN_LATER, LONGEST_BETWEEN_TRIES
from ingestd.daemon.setbacks import Setbacks
from tests.daemon.doubles import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def setbacks(clock: FakeClock) -> Setbacks:
    return Setbacks(clock, many=2)


def noted(setbacks: Setbacks, name: str, times: int) -> list[bool]:
    return [setbacks.note(name) for _ in range(times)]


def test_one_setback_keeps_no_document_back(setbacks: Setbacks) -> None:
    noted(setbacks, "a.pdf", 1)

    assert not setbacks.its_own("a.pdf")
    assert setbacks.rest("a.pdf") == 0.0


def test_after_many_a_document_rests_for_longer_each_time(
    setbacks: Setbacks, clock: FakeClock
) -> None:
    rests = []
    for _ in range(8):
        setbacks.note("a.pdf")
        rests.append(setbacks.rest("a.pdf"))

    assert setbacks.its_own("a.pdf")
    assert rests[:4] == [0.0, AGAIN_LATER, 2 * AGAIN_LATER, 4 * AGAIN_LATER]
    assert rests[-1] == LONGEST_BETWEEN_TRIES
    assert setbacks.ends() == [clock() + LONGEST_BETWEEN_TRIES]


def test_a_rest_comes_to_its_end(setbacks: Setbacks, clock: FakeClock) -> None:
    noted(setbacks, "a.pdf", 2)

    clock.time += AGAIN_LATER

    assert setbacks.not_before("a.pdf") <= clock()
    assert setbacks.its_own("a.pdf")


def test_a_document_is_known_to_be_alone_when_another_was_taken_in_between(
    setbacks: Setbacks,
) -> None:
    before = noted(setbacks, "a.pdf", 3)
    setbacks.over("b.pdf", delivered=True)

    assert (before, noted(setbacks, "a.pdf", 1)) == ([False] * 3, [True])


def test_one_that_was_not_taken_shows_nothing(setbacks: Setbacks) -> None:
    noted(setbacks, "a.pdf", 2)
    setbacks.over("b.pdf", delivered=False)

    assert noted(setbacks, "a.pdf", 1) == [False]


def test_an_outcome_ends_it(setbacks: Setbacks) -> None:
    noted(setbacks, "a.pdf", 3)

    setbacks.over("a.pdf", delivered=True)

    assert not setbacks.its_own("a.pdf")
    assert not setbacks


def test_what_is_not_there_any_more_is_forgotten(setbacks: Setbacks) -> None:
    noted(setbacks, "a.pdf", 2)
    noted(setbacks, "b.pdf", 2)

    setbacks.keep({"b.pdf"})

    assert (setbacks.its_own("a.pdf"), setbacks.its_own("b.pdf")) == (False, True)
