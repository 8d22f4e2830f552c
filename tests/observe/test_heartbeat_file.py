"""A file whose age says whether the daemon is alive."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from ingestd.observe import HeartbeatFile, open_log
from tests.observe.streams import lines


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


def test_each_beat_makes_the_file_young_again(tmp_path: Path, log: io.StringIO) -> None:
    heartbeat = HeartbeatFile(tmp_path / "heartbeat", open_log(log))
    heartbeat.beat()
    os.utime(tmp_path / "heartbeat", (0, 0))

    heartbeat.beat()

    assert (tmp_path / "heartbeat").stat().st_mtime > 0


def test_at_the_end_the_file_is_gone(tmp_path: Path, log: io.StringIO) -> None:
    heartbeat = HeartbeatFile(tmp_path / "heartbeat", open_log(log))
    heartbeat.beat()

    heartbeat.end()

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_it_never_touched_is_left_alone(tmp_path: Path, log: io.StringIO) -> None:
    (tmp_path / "heartbeat").write_text("another daemon's")

    HeartbeatFile(tmp_path / "heartbeat", open_log(log)).end()

    assert (tmp_path / "heartbeat").exists()


def test_a_file_that_cannot_be_touched_is_warned_of_each_time_that_begins(
    tmp_path: Path, log: io.StringIO
) -> None:
    folder = tmp_path / "run"
    heartbeat = HeartbeatFile(folder / "heartbeat", open_log(log))

    heartbeat.beat()
    heartbeat.beat()
    once = len(lines(log))
    folder.mkdir()
    heartbeat.beat()
    (folder / "heartbeat").unlink()
    folder.rmdir()
    heartbeat.beat()
    heartbeat.end()

    assert once == 1
    assert [line["event"] for line in lines(log)] == ["heartbeat.failed"] * 2
