"""The wall clock jumps by days, to and fro, while documents are on their way."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from ingestd.daemon.doubts import Doubts
from ingestd.filing import Cabinet
from ingestd.ledger import open_ledger
from ingestd.model import Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.daemon.carrying import Carrying, until
from tests.workbench import CREATE, Bench, now

TIMEOUT = 30.0


class Jumping:
    """A clock that is three days ahead, three days behind, right, and again."""

    def __init__(self) -> None:
        self._days = itertools.cycle([3, -3, 0])

    def __call__(self) -> datetime:
        return now() + timedelta(days=next(self._days))


def jumping(bench: Bench, folder: Path) -> Carrying:
    clock = Jumping()
    done = bench.inbox / "done"
    stages = replace(
        bench.stages,
        now=clock,
        ledger=open_ledger(folder, "", now=clock, set_aside=lambda *_: None),
        may_still_arrive=Doubts(TIMEOUT, lambda: carrying.time).may_still_arrive,
        cabinet=Cabinet(done, bench.inbox / "failed", done, layout="%Y-%m-%d"),
    )
    carrying = Carrying(replace(bench, ledger=stages.ledger, stages=stages))
    return carrying


def test_documents_that_wait_and_are_tried_again_end_as_they_would_have(
    bench: Bench, tmp_path: Path
) -> None:
    carrying = jumping(bench, tmp_path)
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    bench.kanbert.faults.add(Fault(operation=CREATE, status=504))
    carrying.drop("a.pdf", "b.pdf", "c.pdf")
    carrying.start()

    until(lambda: _all_filed_in_time(carrying, 3))
    carrying.at_rest()

    ledger = carrying.bench.ledger
    assert {outcome for _, outcome in carrying.outcomes()} == {Outcome.DELIVERED}
    assert (bench.kanbert.store.count(), bench.kanbert.journal.count(CREATE)) == (3, 4)
    *_, unknown, uploaded, filed = [state for _, state, _ in ledger.steps("id-0")]
    assert (unknown, uploaded, filed) == (State.UNKNOWN, State.UPLOADED, State.FILED)
    ledger.close()
    carrying.prober.close()


def _all_filed_in_time(carrying: Carrying, number: int) -> bool:
    carrying.later(5)
    return len(carrying.filed) == number
