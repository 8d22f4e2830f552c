"""One inbox's worker threads, against a Kanbert on a real socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingestd.cli.samples import pdf
from ingestd.daemon.account import Account
from ingestd.daemon.lane import AGAIN_LATER, Lane
from ingestd.errors import LedgerUnusable, StorageFailed
from ingestd.filing import Cabinet
from ingestd.intake import Candidate, Look
from ingestd.ledger import Ledger
from ingestd.model import Document, Outcome, State
from ingestd.pipeline import Stages
from ingestd.sandbox import Fault, Kind
from tests.workbench import CREATE, INVOICE, Bench, new_client

PATIENCE = 30.0


class Carrying:
    """A lane under way, its clock, and what came of it."""

    def __init__(self, bench: Bench, stages: Stages | None = None, workers: int = 1) -> None:
        self.bench = bench
        self.time = 1000.0
        self.filed: list[Document] = []
        self.broken: list[StorageFailed] = []
        self._changed = threading.Condition()
        self.prober = new_client(bench.kanbert)
        self.account = Account(
            "main",
            probe=self.prober.probe,
            credentials=lambda: None,
            log=bench.stages.log,
            clock=lambda: self.time,
            random=lambda: 0.5,
        )
        self.lane = Lane(
            "scanner",
            stages or bench.stages,
            self.account,
            workers=workers,
            clock=lambda: self.time,
            new_id=iter(f"id-{number}" for number in range(1000)).__next__,
            filed=lambda document: self._note(self.filed, document),
            broken=lambda error: self._note(self.broken, error),
        )
        self.account.on_change(self._tell)
        self.lane.inbox_opened()

    def drop(self, *names: str) -> None:
        """Drop files of different content, and offer them."""
        candidates = []
        for name in names:
            path = self.bench.inbox / name
            path.write_bytes(pdf(name))
            candidates.append(Candidate(name, Look.of(path.stat())))
        self.lane.offer(candidates, 0, 0)

    def start(self) -> None:
        self.lane.start()

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds
        self.lane.backlog.look_again()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE)

    def at_rest(self) -> None:
        """Wait until nothing is in hand."""
        self.lane.finish()
        assert self.lane.join(self.time + PATIENCE)

    def outcomes(self) -> list[tuple[str, Outcome | None]]:
        return sorted((document.name, document.outcome) for document in self.filed)

    def _note(self, where: list[Any], what: object) -> None:
        with self._changed:
            where.append(what)
            self._changed.notify_all()

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()


@pytest.fixture
def carrying(bench: Bench) -> Iterator[Carrying]:
    carrying = Carrying(bench)
    yield carrying
    carrying.at_rest()
    carrying.prober.close()


def events(bench: Bench, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == name]


def test_everything_offered_is_carried(carrying: Carrying) -> None:
    carrying.drop("a.pdf", "b.pdf", "c.pdf")

    carrying.start()

    carrying.wait_for(lambda: len(carrying.filed) == 3)
    assert {outcome for _, outcome in carrying.outcomes()} == {Outcome.DELIVERED}


def test_a_document_that_cannot_be_sent_now_goes_back_where_people_see_it(
    carrying: Carrying, bench: Bench
) -> None:
    bench.kanbert.faults.add(Fault(status=401, times=None))
    carrying.drop("a.pdf", "b.pdf")

    carrying.start()

    carrying.wait_for(lambda: carrying.account.pause is not None)
    carrying.at_rest()
    assert sorted(path.name for path in bench.inbox.glob("*.pdf")) == ["a.pdf", "b.pdf"]
    assert bench.states(replace(bench.ledger.document("id-0") or _NOTHING))[-1] == "released"


def test_a_document_goes_back_beside_a_new_one_by_its_name(
    carrying: Carrying, bench: Bench
) -> None:
    bench.kanbert.faults.add(Fault(status=503, times=None, delay=0.3))
    carrying.drop("a.pdf")
    carrying.start()
    bench.kanbert.journal.wait_for(bool)
    (bench.inbox / "a.pdf").write_bytes(b"a new one")

    carrying.wait_for(lambda: carrying.account.pause is not None)
    carrying.at_rest()

    assert (bench.inbox / "a.pdf").read_bytes() == b"a new one"
    assert (bench.inbox / "a (2).pdf").read_bytes() == pdf("a.pdf")


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
    _until(lambda: len(events(bench, "document.deferred")) == 1)

    carrying.later(AGAIN_LATER)
    _until(lambda: carrying.lane.backlog.in_hand == 0 and len(carrying.lane.backlog.claimed()) == 1)
    blocked.unlink()
    carrying.later(AGAIN_LATER)
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    carrying.at_rest()

    assert (blocked / "done" / "a.pdf").is_file()
    assert bench.kanbert.journal.count(CREATE) == 1
    assert len(events(bench, "document.deferred")) == 1
    carrying.prober.close()


class Failing(Ledger):
    """A ledger that cannot add, or fails in another way."""

    def __init__(self, ledger: Ledger, error: Exception) -> None:
        self.__dict__.update(ledger.__dict__)
        self.error: Exception | None = error

    def add(self, document: Document) -> None:
        if self.error:
            raise self.error
        super().add(document)


def test_what_cannot_be_remembered_is_not_sent(bench: Bench) -> None:
    ledger = Failing(bench.ledger, LedgerUnusable("disk full"))
    carrying = Carrying(bench, replace(bench.stages, ledger=ledger))
    carrying.drop("a.pdf", "b.pdf")
    carrying.start()
    _until(lambda: len(events(bench, "document.deferred")) == 1)
    assert bench.kanbert.journal.count() == 0
    assert len(list(bench.inbox.glob("*.pdf"))) == 2

    ledger.error = None
    carrying.time += AGAIN_LATER
    carrying.drop("a.pdf", "b.pdf")

    carrying.wait_for(lambda: len(carrying.filed) == 2)
    carrying.at_rest()
    carrying.prober.close()


def test_a_disk_that_fails_ends_the_work_with_the_document_in_place(bench: Bench) -> None:
    class Broken(Ledger):
        def __init__(self, ledger: Ledger) -> None:
            self.__dict__.update(ledger.__dict__)

        def advance(self, *_: Any, **__: Any) -> Document:
            raise StorageFailed("the disk said no")

    carrying = Carrying(bench, replace(bench.stages, ledger=Broken(bench.ledger)))
    carrying.drop("a.pdf")

    carrying.start()

    carrying.wait_for(lambda: len(carrying.broken) == 1)
    carrying.at_rest()
    assert [name for _, name in bench.stages.workplace.claimed()] == ["a.pdf"]
    carrying.prober.close()


def test_a_bug_in_one_document_is_logged_and_the_others_are_carried(bench: Bench) -> None:
    class Buggy(Cabinet):
        def put_away(self, source: Path, folder: Path, **how: Any) -> Path:
            if source.name == "a.pdf":
                raise ZeroDivisionError("a bug")
            return super().put_away(source, folder, **how)

    done, failed = bench.inbox / "done", bench.inbox / "failed"
    carrying = Carrying(bench, replace(bench.stages, cabinet=Buggy(done, failed, done)))
    carrying.drop("a.pdf", "b.pdf")

    carrying.start()

    carrying.wait_for(lambda: [document.name for document in carrying.filed] == ["b.pdf"])
    carrying.at_rest()
    (named,) = events(bench, "document.deferred")
    assert "ZeroDivisionError" in named["exception"]
    carrying.prober.close()


def test_a_file_that_is_gone_when_it_is_claimed_is_nothing_to_speak_of(
    carrying: Carrying, bench: Bench
) -> None:
    carrying.drop("a.pdf", "b.pdf")
    (bench.inbox / "a.pdf").unlink()

    carrying.start()

    carrying.wait_for(lambda: len(carrying.filed) == 1)
    assert carrying.outcomes() == [("b.pdf", Outcome.DELIVERED)]
    assert events(bench, "document.deferred") == []


def test_after_a_restart_the_work_folder_comes_first(bench: Bench) -> None:
    bench.claim(INVOICE, "left behind.pdf")
    carrying = Carrying(bench)
    carrying.drop("a.pdf")

    carrying.start()

    carrying.wait_for(lambda: len(carrying.filed) == 2)
    carrying.at_rest()
    assert carrying.filed[0].name == "left behind.pdf"
    carrying.prober.close()


_NOTHING = Document("", "", "", "", State.CLAIMED, None, None)  # type: ignore[arg-type]


def _until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody tells us of."""
    patience = threading.Event()
    for _ in range(3000):
        if condition():
            return
        patience.wait(0.01)
    raise AssertionError("it did not come about")
