"""What was deferred is written soon, if nobody does it before."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ingestd.ledger.flusher import Flusher
from tests.daemon.carrying import until

NEVER = threading.TIMEOUT_MAX
LONGEST = 20.0
"""Seconds; only a failing test waits so long."""


class Work:
    """Counts how often it was done, and may be held up."""

    def __init__(self) -> None:
        self.done = 0
        self.fails = 0
        """How many times it cannot be done."""
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(self) -> bool:
        self.done += 1
        self.may_go_on.wait(LONGEST)
        return self.done > self.fails


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def flusher(work: Work) -> Iterator[Flusher]:
    flusher = Flusher(work, within=0.0)
    yield flusher
    flusher.close(LONGEST)


def named() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "ledger"}


def test_what_is_asked_for_is_done_once(flusher: Flusher, work: Work) -> None:
    flusher.ask()

    until(lambda: work.done == 1)
    flusher.close(LONGEST)  # which has it done a last time
    assert work.done == 2


def test_what_is_asked_for_while_it_is_done_is_done_again(flusher: Flusher, work: Work) -> None:
    work.may_go_on.clear()
    flusher.ask()
    until(lambda: work.done == 1)

    flusher.ask()
    work.may_go_on.set()

    until(lambda: work.done == 2)


def test_what_could_not_be_done_is_tried_again_until_it_is(flusher: Flusher, work: Work) -> None:
    work.fails = 2

    flusher.ask()

    until(lambda: work.done == 3)
    flusher.close(LONGEST)  # which has it done a last time
    assert work.done == 4


def test_what_is_asked_for_is_done_before_the_end(work: Work) -> None:
    flusher = Flusher(work, within=NEVER)

    flusher.ask()
    before = work.done
    flusher.close(LONGEST)

    assert (before, work.done) == (0, 1)


def test_the_end_does_not_wait_for_what_hangs(flusher: Flusher, work: Work) -> None:
    work.may_go_on.clear()
    flusher.ask()
    until(lambda: work.done == 1)

    flusher.close(0.0)
    hangs = work.done == 1

    work.may_go_on.set()
    assert hangs


def test_no_thread_is_started_before_it_is_asked_for(work: Work) -> None:
    before = named()

    Flusher(work, within=0.0).close(LONGEST)

    assert named() <= before


def test_its_thread_ends_with_it(flusher: Flusher, work: Work) -> None:
    before = named()
    flusher.ask()
    until(lambda: work.done == 1)

    flusher.close(LONGEST)

    assert named() <= before
