"""A done folder that does not answer: it keeps its worker, and somebody else says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ingestd.daemon.conductor import Conductor
from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.looking import look_at
from ingestd.daemon.overdue import LONGEST_FILING
from ingestd.daemon.signals import Signals
from ingestd.filing import Cabinet
from tests.daemon.carrying import Carrying, complaints
from tests.workbench import Bench


@dataclass(frozen=True)
class Hanging(Cabinet):
    """Folders that hang until they are let go."""

    asked: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def put_away(self, source: Path, folder: Path, **how: Any) -> Path:
        self.asked.set()
        self.go_on.wait()
        return super().put_away(source, folder, **how)


@pytest.fixture
def cabinet(bench: Bench) -> Hanging:
    done = bench.inbox / "done"
    return Hanging(done, bench.inbox / "failed", done)


@pytest.fixture
def carrying(bench: Bench, cabinet: Hanging) -> Iterator[Carrying]:
    """A lane with a document that hangs on its way into `done/`."""
    carrying = Carrying(bench, replace(bench.stages, cabinet=cabinet))
    carrying.drop("a.pdf")
    carrying.start()
    assert cabinet.asked.wait(30)
    carrying.lane.say_if_it_hangs()
    yield carrying
    cabinet.go_on.set()
    carrying.at_rest()
    carrying.prober.close()


def test_a_folder_that_answers_slowly_is_given_time(bench: Bench, carrying: Carrying) -> None:
    carrying.later(LONGEST_FILING)
    carrying.lane.say_if_it_hangs()

    assert not carrying.lane.hangs
    assert complaints(bench) == []


def test_a_folder_that_does_not_answer_is_named_once(
    bench: Bench, carrying: Carrying, cabinet: Hanging
) -> None:
    for _ in range(3):
        carrying.later(LONGEST_FILING)
        carrying.lane.say_if_it_hangs()

    assert carrying.lane.hangs
    (complaint,) = complaints(bench)
    assert complaint["error"] == f"It cannot be put into {cabinet.done}: it does not answer."


def test_a_folder_that_answers_again_is_no_trouble_any_more(
    carrying: Carrying, cabinet: Hanging
) -> None:
    carrying.later(2 * LONGEST_FILING)
    carrying.lane.say_if_it_hangs()
    cabinet.go_on.set()
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    carrying.at_rest()

    carrying.lane.say_if_it_hangs()

    assert not carrying.lane.hangs


def test_whoever_asks_how_the_inbox_stands_hears_of_it(carrying: Carrying) -> None:
    intake: Any = SimpleNamespace(run=lambda: None, hangs=False, trouble=None, left_alone=[])
    fleet = Fleet([Station(intake, carrying.lane)])
    before = look_at(fleet).inboxes[0].error

    carrying.later(2 * LONGEST_FILING)
    carrying.lane.say_if_it_hangs()

    assert before == ""
    assert "put away in does not answer" in look_at(fleet).inboxes[0].error


def test_a_run_that_ends_does_not_wait_for_it(bench: Bench, carrying: Carrying) -> None:
    intake: Any = SimpleNamespace(run=lambda: None, hangs=False, say_if_it_hangs=lambda: None)
    station = Station(intake, carrying.lane)
    conductor = Conductor(
        Fleet([station]),
        signals=cast("Signals", None),
        interrupt=threading.Event(),
        broken=[],
        log=bench.stages.log,
        clock=lambda: carrying.time,
    )
    before = conductor.at_rest()

    carrying.later(2 * LONGEST_FILING)
    station.say_if_it_hangs()

    assert (before, conductor.at_rest(), station.serves) == (False, True, False)
