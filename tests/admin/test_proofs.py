"""What was proven is kept for the next run."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from pathlib import Path

import pytest

from ingestd.admin import Proofs
from ingestd.admin.done import DoneFile
from ingestd.intake import Look
from tests.ledger.documents import NOON

KANBERT = "https://api.kanbert.com/api/v1"


class Clock:
    """Seconds, as set."""

    time = 0.0

    def __call__(self) -> float:
        return self.time


def proofs(folder: Path, clock: Clock | None = None, *, later: timedelta = timedelta()) -> Proofs:
    return Proofs(folder, lambda: NOON + later, clock or Clock())


def file(name: str = "a.pdf", size: int = 1, mtime_ns: int = 2, inode: int = 3) -> DoneFile:
    return DoneFile(f"/done/{name}", Look(size, mtime_ns, inode, device=4))


def test_what_was_proven_is_known_to_the_next_run(tmp_path: Path) -> None:
    one = proofs(tmp_path)
    one.keep(KANBERT, file("\udcff.pdf"), ("1", "2"))
    one.keep(KANBERT, file("b.pdf"), ())
    one.save()

    next_one = proofs(tmp_path)

    assert next_one.earlier == 2
    assert next_one.recall(KANBERT, file("\udcff.pdf")) == ("1", "2")
    assert next_one.recall(KANBERT, file("b.pdf")) == ()
    assert next_one.recall(KANBERT, file("c.pdf")) is None
    assert next_one.recall("https://other.example", file("b.pdf")) is None


@pytest.mark.parametrize("changed", [file(size=9), file(mtime_ns=9), file(inode=9)])
def test_nothing_is_known_of_a_file_that_changed(tmp_path: Path, changed: DoneFile) -> None:
    one = proofs(tmp_path)
    one.keep(KANBERT, file(), ("1",))

    assert one.recall(KANBERT, changed) is None


def test_they_are_written_every_hundred_but_not_all_the_time(tmp_path: Path) -> None:
    clock = Clock()
    one = proofs(tmp_path, clock)
    names = (f"{number}.pdf" for number in range(1000))

    def keep(number: int, *, at: float) -> int:
        clock.time = at
        for name in itertools.islice(names, number):
            one.keep(KANBERT, file(name), ())
        return proofs(tmp_path).earlier

    assert keep(99, at=10) == 0
    assert keep(1, at=10) == 100
    assert keep(200, at=14) == 100
    assert keep(1, at=16) == 301


def test_a_run_that_came_to_its_end_leaves_none(tmp_path: Path) -> None:
    one = proofs(tmp_path)
    one.keep(KANBERT, file(), ())
    one.save()
    one.keep(KANBERT, file("b.pdf"), ())

    one.forget()
    one.save()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("later", [timedelta(hours=25), timedelta(hours=-1)])
def test_what_is_old_is_not_believed(tmp_path: Path, later: timedelta) -> None:
    one = proofs(tmp_path)
    one.keep(KANBERT, file(), ())
    one.save()

    assert proofs(tmp_path, later=later).earlier == 0


def test_going_on_again_and_again_makes_them_no_younger(tmp_path: Path) -> None:
    one = proofs(tmp_path)
    one.keep(KANBERT, file(), ())
    one.save()
    second = proofs(tmp_path, later=timedelta(hours=20))
    second.keep(KANBERT, file("b.pdf"), ())
    second.save()

    assert proofs(tmp_path, later=timedelta(hours=25)).earlier == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"begun": "2026-05-04"}',
        json.dumps({"begun": NOON.isoformat(), "proven": {KANBERT: {"/done/a.pdf": [1]}}}),
        json.dumps({"begun": NOON.isoformat(), "proven": {KANBERT: {"/done/a.pdf": 1}}}),
        json.dumps({"begun": "2026-05-04T12:00:00", "proven": {}}),
    ],
)
def test_a_file_that_makes_no_sense_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "reconcile.json").write_text(content)

    assert proofs(tmp_path).earlier == 0


def test_a_folder_that_cannot_be_written_is_said_and_no_obstacle(tmp_path: Path) -> None:
    one = proofs(tmp_path / "missing")
    one.keep(KANBERT, file(), ())

    one.save()

    assert "reconcile.json cannot be written: No such file or directory." in one.error
