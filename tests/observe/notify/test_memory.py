"""What was told is known to the next process."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.observe.notify.heard import Trouble
from ingestd.observe.notify.memory import NAME, Memory, Told

WRONG = Trouble("account.paused", "main", "wrong token", "Mend it.")


def test_what_was_told_is_read_by_the_next_process(tmp_path: Path) -> None:
    told = Told((WRONG,), {"account.paused": 1_800_000_000.5})
    Memory(tmp_path).write(told)

    assert Memory(tmp_path).read() == told


def test_it_is_forgotten_when_it_is_over(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.write(Told((WRONG,)))
    memory.write(Told())

    assert memory.read() == Told()


@pytest.mark.parametrize(
    "content", ["", "{", "7", "[]", '{"troubles": [7], "sent": {}}', "\xff", '{"troubles": []}']
)
def test_what_cannot_be_understood_is_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_text(content, encoding="latin-1")

    assert Memory(tmp_path).read() == Told()


def test_a_kind_of_trouble_that_is_not_known_is_left_out(tmp_path: Path) -> None:
    Memory(tmp_path).write(Told((Trouble("disk.slow", "sda", "It is."), WRONG)))

    assert Memory(tmp_path).read().troubles == (WRONG,)


def test_a_folder_that_is_not_there_stops_nothing(tmp_path: Path) -> None:
    Memory(tmp_path / "away").write(Told((WRONG,)))
