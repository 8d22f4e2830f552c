from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.intake.lease import writer_has_open


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(b"%PDF-")
    return path


@pytest.fixture
def fd(path: Path) -> Iterator[int]:
    fd = os.open(path, os.O_RDONLY)
    yield fd
    os.close(fd)


def test_a_file_that_nobody_writes_has_no_writer(fd: int) -> None:
    assert writer_has_open(fd) is False


def test_a_reader_is_no_writer(path: Path, fd: int) -> None:
    with path.open("rb"):
        assert writer_has_open(fd) is False


def test_a_writer_is_seen_until_it_closes_the_file(path: Path, fd: int) -> None:
    with path.open("ab"):
        assert writer_has_open(fd) is True
    assert writer_has_open(fd) is False


def test_what_has_no_leases_cannot_be_told(tmp_path: Path) -> None:
    fd = os.open(tmp_path, os.O_RDONLY)

    assert writer_has_open(fd) is None

    os.close(fd)


def test_nothing_is_held_after_the_question(path: Path, fd: int) -> None:
    writer_has_open(fd)

    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))  # BlockingIOError under a lease


ASK_ALL_THE_TIME = """
import os, sys, time
from ingestd.intake.lease import writer_has_open
fd = os.open(sys.argv[1], os.O_RDONLY)
end = time.monotonic() + 0.5
while time.monotonic() < end:
    writer_has_open(fd)
"""


def test_a_writer_who_opens_the_file_meanwhile_ends_no_process_and_is_let_in(path: Path) -> None:
    asking = subprocess.Popen([sys.executable, "-c", ASK_ALL_THE_TIME, path])

    while asking.poll() is None:
        with path.open("ab") as file:
            file.write(b".")

    assert asking.returncode == 0
