"""A lane whose ledger lies on a disk that is full, or fails, at a document's every step."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingestd.cli.samples import pdf
from ingestd.daemon.deferral import LONGEST_BETWEEN_TRIES
from ingestd.ledger import Ledger
from ingestd.model import Document, Outcome, State
from tests.daemon.carrying import Carrying, complaints, until
from tests.hardship import fill, make_room, small_filesystem
from tests.refusing import CAN_REFUSE, refuse
from tests.workbench import CREATE, Bench, LocalKanbert, make_bench, new_client, new_ledger

STEPS = ["claimed", "accepted", "uploading", "uploaded", "planned", "filed"]
"""What is written down of a document, each before it is acted on; planned is only what goes
elsewhere than was foreseen when its upload began."""


class Watched(Ledger):
    """A ledger that tells of each step before it is written down."""

    def __init__(self, ledger: Ledger, before: Callable[[str], None]) -> None:
        self.__dict__.update(ledger.__dict__)
        self.before = before

    def add(self, document: Document) -> None:
        self.before("claimed")
        super().add(document)

    def advance(self, document: Document, to: State, **how: Any) -> Document:
        self.before(str(to))
        return super().advance(document, to, **how)

    def begin_upload(self, document: Document, *args: Any, **how: Any) -> Document:
        self.before("uploading")
        return super().begin_upload(document, *args, **how)

    def plan(self, document: Document, destination: str) -> Document:
        self.before("planned")
        return super().plan(document, destination)

    def flush(self) -> None:
        self.before("flushed")
        super().flush()


@pytest.fixture
def small(inbox: Path, tmp_path: Path, local_kanbert: LocalKanbert) -> Iterator[Bench]:
    """A bench whose state folder is a small filesystem."""
    with (
        small_filesystem(tmp_path / "state", "1m") as state,
        new_client(local_kanbert) as client,
    ):
        bench = make_bench(inbox, state, local_kanbert, client)
        yield bench
        bench.ledger.close()


def watched(bench: Bench, before: Callable[[str], None], *, step: str = "") -> Carrying:
    """Make a lane whose every step is told before it is written down; `step` is to be one."""
    if step == "planned":  # its name is taken
        (bench.inbox / "done/a.pdf").mkdir(parents=True)
    return Carrying(bench, replace(bench.stages, ledger=Watched(bench.ledger, before)))


def drop_again(carrying: Carrying) -> None:
    """Offer what went back into the inbox, as its next listing would."""
    carrying.drop(*(path.name for path in carrying.bench.inbox.glob("*.pdf")))


def later_again(carrying: Carrying) -> None:
    """Let everything that waits be tried once more, and come to an end."""
    drop_again(carrying)  # while nothing is claimed
    carrying.later(LONGEST_BETWEEN_TRIES)


def tried_again(carrying: Carrying, told: list[str]) -> None:
    """Wait until what waits was tried once more, in vain."""
    tries = len(told)
    later_again(carrying)
    until(lambda: len(told) > tries and carrying.lane.backlog.in_hand == 0)


def assert_delivered_once(bench: Bench, *names: str) -> None:
    assert bench.kanbert.journal.count(CREATE) == bench.kanbert.store.count() == len(names)
    done = [path for path in (bench.inbox / "done").iterdir() if path.is_file()]
    assert sorted(path.read_bytes() for path in done) == sorted(map(pdf, names))
    assert list(bench.stages.workplace.folder.iterdir()) == []


@pytest.mark.parametrize("step", STEPS)
def test_a_state_folder_that_is_full_at_any_step_delays_the_document_and_doubles_nothing(
    small: Bench, tmp_path: Path, step: str
) -> None:
    state, told = tmp_path / "state", list[str]()

    def run_full(at: str) -> None:
        if at == step and at not in told:
            fill(state)
        told.append(at)

    carrying = watched(small, run_full, step=step)
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: step in told and carrying.lane.backlog.in_hand == 0)
    for _ in range(3):
        tried_again(carrying, told)
    sent = small.kanbert.journal.count(CREATE)
    assert sent == (1 if STEPS.index(step) > STEPS.index("uploading") else 0)
    assert len(complaints(small)) == 1

    make_room(state)
    later_again(carrying)

    carrying.wait_for(lambda: carrying.outcomes() == [("a.pdf", Outcome.DELIVERED)])
    carrying.at_rest()
    assert_delivered_once(small, "a.pdf")
    carrying.prober.close()


def test_a_full_state_folder_is_named_once_however_many_documents_it_keeps_waiting(
    small: Bench, tmp_path: Path
) -> None:
    told: list[str] = []
    carrying = watched(small, told.append)
    fill(tmp_path / "state")
    names = [f"{number}.pdf" for number in range(5)]
    carrying.drop(*names)
    carrying.start()
    until(lambda: bool(told) and carrying.lane.backlog.in_hand == 0)
    for _ in range(5):
        tried_again(carrying, told)
    # one at a time: for the others it would be the same; each is undone as far as that can be
    steps = [step for step in told if step in {*STEPS, "released"}]
    assert steps[:4] == ["claimed", "accepted", "uploading", "released"]
    assert steps[4:] == ["claimed", "released"] * 5  # from now on it is known
    assert small.kanbert.journal.count(CREATE) == 0
    assert {path.name for path in small.inbox.glob("*.pdf")} == set(names)
    assert len(complaints(small)) == 1

    make_room(tmp_path / "state")
    later_again(carrying)

    carrying.wait_for(lambda: len(carrying.filed) == 5)
    carrying.at_rest()
    assert_delivered_once(small, *names)
    carrying.prober.close()


@pytest.mark.in_a_file
@pytest.mark.skipif(not CAN_REFUSE, reason="needs the numbers of its system calls")
@pytest.mark.parametrize(
    ("step", "calls"),
    [
        *(pytest.param(step, ["pwrite64"], id=f"{step}-write") for step in STEPS),
        # the last step waits for no disk, for nothing depends on it
        *(pytest.param(step, ["fdatasync", "fsync"], id=f"{step}-fsync") for step in STEPS[:-1]),
    ],
)
def test_a_disk_that_fails_at_any_step_ends_the_work_and_the_next_start_goes_on(
    bench: Bench, tmp_path: Path, step: str, calls: list[str]
) -> None:
    def fail(at: str) -> None:
        if at == step:
            refuse(calls, errno.EIO)  # to this worker, from now on

    carrying = watched(bench, fail, step=step)
    carrying.drop("a.pdf")
    carrying.start()
    carrying.wait_for(lambda: len(carrying.broken) == 1)
    carrying.at_rest()
    assert carrying.filed == []

    ledger = new_ledger(tmp_path / "state")
    after_a_restart = Carrying(bench, replace(bench.stages, ledger=ledger))
    after_a_restart.start()

    until(lambda: (bench.inbox / "done").exists() and not ledger.under_way("scanner"))
    after_a_restart.at_rest()
    assert_delivered_once(bench, "a.pdf")
    ledger.close()
    for each in (carrying, after_a_restart):
        each.prober.close()
