"""How long a document waits in `work/` whose create was not answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingestd.daemon.backlog import Backlog
from ingestd.daemon.deferral import AGAIN_LATER, LONGEST_BETWEEN_LOOKS
from ingestd.daemon.holding import Holding
from ingestd.daemon.reporter import Reporter
from ingestd.daemon.setbacks import Setbacks
from ingestd.errors import OutcomeUnknown
from ingestd.intake import Candidate, Look
from ingestd.model import Document, State
from tests.daemon.doubles import FakeClock, Gate
from tests.workbench import Bench


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def backlog(clock: FakeClock) -> Backlog:
    backlog = Backlog(clock, str, Setbacks(clock))
    backlog.listing()
    backlog.offer([])
    return backlog


def defer(bench: Bench, backlog: Backlog, clock: FakeClock, attempts: int) -> Document:
    """Put off a document whose create was sent so often, and never answered."""
    setbacks = Setbacks(clock, many=1)
    document = replace(bench.claim(), state=State.UNKNOWN, attempts=attempts)
    holding = Holding(
        bench.stages,
        Gate().account,
        backlog,
        Reporter("scanner", bench.stages.log),
        setbacks,
        returned=lambda _: None,
        relist=lambda: None,
    )
    holding.defer(document, OutcomeUnknown("status 500"), 0)
    return document


def test_the_first_is_looked_for_soon_and_waited_for(
    bench: Bench, backlog: Backlog, clock: FakeClock
) -> None:
    document = defer(bench, backlog, clock, attempts=1)
    waited_for = not backlog.drained

    clock.time += LONGEST_BETWEEN_LOOKS
    job = backlog.next(lambda _: True)

    assert waited_for
    assert job is not None
    assert job[1] == document.id


def test_later_ones_are_repeated_seldom_and_not_waited_for(
    bench: Bench, backlog: Backlog, clock: FakeClock
) -> None:
    document = defer(bench, backlog, clock, attempts=2)
    not_waited_for = backlog.drained
    other = Candidate("b.pdf", Look.of(bench.inbox.stat()))

    clock.time += AGAIN_LATER - 1
    backlog.offer([other])
    first = backlog.next(lambda _: True)
    clock.time += 1
    second = backlog.next(lambda _: True)

    assert not_waited_for
    assert first is not None
    assert first[0] is other
    assert second is not None
    assert second[1] == document.id
