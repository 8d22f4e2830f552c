"""The file for node_exporter: now and then, on a thread of its own, until the end."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.daemon.noting import EVERY, Noting
from ingestd.observe import open_log
from tests.daemon.carrying import PATIENCE, until
from tests.daemon.doubles import FakeClock


class Kept:
    """A file, and what was asked for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock()
        self.log = io.StringIO()
        self.asked = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.noting = Noting(path, self._text, clock=self.clock, log=open_log(self.log))

    def turn_until_asked(self, times: int) -> None:
        self.noting.turn()
        until(lambda: self.asked == times)

    def written(self) -> str:
        return self.path.read_text() if self.path.exists() else ""

    def told(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.log.getvalue().splitlines()]

    def _text(self) -> bytes:
        self.asked += 1
        self.go_on.wait(PATIENCE)
        return f"asked {self.asked}\n".encode()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path / "ingestd.prom")
    yield kept
    kept.noting.close()


def test_it_is_written_at_the_first_turn(kept: Kept) -> None:
    kept.noting.turn()

    until(lambda: kept.written() == "asked 1\n")


def test_it_is_written_again_after_a_while_and_not_at_every_turn(kept: Kept) -> None:
    kept.go_on.clear()
    kept.turn_until_asked(1)
    kept.noting.turn()
    kept.go_on.set()
    until(lambda: kept.written() == "asked 1\n")

    kept.clock.time += EVERY
    kept.noting.turn()

    until(lambda: kept.written() == "asked 2\n")
    kept.noting.close()
    assert kept.asked == 2


def test_at_the_end_it_is_gone(kept: Kept) -> None:
    kept.turn_until_asked(1)

    kept.noting.close()

    assert not kept.path.exists()


def test_it_can_end_before_it_began(kept: Kept) -> None:
    kept.noting.close()

    assert kept.asked == 0


def test_where_it_cannot_be_written_that_is_said_once_until_it_can(kept: Kept) -> None:
    kept.path.mkdir()
    for times in (1, 2):
        kept.turn_until_asked(times)
        kept.clock.time += EVERY
    until(lambda: len(kept.told()) == 1)

    kept.path.rmdir()
    kept.noting.turn()

    until(kept.path.is_file)
    assert kept.told() == ["metrics.unwritten"]
