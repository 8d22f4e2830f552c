"""Somebody changes a file while it is on its way: at every stage, in every way."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingestd import describe, moves
from ingestd.cli.samples import pdf
from ingestd.errors import FolderUnusable
from ingestd.intake import Candidate, Patience, Rules, Workplace
from ingestd.intake.listing import list_inbox
from ingestd.intake.pairing import Entry
from ingestd.intake.settle import Inside
from ingestd.intake.shape import shape_of
from ingestd.intake.sightings import Sightings
from ingestd.ledger import Ledger
from ingestd.model import Document, State
from tests.daemon.carrying import Carrying, events, until
from tests.workbench import Bench

BEFORE, AFTER = pdf("Invoice 1"), pdf("Invoice 2")
assert len(BEFORE) == len(AFTER)
LONGER = pdf("Invoice 2, with more on it")

Change = Callable[[Path], Any]


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


def put_another_in_its_place(path: Path) -> None:
    another = path.with_name("another.part")
    another.write_bytes(LONGER)
    another.replace(path)


CHANGES: dict[str, tuple[Change, bytes]] = {
    "appended to": (append, BEFORE + b"\n"),
    "replaced": (put_another_in_its_place, LONGER),
    "written over": (lambda path: path.write_bytes(LONGER), LONGER),
    "written over in the same length": (lambda path: path.write_bytes(AFTER), AFTER),
    "truncated": (lambda path: os.truncate(path, 50), BEFORE[:50]),
    "emptied": (lambda path: os.truncate(path, 0), b""),
}


@dataclass
class Meddler:
    """Changes a document's file, once, when it has come so far."""

    change: Change
    moment: str
    path: Path
    done: bool = False

    def at(self, moment: str) -> None:
        if moment == self.moment and not self.done:
            self.done = True
            self.change(self.path)


class WatchedLedger(Ledger):
    """A ledger whose every entry is a moment for the meddler."""

    def __init__(self, ledger: Ledger, meddler: Meddler) -> None:
        self.__dict__.update(ledger.__dict__)
        self._meddler = meddler

    def add(self, document: Document) -> None:
        super().add(document)
        self._meddler.at("written down")

    def advance(self, document: Document, to: State, **how: Any) -> Document:
        advanced = super().advance(document, to, **how)
        self._meddler.at(to)
        return advanced

    def begin_upload(self, document: Document, *args: Any, **how: Any) -> Document:
        begun = super().begin_upload(document, *args, **how)
        self._meddler.at(begun.state)
        return begun

    def plan(self, document: Document, destination: str) -> Document:
        self._meddler.at("about to be planned")
        planned = super().plan(document, destination)
        self._meddler.at("planned")
        return planned


def look_into(inbox: Path, entry: Entry) -> Inside:
    with (inbox / entry.path).open("rb") as file:
        shape = shape_of(partial(os.pread, file.fileno()), entry.look.size)
    return Inside(shape, being_written=False, at=0.0)


@dataclass
class Rounds:
    """An inbox that is listed by hand, with a lane that carries what has settled."""

    carrying: Carrying
    inbox: Path
    sightings: Sightings = field(init=False)

    def __post_init__(self) -> None:
        patience = Patience(quiet=2.0, give_up=600.0)
        self.sightings = Sightings(patience, lambda entry: look_into(self.inbox, entry))

    def list_it(self) -> list[Candidate]:
        self.carrying.lane.listing_begins()
        entries = list_inbox(self.inbox, Rules()).entries
        return self.sightings.take_in(entries, (), self.carrying.time).ready

    def to_the_end(self, ready: list[Candidate]) -> None:
        """Let time pass until everything came to its end."""
        for _ in range(20):
            self.carrying.lane.offer(ready, 0, 0, 0, [])
            until(lambda: self.carrying.lane.backlog.size == 0)
            if not list(self.inbox.glob("*.pdf")):
                return
            self.carrying.later(301)
            ready = self.list_it()
        raise AssertionError("it never ended")


def carried(bench: Bench, moment: str, change: Change) -> None:
    """Carry one document that is changed at a moment, and whatever becomes of it, to the end."""
    inside = bench.stages.workplace.file("id-0", "invoice.pdf")
    in_the_inbox = bench.inbox / "invoice.pdf"
    in_the_inbox.write_bytes(BEFORE)
    os.utime(in_the_inbox, (1_000_000_000, 1_000_000_000))  # any write is at another time
    if moment in PLANNED:  # its name is taken
        (bench.inbox / "done/invoice.pdf").mkdir(parents=True)
    early = moment in {"settling", "listed", "about to be claimed"}
    meddler = Meddler(change, moment, in_the_inbox if early else inside)

    def move(source: Path, target: Path) -> None:
        meddler.at("about to be claimed")
        moves.move(source, target)
        meddler.at("claimed")

    ledger = WatchedLedger(bench.ledger, meddler)
    stages = replace(bench.stages, ledger=ledger, workplace=Workplace(bench.inbox, take=move))
    carrying = Carrying(bench, stages)
    rounds = Rounds(carrying, bench.inbox)
    rounds.list_it()
    meddler.at("settling")
    carrying.later(3)
    ready = rounds.list_it()
    meddler.at("listed")
    carrying.start()
    rounds.to_the_end(ready)
    carrying.at_rest()
    carrying.prober.close()
    assert meddler.done


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def contents(folder: Path) -> list[bytes]:
    files = [path for path in folder.iterdir() if path.is_file()] if folder.exists() else []
    return [path.read_bytes() for path in files if not path.name.endswith(".reason.txt")]


def the_promise_holds(bench: Bench) -> None:
    """Nothing twice at Kanbert, nothing in `done/` that is not there, nothing left or untold."""
    sent = Counter(invoice.sha256 for invoice in bench.kanbert.store.invoices())
    assert set(sent.values()) == {1}
    assert {sha256(content) for content in contents(bench.inbox / "done")} <= set(sent)
    assert list(bench.stages.workplace.folder.iterdir()) == []
    assert bench.ledger.under_way("scanner") == []
    lines = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    assert not any("exception" in line for line in lines)


WHOLE = {name for name, (_, after) in CHANGES.items() if after.rstrip().endswith(b"%%EOF")}
REFUSED = describe.Rules({"supplier_id": "nobody"})
UNSENT = ["settling", "listed", "about to be claimed", "claimed"]
PLANNED = ["about to be planned", "planned"]
"""Only where it does not go as was foreseen when its upload began."""
SENT = ["written down", State.ACCEPTED, State.UPLOADING, State.UPLOADED, *PLANNED]


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("moment", UNSENT)
def test_what_is_changed_before_it_was_read_counts_as_it_is_then(
    bench: Bench, moment: str, name: str
) -> None:
    change, after = CHANGES[name]
    (bench.inbox / "fine.pdf").write_bytes(pdf("Another invoice"))

    carried(bench, moment, change)

    the_promise_holds(bench)
    folder = bench.inbox / ("done" if name in WHOLE else "failed")
    assert after in contents(folder)
    assert BEFORE not in contents(bench.inbox / "done")
    assert bench.kanbert.store.count() == (2 if name in WHOLE else 1)


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("moment", SENT)
def test_what_is_changed_after_it_was_read_becomes_a_document_of_its_own(
    bench: Bench, moment: str, name: str
) -> None:
    change, after = CHANGES[name]

    carried(bench, moment, change)

    the_promise_holds(bench)
    sent = {invoice.sha256 for invoice in bench.kanbert.store.invoices()}
    assert sent == {sha256(BEFORE)} | ({sha256(after)} if name in WHOLE else set())
    folder = bench.inbox / ("done" if name in WHOLE else "failed")
    assert contents(folder) == [after]
    (first, *_) = events(bench, "document.delivered")
    assert first["level"] == "warning"
    assert "changed after it had been read" in first["reason"]
    assert first["invoice_id"]
    released = bench.ledger.document("id-0")
    assert released is not None
    assert (released.state, released.destination) == (State.RELEASED, "")


def test_what_is_replaced_when_it_is_claimed_settles_anew(bench: Bench) -> None:
    carried(bench, "about to be claimed", lambda path: os.truncate(path, 50))

    assert [state for _, state, _ in bench.ledger.steps("id-0")] == [State.CLAIMED, State.RELEASED]
    assert contents(bench.inbox / "failed") == [BEFORE[:50]]  # ten minutes later


@pytest.mark.parametrize("moment", [State.DUPLICATE, "planned"])
def test_a_duplicate_that_is_changed_becomes_a_document_of_its_own(
    bench: Bench, moment: str
) -> None:
    bench.claimed = 10  # documents: it has an id that none of the others is given
    bench.carry(bench.claim(BEFORE, "earlier.pdf"))

    carried(bench, moment, append)

    the_promise_holds(bench)
    assert sorted(contents(bench.inbox / "done")) == [BEFORE, BEFORE + b"\n"]
    (duplicate,) = events(bench, "document.duplicate")
    assert duplicate["level"] == "warning"


def copy_over_with_the_old_time_stamp(path: Path) -> None:
    before = path.stat()
    path.write_bytes(AFTER)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("moment", SENT)
def test_a_change_that_no_look_shows_is_found_all_the_same(bench: Bench, moment: str) -> None:
    carried(bench, moment, copy_over_with_the_old_time_stamp)

    the_promise_holds(bench)
    assert bench.kanbert.store.count() == 2
    assert contents(bench.inbox / "done") == [AFTER]


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_changed_while_the_daemon_is_down_becomes_a_document_of_its_own(
    bench: Bench, name: str
) -> None:
    change, after = CHANGES[name]
    (bench.inbox / "done").write_text("a file where a folder should be")
    document = bench.carry_until(FolderUnusable, bench.claim(BEFORE))
    (bench.inbox / "done").unlink()
    change(bench.stages.workplace.file(document.id, document.name))

    carrying = Carrying(bench)  # finds it, as a start does
    carrying.start()
    until(lambda: carrying.lane.backlog.size == 0)
    rounds = Rounds(carrying, bench.inbox)
    rounds.to_the_end(rounds.list_it())
    carrying.at_rest()
    carrying.prober.close()

    the_promise_holds(bench)
    assert contents(bench.inbox / ("done" if name in WHOLE else "failed")) == [after]


def test_what_was_not_changed_while_the_daemon_was_down_is_only_filed(bench: Bench) -> None:
    (bench.inbox / "done").write_text("a file where a folder should be")
    document = bench.carry_until(FolderUnusable, bench.claim(BEFORE))
    (bench.inbox / "done").unlink()

    assert bench.carry(document).state is State.FILED

    assert contents(bench.inbox / "done") == [BEFORE]


@pytest.mark.parametrize("moment", [State.FAILED, *PLANNED])
def test_what_kanbert_refused_is_filed_with_its_reason_whatever_becomes_of_it(
    bench: Bench, moment: str
) -> None:
    refusing = replace(bench, stages=replace(bench.stages, rules=REFUSED))

    carried(refusing, moment, append)

    assert contents(bench.inbox / "failed") == [BEFORE + b"\n"]
    assert (bench.inbox / "failed/invoice.pdf.reason.txt").is_file()


@pytest.mark.parametrize("moment", [*UNSENT, *SENT])
def test_what_is_merely_touched_is_delivered_once(bench: Bench, moment: str) -> None:
    carried(bench, moment, os.utime)

    the_promise_holds(bench)
    assert contents(bench.inbox / "done") == [BEFORE]
    (delivered,) = events(bench, "document.delivered")
    assert delivered["level"] == "info"
    steps = [state for _, state, _ in bench.ledger.steps("id-0")]
    assert moment not in SENT or steps[-1] is State.FILED


@pytest.mark.parametrize("moment", ["settling", "listed", "about to be claimed"])
def test_what_is_taken_away_before_it_was_claimed_is_nothing_to_speak_of(
    bench: Bench, moment: str
) -> None:
    (bench.inbox / "fine.pdf").write_bytes(pdf("Another invoice"))

    carried(bench, moment, Path.unlink)

    the_promise_holds(bench)
    assert [line["path"] for line in events(bench, "document.delivered")] == ["fine.pdf"]
    assert not any(events(bench, f"document.{event}") for event in ("failed", "deferred"))
