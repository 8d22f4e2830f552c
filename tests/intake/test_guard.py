from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from ingestd.errors import InboxUnavailable
from ingestd.intake.guard import Guard
from ingestd.intake.marker import Remembered, read_marker
from ingestd.intake.mounts import Mount

DISK = Mount("ext4", "/dev/sda1", "/", "/")
SHARE = Mount("cifs", "//nas/scans", "/", "/srv/scans")


class Watched:
    """A guard before a folder, and what it remembers."""

    def __init__(self, root: Path, mount: Mount) -> None:
        self.root = root
        self.mount = mount
        self.memory: Remembered | None = None
        self.guard = Guard(
            root,
            recall=lambda: self.memory,
            remember=self.remember,
            new_id=lambda: "a-new-id",
            now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            log=structlog.wrap_logger(
                structlog.PrintLogger(io.StringIO()),
                wrapper_class=structlog.make_filtering_bound_logger(0),
            ),
            mount_at=lambda _: self.mount,
        )

    def remember(self, known: Remembered) -> None:
        self.memory = known


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    root = tmp_path / "scans"
    root.mkdir()
    watched = Watched(root, DISK)
    yield watched
    watched.guard.close()


def test_a_new_inbox_is_marked_and_remembered(watched: Watched) -> None:
    watched.guard.open("auto")

    marker = read_marker(watched.root)
    assert marker is not None
    assert watched.memory == Remembered("a-new-id", "ext4", "/dev/sda1", "/")
    assert marker.id == "a-new-id"


@pytest.mark.parametrize(
    ("watch", "mount", "polls"),
    [
        ("auto", DISK, False),
        ("auto", SHARE, True),
        ("native", SHARE, False),
        ("poll", DISK, True),
    ],
)
def test_shares_are_polled_unless_somebody_knows_better(
    watched: Watched, watch: str, mount: Mount, polls: bool
) -> None:
    watched.mount = mount

    assert watched.guard.open(watch) is polls  # type: ignore[arg-type]


def test_a_folder_that_was_made_anew_keeps_its_id(watched: Watched) -> None:
    watched.memory = Remembered("the-old-id", "ext4", "/dev/sda1", "/")

    watched.guard.open("auto")

    marker = read_marker(watched.root)
    assert marker is not None
    assert marker.id == "the-old-id"


def test_nothing_is_touched_where_the_share_is_not_mounted(watched: Watched) -> None:
    watched.memory = Remembered("the-old-id", "cifs", "//nas/scans", "/")

    with pytest.raises(InboxUnavailable, match="not mounted"):
        watched.guard.open("auto")

    assert list(watched.root.iterdir()) == []


def test_a_share_that_came_back_is_served_again(watched: Watched) -> None:
    watched.mount = SHARE
    watched.guard.open("auto")
    watched.guard.close()
    (watched.root / ".ingestd").rename(watched.root.parent / "aside")
    watched.mount = DISK
    with pytest.raises(InboxUnavailable):
        watched.guard.open("auto")

    (watched.root.parent / "aside").rename(watched.root / ".ingestd")
    watched.mount = SHARE

    assert watched.guard.open("auto")


def test_an_inbox_stays_locked_until_it_is_let_go(watched: Watched) -> None:
    watched.guard.open("auto")
    other = Watched(watched.root, DISK)
    other.memory = watched.memory

    with pytest.raises(InboxUnavailable, match="Another ingestd"):
        other.guard.open("auto")

    watched.guard.close()
    other.guard.open("auto")
    other.guard.close()
