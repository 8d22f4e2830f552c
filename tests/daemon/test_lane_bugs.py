"""What nobody thought of: it is said, and neither a worker nor a document is lost by it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ingestd.errors import FolderUnusable, OutcomeUnknown
from ingestd.intake import Workplace
from ingestd.sandbox import Fault
from tests.daemon.carrying import Carrying, events, until
from tests.workbench import Bench


def test_a_worker_survives_that_the_work_folder_cannot_be_looked_through(bench: Bench) -> None:
    unlistable: list[bool] = []

    class Work(Workplace):
        def claimed(self, **how: Any) -> Any:
            if unlistable:
                raise PermissionError(13, "Permission denied")
            return Workplace.claimed(self, **how)

    def lose(source: Path, target: Path) -> None:
        source.rename(target)
        if target.name == "a.pdf":
            target.unlink()

    stages = replace(bench.stages, workplace=Work(bench.inbox, take=lose))
    carrying = Carrying(bench, stages)
    unlistable.append(True)
    carrying.drop("a.pdf", "b.pdf")

    carrying.start()
    carrying.wait_for(lambda: len(carrying.filed) == 1)

    assert carrying.filed[0].name == "b.pdf"
    carrying.end()


def test_a_bug_on_the_way_back_ends_no_worker_and_hides_no_document(bench: Bench) -> None:
    bugs = [ValueError("a bug")]

    class Work(Workplace):
        def release(self, *what: Any, **how: Any) -> Any:
            if bugs:
                raise bugs.pop()
            return Workplace.release(self, *what, **how)

    bench.kanbert.faults.add(Fault(status=503))
    carrying = Carrying(bench, replace(bench.stages, workplace=Work(bench.inbox)), relisting=True)
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: not bugs and not carrying.lane.backlog.in_hand)
    held = [one.error for one in carrying.lane.held]

    carrying.pass_time_until(lambda: len(carrying.filed) == 1)

    assert "ValueError: a bug" in events(bench, "document.deferred")[0]["exception"]
    assert held == ["a bug"]
    carrying.end()


def test_what_goes_back_into_the_inbox_when_it_stops_is_counted(bench: Bench) -> None:
    carrying = Carrying(bench)
    carrying.lane.backlog.come_back_to(bench.claim(), wait=1000)

    carrying.start()
    carrying.end()

    assert carrying.lane.left_over == 1
    assert (bench.inbox / "invoice.pdf").is_file()


def test_a_file_that_could_not_be_claimed_counts_until_it_is_gone(bench: Bench) -> None:
    def refuse(_source: Path, _target: Path) -> None:
        raise OSError(5, "Input/output error")

    carrying = Carrying(bench, replace(bench.stages, workplace=Workplace(bench.inbox, take=refuse)))
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: carrying.lane.barred == 1)

    (bench.inbox / "a.pdf").unlink()
    carrying.list_inbox()

    assert carrying.lane.barred == 0
    carrying.end()


def test_a_file_that_is_put_away_says_nothing_of_the_account(bench: Bench) -> None:
    carrying = Carrying(bench)
    (bench.inbox / "done").write_text("a file in its place")
    document = bench.carry_until(FolderUnusable, bench.claim())
    (bench.inbox / "done").unlink()
    for _ in range(2):
        carrying.account.trouble(OutcomeUnknown("timeout"))
    carrying.lane.backlog.come_back_to(document)
    carrying.start()
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    carrying.end()

    carrying.account.trouble(OutcomeUnknown("timeout"))

    assert carrying.account.pause is not None
