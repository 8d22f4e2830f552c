"""A create that was not answered is waited for before it is repeated, also across a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ingestd.daemon.doubts import Doubts
from ingestd.errors import OutcomeUnknown
from ingestd.model import Document, Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.daemon.carrying import Carrying, until
from tests.workbench import CREATE, LIST, Bench

TIMEOUT, WINDOW = 30.0, 60.0


def restarted(bench: Bench) -> Carrying:
    """A lane that finds what an earlier run left in `work/`."""
    lane: Carrying
    doubts = Doubts(TIMEOUT, lambda: lane.time)
    stages = replace(bench.stages, may_still_arrive=doubts.may_still_arrive)
    lane = Carrying(bench, stages)
    lane.start()
    return lane


def never_answered(bench: Bench) -> Document:
    return bench.carry_until(OutcomeUnknown, bench.claim())


def killed_meanwhile(bench: Bench) -> Document:
    accepted = bench.ledger.advance(never_answered(bench), State.ACCEPTED)
    return bench.ledger.advance(accepted, State.UPLOADING)


LEFT = {"unknown": never_answered, "uploading": killed_meanwhile}


@pytest.mark.parametrize("leave", LEFT.values(), ids=LEFT)
def test_it_is_repeated_only_after_the_window_and_with_the_same_id(
    bench: Bench, leave: Callable[[Bench], Document]
) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.RESET_AFTER_BODY, operation=CREATE))
    left = leave(bench)

    lane = restarted(bench)
    until(lambda: bench.kanbert.journal.count(LIST) == 1)
    lane.pass_time(WINDOW - 1)
    assert bench.kanbert.journal.count(CREATE) == 1
    lane.pass_time_until(lambda: bool(lane.filed))
    lane.end()

    assert bench.kanbert.journal.count(CREATE) == 2
    (invoice,) = bench.kanbert.store.invoices()
    assert invoice.external_id == left.external_id
    assert lane.filed[0].outcome is Outcome.DELIVERED


def test_one_that_arrives_within_the_window_is_found(bench: Bench) -> None:
    late = Fault(kind=Kind.LATE_COMMIT, operation=CREATE, commit_after=0.5)
    bench.kanbert.faults.add(late)
    never_answered(bench)

    lane = restarted(bench)
    until(lambda: bench.kanbert.store.count() == 1)
    lane.pass_time_until(lambda: bool(lane.filed))
    lane.end()

    assert bench.kanbert.journal.count(CREATE) == 1
    assert lane.filed[0].outcome is Outcome.DELIVERED
