"""A lane when the ledger, the disk, a folder or the code fails it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingestd.daemon.deferral import AGAIN_LATER
from ingestd.errors import LedgerUnusable, StorageFailed, Unavailable
from ingestd.filing import Cabinet
from ingestd.ledger import Ledger
from ingestd.model import Document, Outcome
from ingestd.sandbox import Fault, Kind
from tests.daemon.carrying import Carrying, complaints, events, until
from tests.workbench import CREATE, INVOICE, Bench


@pytest.fixture
def carrying(bench: Bench) -> Iterator[Carrying]:
    carrying = Carrying(bench)
    yield carrying
    carrying.at_rest()
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
    until(lambda: bool(carrying.returned) and len(list(bench.inbox.glob("*.pdf"))) == 2)
    assert bench.kanbert.journal.count() == 0
    assert len(complaints(bench)) == 1

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
    assert carrying.lane.lost
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
    assert not carrying.lane.backlog.listed  # the next listing knows what became of it
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


def test_a_document_in_hand_is_not_recovered_when_its_inbox_comes_back(bench: Bench) -> None:
    carrying = Carrying(bench, workers=2)
    bench.kanbert.faults.add(Fault(kind=Kind.DELAY, operation=CREATE, delay=0.3))
    carrying.drop("a.pdf")
    carrying.start()
    bench.kanbert.journal.wait_for(lambda _: bench.kanbert.journal.count(CREATE) > 0)

    carrying.lane.inbox_closed()
    carrying.lane.inbox_opened()
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    carrying.at_rest()

    assert events(bench, "document.recovered") == []
    assert len(carrying.filed) == len(events(bench, "document.delivered")) == 1
    carrying.prober.close()


def test_a_document_that_cannot_go_back_yet_goes_back_later(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(status=401, times=None))
    away, went = bench.inbox.with_name("away"), list[str]()

    def share_goes_away(path: str) -> None:
        if not went:
            bench.inbox.rename(away)
        went.append(path)

    carrying = Carrying(bench, returned=share_goes_away)
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: carrying.lane.backlog.size == 1 and not carrying.lane.backlog.in_hand)
    away.rename(bench.inbox)

    carrying.later(AGAIN_LATER)

    until((bench.inbox / "a.pdf").exists)
    carrying.at_rest()
    assert carrying.filed == []
    assert bench.stages.workplace.folder.exists()
    carrying.prober.close()


def test_a_document_on_trial_that_hangs_gives_way_to_another(bench: Bench) -> None:
    carrying = Carrying(bench)
    carrying.account.trouble(Unavailable("an outage"))
    carrying.time += 1000
    carrying.account.tick()
    until(lambda: carrying.account.pause is None)
    assert carrying.account.admit("hangs")
    assert not carrying.account.admit("another")

    carrying.time += 61
    carrying.account.tick()

    assert carrying.account.admit("another")
    carrying.at_rest()
    carrying.prober.close()
