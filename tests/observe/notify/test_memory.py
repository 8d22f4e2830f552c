"""What was told is known to the next process."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.observe.notify.heard import Trouble
from ingestd.observe.notify.memory import NAME, Memory

WRONG = Trouble("account.paused", "main", "wrong token", "Mend it.")


def test_what_was_told_is_read_by_the_next_process(tmp_path: Path) -> None:
    Memory(tmp_path).write([WRONG])

    assert Memory(tmp_path).read() == [WRONG]


def test_it_is_forgotten_when_it_is_over(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.write([WRONG])
    memory.write([])

    assert Memory(tmp_path).read() == []


def test_it_is_not_written_again_where_it_is_the_same(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.write([WRONG])
    (tmp_path / NAME).unlink()

    memory.write([WRONG])

    assert not (tmp_path / NAME).exists()


def test_where_nothing_was_ever_told_there_is_no_file(tmp_path: Path) -> None:
    Memory(tmp_path).write([])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "7", '[{"no": 1}]', "[7]", "\xff"])
def test_what_cannot_be_understood_is_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_text(content, encoding="latin-1")

    assert Memory(tmp_path).read() == []


def test_a_folder_that_is_not_there_stops_nothing(tmp_path: Path) -> None:
    Memory(tmp_path / "away").write([WRONG])
