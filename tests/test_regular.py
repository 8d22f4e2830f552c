"""Whatever somebody named, it is read at once or said what it is."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestd.regular import read_regular, require_regular
from tests.hardship import without_waiting
from tests.meddling import path_that_meddles


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token"


def test_a_file_is_read(path: Path) -> None:
    path.write_bytes(b"s3cr3t\n")

    assert read_regular(path) == b"s3cr3t\n"


def test_a_link_to_a_file_is_one(path: Path) -> None:
    path.write_bytes(b"s3cr3t\n")
    (link := path.with_name("link")).symlink_to(path)

    assert read_regular(link) == b"s3cr3t\n"


def test_no_more_is_read_of_a_large_one(path: Path) -> None:
    path.write_bytes(b"abc")

    assert read_regular(path, most=2) == b"ab"


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (os.mkfifo, "a named pipe"),
        (_device, "a device"),
        (_socket, "a socket"),
        (Path.mkdir, "a folder"),
    ],
)
def test_what_is_no_file_is_said_and_not_opened(
    path: Path, make: Callable[[Path], object], what: str
) -> None:
    make(path)

    with pytest.raises(OSError, match="it is") as refused:
        read_regular(path)

    assert refused.value.strerror == f"it is {what}"


def test_a_pipe_that_takes_a_file_s_place_meanwhile_is_not_waited_for(path: Path) -> None:
    path.write_bytes(b"s3cr3t\n")

    def replace() -> None:
        path.unlink()
        os.mkfifo(path)

    meanwhile = path_that_meddles(path, when_looked_at=replace)

    assert without_waiting(lambda: read_regular(meanwhile)) == b""


def test_what_is_not_there_is_said_as_ever(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        require_regular(path)
