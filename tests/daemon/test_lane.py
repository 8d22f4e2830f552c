"""One inbox's worker threads, against a Kanbert on a real socket."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import pytest

from ingestd.cli.samples import pdf
from ingestd.daemon.deferral import AGAIN_LATER
from ingestd.daemon.lane import PROGRESS, Lane
from ingestd.daemon.setbacks import Setbacks
from ingestd.errors import Unavailable
from ingestd.filing import Cabinet
from ingestd.ledger import Wanted, open_to_read
from ingestd.model import Document, Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.daemon.carrying import Carrying, events, until
from tests.hardship import where_the_disk_answers
from tests.workbench import CREATE, Bench


@pytest.fixture
def carrying(bench: Bench) -> Iterator[Carrying]:
    carrying = Carrying(bench)
    yield carrying
    carrying.at_rest()
    carrying.prober.close()


def _state(bench: Bench, document_id: str) -> State:
    document = bench.ledger.document(document_id)
    assert document is not None
    return document.state


def test_everything_offered_is_carried(carrying: Carrying) -> None:
    carrying.drop("a.pdf", "b.pdf", "c.pdf")

    carrying.start()

    carrying.wait_for(lambda: len(carrying.filed) == 3)
    assert {outcome for _, outcome in carrying.outcomes()} == {Outcome.DELIVERED}


def test_a_claim_is_written_down_once_no_power_cut_can_undo_it(carrying: Carrying) -> None:
    carrying.drop("a.pdf")

    where_the_disk_answers(errno.EIO, ["fsync"], carrying.start)

    carrying.wait_for(lambda: len(carrying.broken) == 1)
    assert list(carrying.bench.stages.workplace.claimed()) == [("id-0", "a.pdf")]
    assert carrying.bench.ledger.document("id-0") is None


def test_recovery_gets_on_with_each_document_also_with_those_that_need_nothing_more(
    carrying: Carrying, bench: Bench
) -> None:
    for number in range(3):
        ended = bench.claim(name=f"{number}.pdf")
        bench.ledger.advance(ended, State.RELEASED)
    steps = list[str]()

    carrying.lane.inbox_opened(lambda: steps.append("got on"))

    assert len(steps) >= 3
    assert len(carrying.names()) == 3


def test_a_document_that_cannot_be_sent_now_goes_back_where_people_see_it(
    carrying: Carrying, bench: Bench
) -> None:
    bench.kanbert.faults.add(Fault(status=401, times=None))
    carrying.drop("a.pdf", "b.pdf")

    carrying.start()

    carrying.wait_for(lambda: carrying.account.pause is not None)
    carrying.at_rest()
    assert sorted(path.name for path in bench.inbox.glob("*.pdf")) == ["a.pdf", "b.pdf"]
    assert _state(bench, "id-0") is State.RELEASED


def test_a_document_goes_back_beside_a_new_one_by_its_name(bench: Bench) -> None:
    def drop_another(path: str) -> None:
        if path == "a.pdf":  # just before the first goes back to this name
            (bench.inbox / path).write_bytes(b"a new one")

    bench.kanbert.faults.add(Fault(status=503, times=None))
    carrying = Carrying(bench, returned=drop_another)
    carrying.drop("a.pdf")
    carrying.start()

    carrying.wait_for(lambda: carrying.account.pause is not None)
    carrying.at_rest()

    assert (bench.inbox / "a.pdf").read_bytes() == b"a new one"
    assert (bench.inbox / "a (2).pdf").read_bytes() == pdf("a.pdf")
    carrying.prober.close()


def test_one_lost_answer_is_the_document_s_and_others_flow_on(
    carrying: Carrying, bench: Bench
) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    carrying.drop("a.pdf", "b.pdf")

    carrying.start()
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    carrying.later(2.0)
    carrying.wait_for(lambda: len(carrying.filed) == 2)

    assert carrying.account.pause is None
    assert bench.kanbert.store.count() == 2


def test_answers_that_never_come_pause_the_account(carrying: Carrying, bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=500, times=None))
    carrying.drop(*(f"{number}.pdf" for number in range(9)))

    carrying.start()

    carrying.wait_for(lambda: carrying.account.pause is not None)
    carrying.at_rest()
    assert bench.kanbert.journal.count(CREATE) == 3
    assert len(list(bench.inbox.glob("*.pdf"))) == 6


def test_a_done_folder_that_cannot_be_written_is_tried_again_and_named_once(bench: Bench) -> None:
    blocked = bench.inbox.parent / "blocked"
    blocked.write_text("a file where a folder should be")
    cabinet = Cabinet(blocked / "done", bench.inbox / "failed", blocked / "done")
    carrying = Carrying(bench, replace(bench.stages, cabinet=cabinet))
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: len(events(bench, "document.deferred")) == 1)

    until(lambda: carrying.lane.backlog.in_hand == 0)
    blocked.unlink()
    carrying.later(AGAIN_LATER)
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    carrying.at_rest()

    assert (blocked / "done" / "a.pdf").is_file()
    assert bench.kanbert.journal.count(CREATE) == 1
    assert len(events(bench, "document.deferred")) == 1
    carrying.prober.close()


Said = SimpleQueue[tuple[int, bool]]
"""How many documents there were, and whether the lane was at rest, each time that it told."""


def tells(carrying: Carrying, *, each_takes: float = 0.0) -> Said:
    """Have a lane that tells, each of whose documents takes so many seconds."""
    said: Said = SimpleQueue()

    def say() -> None:
        said.put((carrying.lane.backlog.size, carrying.lane.at_rest))

    around = replace(carrying.around, changed=say, filed=lambda _: carrying.later(each_takes))
    stages, setbacks = carrying.bench.stages, Setbacks(around.clock)
    carrying.lane = Lane("scanner", stages, carrying.account, around, setbacks, workers=1)
    carrying.lane.inbox_opened()
    return said


@pytest.mark.parametrize(
    ("each_takes", "told"),
    [
        pytest.param(PROGRESS / 4, [(3, False), (0, True)], id="soon over"),
        pytest.param(PROGRESS, [(3, False), (2, False), (1, False), (0, True)], id="longer"),
    ],
)
def test_whoever_looks_is_told_now_and_then_and_at_once_when_there_is_nothing_more_to_do(
    carrying: Carrying, each_takes: float, told: list[tuple[int, bool]]
) -> None:
    said = tells(carrying, each_takes=each_takes)
    carrying.drop("a.pdf", "b.pdf", "c.pdf")

    carrying.start()

    assert [said.get(timeout=30) for _ in told] == told


def test_whoever_looks_is_told_at_once_of_what_was_not_delivered(
    carrying: Carrying, bench: Bench
) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=422))
    said = tells(carrying, each_takes=PROGRESS / 4)
    carrying.drop("a.pdf", "b.pdf", "c.pdf")

    carrying.start()

    assert [said.get(timeout=30)[0] for _ in range(3)] == [3, 2, 0]


def test_whoever_looks_is_told_once_that_there_is_nothing_to_carry(carrying: Carrying) -> None:
    said = tells(carrying)

    carrying.list_inbox()
    carrying.list_inbox()

    assert said.get(timeout=30) == (0, True)
    assert said.empty()


def test_the_end_of_a_document_is_written_with_the_next_one_or_before_the_worker_rests(
    carrying: Carrying, bench: Bench, tmp_path: Path, ledger_url: str
) -> None:
    outside = open_to_read(tmp_path / "state", ledger_url)
    assert outside is not None
    seen: SimpleQueue[set[State]] = SimpleQueue()

    def look(_: Document) -> None:
        seen.put({document.state for document in outside.search(Wanted())})

    around = replace(carrying.around, filed=look)
    setbacks = Setbacks(around.clock)
    carrying.lane = Lane("scanner", bench.stages, carrying.account, around, setbacks, workers=1)
    carrying.lane.inbox_opened()
    carrying.drop("a.pdf", "b.pdf")

    carrying.start()

    assert [seen.get(timeout=30) for _ in range(2)] == [{State.UPLOADING}, {State.FILED}]
    outside.close()


def test_an_account_that_changed_is_turned_to_though_another_inbox_of_it_has_left(
    bench: Bench,
) -> None:
    turns: list[None] = []
    carrying = Carrying(bench)
    around = replace(carrying.around, changed=lambda: turns.append(None))
    lanes = [
        Lane(name, bench.stages, carrying.account, around, Setbacks(around.clock), workers=0)
        for name in ("scanner", "mail")
    ]
    for lane in lanes:
        lane.start()
    lanes[0].finish()

    carrying.account.trouble(Unavailable("away"))

    assert len(turns) == 1
    carrying.prober.close()


def test_a_lane_that_is_finished_hears_of_its_account_no_more(bench: Bench) -> None:
    carrying, listeners = Carrying(bench), list[Callable[[], None]]()
    account: Any = SimpleNamespace(name="main", on_change=listeners.append, forget=listeners.remove)
    setbacks = Setbacks(carrying.around.clock)
    lane = Lane("scanner", bench.stages, account, carrying.around, setbacks, workers=1)
    lane.start()
    heard = len(listeners)

    lane.finish()
    lane.join()

    assert (heard, listeners) == (1, [])
    carrying.prober.close()
