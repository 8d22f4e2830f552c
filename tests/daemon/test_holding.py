"""How long a document waits in `work/` whose create was not answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingestd.daemon.backlog import Backlog
from ingestd.daemon.deferral import AGAIN_LATER, LONGEST_BETWEEN_LOOKS
from ingestd.daemon.holding import Holding
from ingestd.daemon.reporter import Reporter
from ingestd.daemon.setbacks import Setbacks
from ingestd.errors import LedgerUnusable, OutcomeUnknown
from ingestd.intake import Candidate, Look
from ingestd.model import Document, State
from tests.daemon.doubles import FakeClock, Gate
from tests.ledger.documents import document
from tests.workbench import Bench


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def backlog(clock: FakeClock) -> Backlog:
    backlog = Backlog(clock, str, Setbacks(clock))
    backlog.listing_begins()
    backlog.offer([])
    return backlog


def defer(
    bench: Bench,
    backlog: Backlog,
    clock: FakeClock,
    attempts: int,
    *,
    reporter: Reporter | None = None,
    setbacks: Setbacks | None = None,
) -> Document:
    """Put off a document whose create was sent so often, and never answered."""
    setbacks = setbacks or Setbacks(clock, many=1)
    one = replace(bench.claim(), state=State.UNKNOWN, attempts=attempts)
    holding = Holding(
        bench.stages,
        Gate().account,
        backlog,
        Reporter("scanner", bench.stages.log) if reporter is None else reporter,
        setbacks,
        returned=lambda _: None,
        relist=lambda: None,
    )
    holding.defer(one, OutcomeUnknown("status 500"), 0)
    return one


def test_the_first_is_looked_for_soon_and_waited_for(
    bench: Bench, backlog: Backlog, clock: FakeClock
) -> None:
    put_off = defer(bench, backlog, clock, attempts=1)
    waited_for = not backlog.drained

    clock.time += LONGEST_BETWEEN_LOOKS
    job = backlog.next(lambda _: True)

    assert waited_for
    assert job is not None
    assert job[1] == put_off.id


def test_later_ones_are_repeated_seldom_and_not_waited_for(
    bench: Bench, backlog: Backlog, clock: FakeClock
) -> None:
    put_off = defer(bench, backlog, clock, attempts=2)
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
    assert second[1] == put_off.id


def test_what_held_a_document_before_holds_it_no_more_when_it_waits_for_kanbert(
    bench: Bench, backlog: Backlog, clock: FakeClock
) -> None:
    reporter = Reporter("scanner", bench.stages.log)
    reporter.complain(document(name="invoice.pdf"), LedgerUnusable("full"))

    defer(bench, backlog, clock, 1, reporter=reporter)

    assert reporter.held == []


def test_a_document_that_alone_is_not_taken_is_held(
    bench: Bench, backlog: Backlog, clock: FakeClock
) -> None:
    reporter, setbacks = Reporter("scanner", bench.stages.log), Setbacks(clock, many=1)
    setbacks.note("invoice.pdf")
    setbacks.over("another.pdf", delivered=True)

    defer(bench, backlog, clock, 2, reporter=reporter, setbacks=setbacks)

    (held,) = reporter.held
    assert held.error.startswith("Kanbert takes other documents, but not this one: ")
