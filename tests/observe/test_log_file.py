from __future__ import annotations

import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingestd.errors import SettingsError
from ingestd.observe import open_log
from ingestd.observe.log_file import LogFile
from tests.hardship import no_room_to_write, without_waiting
from tests.observe.streams import Terminal, lines

# a log is open for as long as the process lives, so nobody closes it
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ingestd.log"


def events(path: Path) -> list[str]:
    return [json.loads(line)["event"] for line in path.read_text().splitlines()]


def test_the_file_gets_every_line_as_json(file: Path) -> None:
    terminal = Terminal()
    log = open_log(terminal, file=str(file))

    log.info("daemon.started")
    log.info("daemon.stopped")

    assert events(file) == ["daemon.started", "daemon.stopped"]
    assert not terminal.getvalue().startswith("{")


def test_what_was_in_the_file_stays(file: Path) -> None:
    file.write_text('{"event": "earlier"}\n')

    open_log(io.StringIO(), file=str(file)).info("daemon.started")

    assert events(file) == ["earlier", "daemon.started"]


@pytest.mark.parametrize("put_back", [False, True], ids=["move", "move and create"])
def test_a_file_that_was_rotated_away_is_begun_anew(file: Path, put_back: bool) -> None:
    log = open_log(io.StringIO(), file=str(file))
    log.info("first")
    file.rename(file.with_suffix(".1"))
    if put_back:
        file.touch()

    log.info("second")

    assert events(file.with_suffix(".1")) == ["first"]
    assert events(file) == ["second"]


def test_a_log_goes_on_in_the_old_file_where_the_new_one_cannot_be_opened(file: Path) -> None:
    log = open_log(io.StringIO(), file=str(file))
    old = file.rename(file.with_suffix(".1"))
    file.mkdir()

    log.info("first")
    file.rmdir()
    log.info("second")

    assert events(old) == ["first"]
    assert events(file) == ["second"]


def test_a_log_whose_folder_went_away_goes_on_when_it_is_back(file: Path) -> None:
    stream = io.StringIO()
    log = open_log(stream, file=str(file))
    moved = file.parent.rename(file.parent.with_name("moved"))

    log.info("first")
    log.info("second")
    moved.rename(file.parent)
    log.info("third")

    assert [event["event"] for event in lines(stream)] == ["first", "second", "third"]
    assert events(file) == ["first", "second", "third"]


def test_a_disk_too_full_for_the_log_stops_nobody(file: Path) -> None:
    stream = io.StringIO()
    log = open_log(stream, file=str(file))

    with no_room_to_write():
        log.info("first")

    assert [event["event"] for event in lines(stream)] == ["first"]


def test_a_pipe_that_nobody_reads_is_said_and_not_waited_for(file: Path) -> None:
    os.mkfifo(file)

    with pytest.raises(SettingsError) as refused:
        without_waiting(lambda: open_log(io.StringIO(), file=str(file)))

    said = f"log.file: {file} cannot be written: it is a named pipe that nobody reads."
    assert str(refused.value) == said


def test_a_pipe_that_is_read_gets_every_line(file: Path) -> None:
    os.mkfifo(file)
    reader = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    try:
        open_log(io.StringIO(), file=str(file)).info("daemon.started")

        assert json.loads(os.read(reader, 65536))["event"] == "daemon.started"
    finally:
        os.close(reader)


def test_a_pipe_that_is_read_slowly_gets_all_of_a_line_that_it_has_no_room_for(file: Path) -> None:
    os.mkfifo(file)
    reader = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    log, long = LogFile(file), "x" * 200_000  # a pipe has room for 64 KiB
    try:
        os.set_blocking(reader, True)
        with ThreadPoolExecutor(1) as other:
            written = other.submit(log.write, long)
            got = without_waiting(lambda: _read(reader, len(long)))
            written.result()
    finally:
        os.close(reader)

    assert got == long.encode()


def _read(reader: int, most: int) -> bytes:
    got = b""
    while len(got) < most and (piece := os.read(reader, most - len(got))):
        got += piece
    return got


def test_that_a_folder_has_its_name_is_said_in_the_system_s_words(file: Path) -> None:
    file.mkdir()

    with pytest.raises(SettingsError, match=r"cannot be written: Is a directory"):
        open_log(io.StringIO(), file=str(file))


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"log\.file: .* cannot be written: No such file"):
        open_log(io.StringIO(), file=str(tmp_path / "missing" / "ingestd.log"))
