"""Who holds a lock, without taking it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingestd.admin.lock_holder import Holder, holder_by_trying, holder_of


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "lock"
    path.touch()
    return path


@contextmanager
def held(path: Path) -> Iterator[None]:
    with path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def test_the_process_that_holds_a_lock_is_named(lock: Path) -> None:
    with held(lock):
        assert holder_of(lock) == Holder(os.getpid())
    assert holder_of(lock) is None


def test_a_folder_s_lock_is_found_too(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    assert holder_of(tmp_path) == Holder(os.getpid())
    os.close(descriptor)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("1: FLOCK  ADVISORY  WRITE 4711 {device}:{inode} 0 EOF", Holder(4711)),
        ("1: FLOCK  ADVISORY  WRITE 0 {device}:{inode} 0 EOF", Holder(None)),
        ("1: -> FLOCK  ADVISORY  WRITE 4711 {device}:{inode} 0 EOF", None),
        ("1: POSIX  ADVISORY  WRITE 4711 {device}:{inode} 0 EOF", None),
        ("1: FLOCK  ADVISORY  WRITE 4711 7f:7f:{inode} 0 EOF", None),
        ("1: FLOCK  ADVISORY  WRITE 4711 {device}:1 0 EOF", None),
        ("", None),
    ],
    ids=[
        "held",
        "held by a process that is not shown",
        "waited for",
        "another kind of lock",
        "another disk's file",
        "another file",
        "no lock at all",
    ],
)
def test_the_kernel_s_table_is_read(
    tmp_path: Path, lock: Path, line: str, found: Holder | None
) -> None:
    about = lock.stat()
    device = f"{os.major(about.st_dev):02x}:{os.minor(about.st_dev):02x}"
    table = tmp_path / "locks"
    table.write_text(line.format(device=device, inode=about.st_ino) + "\n")

    assert holder_of(lock, table) == found


def test_a_system_without_the_table_tells_nothing(tmp_path: Path, lock: Path) -> None:
    with held(lock):
        assert holder_of(lock, tmp_path / "missing") is None


def test_trying_tells_whether_it_is_held_and_gives_back_at_once(lock: Path) -> None:
    with held(lock):
        assert holder_by_trying(lock) == Holder(None)
    assert holder_by_trying(lock) is None
    with held(lock):
        pass  # it was given back


@pytest.mark.parametrize("ask", [holder_of, holder_by_trying])
def test_where_nothing_is_nobody_can_be_asked_for(
    tmp_path: Path, ask: Callable[[Path], object]
) -> None:
    with pytest.raises(FileNotFoundError):
        ask(tmp_path / "missing")
