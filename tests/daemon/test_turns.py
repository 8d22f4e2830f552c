"""Documents that have to be made smaller, among others that have not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.daemon.deferral import AGAIN_SOON
from ingestd.daemon.jobs import Job, PutOff
from ingestd.daemon.turns import Oversized, Turn
from ingestd.errors import NotItsTurn
from ingestd.intake import Candidate, Look
from ingestd.model import Outcome, State
from ingestd.shrink import Shrunk
from ingestd.stages import LARGEST
from tests.daemon.carrying import PATIENCE, Carrying, complaints, until
from tests.ledger.documents import document
from tests.workbench import Bench, LocalKanbert, make_bench, new_client

MOST = 10_000  # bytes


@dataclass
class Shrinking:
    """Makes each copy once it is let, in its turn."""

    turn: Turn = field(default_factory=Turn)
    begun: list[bytes] = field(default_factory=list)
    let: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, original: bytes) -> Shrunk:
        with self.turn.take():
            self.begun.append(original)
            assert self.let.acquire(timeout=PATIENCE)
            return Shrunk(pdf(f"smaller {len(self.begun)}"), dpi=150, quality=60)


@pytest.fixture
def shrinking() -> Iterator[Shrinking]:
    shrinking = Shrinking()
    yield shrinking
    shrinking.let.release(100)


def drop(carrying: Carrying, *names: str) -> None:
    """Drop files, those that have `large` in their names too large, and offer what lies there."""
    for name in names:
        padding = bytes(MOST) if "large" in name else b""
        (carrying.bench.inbox / name).write_bytes(pdf(name, padding=padding))
    carrying.list_inbox()


def delivered(carrying: Carrying, *names: str) -> Callable[[], bool]:
    expected = [(name, Outcome.DELIVERED) for name in sorted(names)]
    return lambda: carrying.outcomes() == expected


Open = Callable[..., Carrying]


@pytest.fixture
def opened(shrinking: Shrinking) -> Iterator[Open]:
    """Opens an inbox with so many workers."""
    lanes = list[Carrying]()

    def opened(bench: Bench, *, workers: int = 1) -> Carrying:
        stages = replace(bench.stages, max_size=MOST, shrink=shrinking)
        carrying = Carrying(bench, stages, workers, turn=shrinking.turn)
        lanes.append(carrying)
        carrying.start()
        return carrying

    yield opened
    shrinking.let.release(100)
    for carrying in lanes:
        carrying.end()


@pytest.fixture
def another(tmp_path: Path, local_kanbert: LocalKanbert) -> Iterator[Bench]:
    """Another inbox."""
    folder = tmp_path / "another inbox"
    folder.mkdir()
    with new_client(local_kanbert) as client:
        bench = make_bench(folder, tmp_path / "another state", local_kanbert, client)
        yield bench
        bench.ledger.close()


# ---- with real threads ---------------------------------------------------------------------------


def test_while_one_is_made_smaller_the_others_flow_and_those_too_large_stay_in_the_inbox(
    bench: Bench, shrinking: Shrinking, opened: Open
) -> None:
    carrying = opened(bench, workers=2)

    drop(carrying, "1 large.pdf", "2 large.pdf", "3 large.pdf", "4.pdf", "5.pdf")
    carrying.wait_for(delivered(carrying, "4.pdf", "5.pdf"))

    assert len(shrinking.begun) == 1
    assert carrying.names() == ["2 large.pdf", "3 large.pdf"]
    assert not carrying.lane.at_rest


def test_each_comes_to_its_turn_without_any_time_passing(
    bench: Bench, shrinking: Shrinking, opened: Open
) -> None:
    carrying = opened(bench, workers=3)
    names = [f"{number} large.pdf" for number in range(4)]
    drop(carrying, *names)

    shrinking.let.release(4)

    carrying.wait_for(delivered(carrying, *names))


def test_another_inbox_s_single_worker_waits_for_no_turn(
    bench: Bench, another: Bench, shrinking: Shrinking, opened: Open
) -> None:
    one, other = opened(bench), opened(another)
    drop(one, "large.pdf")
    until(lambda: len(shrinking.begun) == 1)

    drop(other, "1 large too.pdf", "2.pdf")
    other.wait_for(delivered(other, "2.pdf"))
    assert other.names() == ["1 large too.pdf"]

    shrinking.let.release(2)
    other.wait_for(delivered(other, "1 large too.pdf", "2.pdf"))


def test_one_that_was_claimed_before_a_start_waits_in_work_for_its_turn(
    bench: Bench, shrinking: Shrinking, opened: Open
) -> None:
    waiting = bench.claim(pdf("large", padding=bytes(MOST)), "large.pdf")
    with shrinking.turn.take():
        carrying = opened(bench)
        drop(carrying, "1.pdf")
        carrying.wait_for(delivered(carrying, "1.pdf"))
        assert carrying.bench.stages.workplace.may_hold(waiting.id, waiting.name)

    shrinking.let.release()
    carrying.wait_for(delivered(carrying, "1.pdf", waiting.name))


def test_one_that_loses_the_turn_at_the_last_moment_is_put_off_and_tried_again(
    bench: Bench,
) -> None:
    turn, lost = Turn(), [NotItsTurn("lost")]

    def shrink(_: bytes) -> Shrunk:
        if lost:
            raise lost.pop()
        return Shrunk(pdf("smaller"), dpi=150, quality=60)

    stages = replace(bench.stages, max_size=MOST, shrink=shrink)
    carrying = Carrying(bench, stages, turn=turn)
    carrying.start()

    drop(carrying, "large.pdf")

    until(lambda: not lost and not carrying.lane.backlog.in_hand)
    carrying.later(AGAIN_SOON)
    carrying.wait_for(delivered(carrying, "large.pdf"))
    assert complaints(bench) == []
    carrying.end()


def test_a_stop_puts_those_that_wait_for_their_turn_back_into_the_inbox(
    bench: Bench, shrinking: Shrinking, opened: Open
) -> None:
    waiting = bench.claim(pdf("large", padding=bytes(MOST)), "large.pdf")
    with shrinking.turn.take():
        carrying = opened(bench)
        carrying.at_rest()

    assert carrying.names() == [waiting.name]
    assert carrying.lane.left_over == 1


# ---- which documents that is ---------------------------------------------------------------------


def candidate(size: int) -> Job:
    return Candidate("a.pdf", Look(size, 1, 1, 1))


def put_off(state: State, size: int | None) -> Job:
    return PutOff(0.0, document(state=state, size=size))


@pytest.mark.parametrize(
    ("job", "stands_back"),
    [
        (candidate(MOST), False),
        (candidate(MOST + 1), True),
        (candidate(MOST * LARGEST), True),
        (candidate(MOST * LARGEST + 1), False),
        (put_off(State.CLAIMED, None), True),
        (put_off(State.ACCEPTED, MOST), False),
        (put_off(State.ACCEPTED, MOST + 1), True),
        (put_off(State.UNKNOWN, MOST + 1), False),
        (put_off(State.UPLOADED, MOST + 1), False),
    ],
)
def test_only_what_is_made_smaller_stands_back(bench: Bench, job: Job, stands_back: bool) -> None:
    turn = Turn()
    stages = replace(bench.stages, max_size=MOST, shrink=lambda _: Shrunk(b"", 150, 60))
    oversized, plain = Oversized(stages, turn), Oversized(replace(stages, shrink=None), turn)

    with turn.take():
        assert (oversized.stands_back(job), plain.stands_back(job)) == (stands_back, False)
    assert not oversized.stands_back(job)


def test_only_one_at_a_time_is_begun_with_in_an_inbox(bench: Bench) -> None:
    stages = replace(bench.stages, max_size=MOST, shrink=lambda _: Shrunk(b"", 150, 60))
    oversized, large = Oversized(stages, Turn()), candidate(MOST + 1)

    oversized.started(candidate(MOST))
    assert not oversized.stands_back(large)
    oversized.started(large)
    assert oversized.stands_back(large)
    oversized.done()
    assert not oversized.stands_back(large)


def test_a_worker_that_is_done_with_another_document_does_not_let_a_second_one_begin(
    bench: Bench,
) -> None:
    stages = replace(bench.stages, max_size=MOST, shrink=lambda _: Shrunk(b"", 150, 60))
    oversized, large = Oversized(stages, Turn()), candidate(MOST + 1)
    oversized.started(large)

    other = threading.Thread(target=oversized.done)
    other.start()
    other.join()

    assert oversized.stands_back(large)


def test_whoever_wants_the_turn_is_told_when_it_ends_however_it_ends() -> None:
    turn, told = Turn(), list[bool]()
    turn.on_end(lambda: told.append(turn.taken))

    with pytest.raises(ZeroDivisionError), turn.take():
        raise ZeroDivisionError

    assert told == [False]
