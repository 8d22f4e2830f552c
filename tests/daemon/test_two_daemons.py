"""Two ingestd on one inbox: kept apart by its lock, and harmless where locks do not reach."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.daemon import lock_state
from ingestd.errors import InboxUnavailable, SettingsError
from ingestd.intake.lock import hold
from ingestd.model import Document, Outcome
from ingestd.sandbox import Fault, Kind
from tests.daemon.carrying import Carrying, events, until
from tests.daemon.recovering import found
from tests.intake.marking import make_ready
from tests.workbench import CREATE, INVOICE, Bench, LocalKanbert, make_bench, new_client, now

MS_BIND, MNT_DETACH = 4096, 2
_libc = ctypes.CDLL(None, use_errno=True)


# ---- one machine: locks --------------------------------------------------------------------------


@contextmanager
def bound(folder: Path, place: Path) -> Iterator[Path]:
    """The same folder, mounted at a second place."""
    place.mkdir()
    if _libc.mount(os.fsencode(folder), os.fsencode(place), None, MS_BIND, None) != 0:
        pytest.skip(f"nothing may be mounted here: {os.strerror(ctypes.get_errno())}")
    try:
        yield place
    finally:
        _libc.umount2(os.fsencode(place), MNT_DETACH)


@contextmanager
def linked(folder: Path, place: Path) -> Iterator[Path]:
    place.symlink_to(folder)
    yield place


@contextmanager
def spelt(folder: Path, place: Path) -> Iterator[Path]:
    yield Path(f"{place}/../{folder.name}")


SPELLINGS = pytest.mark.parametrize("way", [spelt, linked, bound])
Way = Callable[[Path, Path], AbstractContextManager[Path]]


@SPELLINGS
def test_a_state_folder_is_locked_however_it_is_spelt(tmp_path: Path, way: Way) -> None:
    state, place = tmp_path / "state", tmp_path / "place"
    if way is spelt:
        place.mkdir()

    with (
        lock_state(state),
        way(state, place) as same,
        pytest.raises(SettingsError, match="Another ingestd"),
    ):
        lock_state(same).__enter__()


@SPELLINGS
def test_an_inbox_is_locked_however_it_is_spelt(tmp_path: Path, inbox: Path, way: Way) -> None:
    place = tmp_path / "place"
    make_ready(inbox, now())
    if way is spelt:
        place.mkdir()
    held = hold(inbox)

    with way(inbox, place) as same, pytest.raises(InboxUnavailable, match="Another ingestd"):
        hold(same)

    os.close(held)
    os.close(hold(inbox))


def test_a_program_that_was_started_meanwhile_keeps_no_lock(tmp_path: Path, inbox: Path) -> None:
    def both_are_free() -> bool:
        with suppress(SettingsError, InboxUnavailable), lock_state(tmp_path / "state"):
            os.close(hold(inbox))
            return True
        return False

    make_ready(inbox, now())
    with lock_state(tmp_path / "state"):
        held = hold(inbox)
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False
        )
        os.close(held)

    with child:
        until(both_are_free)  # the kernel closes files a moment after exec
        assert child.poll() is None
        child.communicate(b"\n")


# ---- two machines: a share whose locks do not reach ----------------------------------------------


@dataclass
class Machines:
    """Two lanes with ledgers of their own on one inbox, and nothing that keeps them apart."""

    one: Carrying
    other: Carrying

    def filed(self) -> int:
        return len(self.one.filed) + len(self.other.filed)

    def one_is_through(self) -> bool:
        """Let time pass for the first until it has nothing left."""
        self.one.later(20)
        return self.one.lane.backlog.size == 0

    def rest(self) -> None:
        for machine in (self.one, self.other):
            machine.at_rest()

    def failures(self) -> list[str]:
        return [
            line
            for machine in (self.one, self.other)
            for line in machine.bench.log.getvalue().splitlines()
            if '"level": "error"' in line or "document.failed" in line
        ]


@pytest.fixture
def second(tmp_path: Path, bench: Bench, local_kanbert: LocalKanbert) -> Iterator[Bench]:
    """The inbox as another machine sees it."""
    with new_client(local_kanbert) as client:
        second = make_bench(bench.inbox, tmp_path / "another state", local_kanbert, client)
        yield second
        second.ledger.close()


@pytest.fixture
def machines(bench: Bench, second: Bench) -> Iterator[Machines]:
    machines = Machines(
        Carrying(bench, workers=3, ids="one"), Carrying(second, workers=3, ids="other")
    )
    yield machines
    machines.rest()
    machines.one.prober.close()
    machines.other.prober.close()


def done(bench: Bench) -> Counter[bytes]:
    folder = bench.inbox / "done"
    return Counter(path.read_bytes() for path in folder.iterdir()) if folder.is_dir() else Counter()


def assert_each_once(machines: Machines, names: list[str]) -> None:
    bench = machines.one.bench
    assert done(bench) == Counter(pdf(name) for name in names)
    hashes = Counter(invoice.sha256 for invoice in bench.kanbert.store.invoices())
    assert (len(hashes), set(hashes.values())) == (len(names), {1})
    assert list(bench.stages.workplace.folder.iterdir()) == []
    assert sorted(path.name for path in bench.inbox.iterdir()) == [".ingestd", "done"]
    assert machines.failures() == []


def test_what_both_see_is_carried_by_one(machines: Machines) -> None:
    names = [f"{number:02}.pdf" for number in range(40)]
    machines.one.drop(*names)
    machines.other.list_inbox()

    machines.one.start()
    machines.other.start()

    until(lambda: machines.filed() == len(names))
    machines.rest()
    assert_each_once(machines, names)


@pytest.mark.parametrize("kind", [Kind.DELAY, Kind.COMMIT_THEN_DROP])
def test_what_another_machine_is_just_creating_is_taken_over_by_one_that_starts(
    machines: Machines, kind: Kind
) -> None:
    kanbert = machines.one.bench.kanbert
    kanbert.faults.add(Fault(kind=kind, operation=CREATE, delay=0.5, times=2))
    names = ["1.pdf", "2.pdf"]
    machines.one.drop(*names)
    machines.one.start()
    until(lambda: kanbert.journal.count(CREATE) == len(names))

    machines.other.lane.inbox_opened()
    machines.other.start()

    until(lambda: done(machines.one.bench).total() == len(names))
    until(machines.one_is_through)
    machines.rest()
    assert_each_once(machines, names)


def test_what_two_machines_find_left_behind_is_taken_over_by_one(
    bench: Bench, second: Bench
) -> None:
    path = bench.stages.workplace.file("of a third", "invoice.pdf")
    path.parent.mkdir(parents=True)
    path.write_bytes(INVOICE)
    taken: list[Document] = []

    def just_taken() -> str:
        """The other machine is quicker by the blink of an eye."""
        taken.extend(found(second))
        return "too late"

    assert found(bench, new_id=just_taken) == []

    second.carry(taken[0])
    assert bench.ledger.under_way("scanner") == []
    assert done(bench) == Counter([INVOICE])


def test_a_folder_that_cannot_be_renamed_is_carried_on_as_it_is(bench: Bench) -> None:
    path = bench.stages.workplace.file("left", "invoice.pdf")
    path.parent.mkdir(parents=True)
    path.write_bytes(INVOICE)

    def two_by_that_name() -> str:
        (path.parents[1] / "taken" / "x").mkdir(parents=True)
        return "taken"

    (document,) = found(bench, new_id=two_by_that_name)

    assert document.id == "left"
    bench.carry(document)
    assert done(bench) == Counter([INVOICE])


def test_one_content_on_two_inboxes_becomes_one_invoice(
    bench: Bench, tmp_path: Path, local_kanbert: LocalKanbert
) -> None:
    (tmp_path / "elsewhere").mkdir()
    with new_client(local_kanbert) as client:
        second = make_bench(tmp_path / "elsewhere", tmp_path / "other", local_kanbert, client)
        one, other = Carrying(bench), Carrying(second)
        local_kanbert.faults.add(Fault(kind=Kind.DELAY, operation=CREATE, delay=0.5))
        one.drop("same.pdf")
        one.start()
        until(lambda: local_kanbert.journal.count(CREATE) == 1)

        other.drop("same.pdf")
        other.start()
        until(lambda: len(one.filed) + len(other.filed) == 2)
        for machine in (one, other):
            machine.at_rest()
            machine.prober.close()
        second.ledger.close()

    outcomes = {one.filed[0].outcome, other.filed[0].outcome}
    assert outcomes <= {Outcome.DELIVERED, Outcome.DUPLICATE}
    assert local_kanbert.store.count() == 1
    assert done(bench) == done(second) == Counter([pdf("same.pdf")])
    assert events(bench, "document.failed") == events(second, "document.failed") == []
