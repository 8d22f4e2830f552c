"""A document that cannot be moved out of its inbox, and what is said of it each time."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingestd.errors import InboxUnavailable
from ingestd.intake import Look, Workplace
from tests.hardship import bound_by_rights, read_only, small_filesystem


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    with small_filesystem(tmp_path / "scans", "64k,nr_inodes=5") as folder:
        workplace = Workplace(folder)
        workplace.folder.mkdir(parents=True)
        (folder / "a.pdf").write_bytes(b"one")
        yield workplace


def said(claim: Callable[[], object]) -> str:
    """What two attempts in a row say, which is the same: or it would be logged each time."""
    words = []
    for _ in range(2):
        with pytest.raises((InboxUnavailable, OSError)) as caught:
            bound_by_rights(claim)
        words.append(f"{type(caught.value).__name__}: {caught.value}")
    assert words[0] == words[1]
    return words[0]


def claiming(workplace: Workplace) -> Callable[[], object]:
    ids = iter(range(100))
    look = Look.of((workplace.root / "a.pdf").lstat())
    return lambda: workplace.claim("a.pdf", look, f"id-{next(ids)}")


@pytest.mark.parametrize("folder", [".", ".ingestd/work"])
def test_an_inbox_that_nothing_may_leave_is_named(workplace: Workplace, folder: str) -> None:
    claim = claiming(workplace)

    with read_only(workplace.root / folder):
        words = said(claim)

    assert f"Nothing may be moved out of the inbox {workplace.root}" in words
    assert os.listdir(workplace.folder) == []


def test_a_file_that_may_not_be_moved_is_named_and_not_its_inbox(workplace: Workplace) -> None:
    path = workplace.root / "a.pdf"
    workplace.root.chmod(0o1777)  # as /tmp: everybody may move what is theirs
    os.chown(path, 12345, 12345)
    os.chown(workplace.root, 12345, 12345)

    words = said(claiming(workplace))

    assert words.startswith("PermissionError")
    assert str(path) in words
    assert "inbox" not in words
    assert path.read_bytes() == b"one"


def test_an_inbox_without_room_for_a_folder_says_so(workplace: Workplace) -> None:
    (workplace.root / "the last there is room for").touch()

    words = said(claiming(workplace))

    assert os.strerror(errno.ENOSPC) in words
    assert "a.pdf" in words
