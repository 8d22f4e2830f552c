from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
import structlog

from ingestd.errors import InboxUnavailable
from ingestd.intake.guard import Guard
from ingestd.intake.marked import Marked
from ingestd.intake.marker import Remembered
from ingestd.intake.mounts import Mount
from tests.hardship import bound_by_rights, read_only
from tests.intake.marking import marker_of

DISK = Mount("ext4", "/dev/sda1", "/", "/")
SHARE = Mount("cifs", "//nas/scans", "/", "/srv/scans")


class Watched:
    """A guard before a folder, and what it remembers."""

    def __init__(self, root: Path, mount: Mount) -> None:
        self.root = root
        self.mount = mount
        self.memory: Remembered | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        self.output = io.StringIO()
        self.guard = Guard(
            root,
            Marked(
                recall=lambda: self.memory,
                remember=self.remember,
                new_id=lambda: "a-new-id",
                now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
                log=structlog.wrap_logger(
                    structlog.PrintLogger(self.output),
                    wrapper_class=structlog.make_filtering_bound_logger(0),
                ),
                mount_behind=self.mount_behind,
            ),
        )

    def mount_behind(self, descriptor: int) -> Mount:
        del descriptor
        self.meanwhile()
        return self.mount

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

    marker = marker_of(watched.root)
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


@pytest.mark.parametrize("watch", ["auto", "native"])
def test_the_stamps_of_a_share_are_not_this_machine_s_however_it_is_watched(
    watched: Watched, watch: Literal["auto", "native"]
) -> None:
    watched.guard.open(watch)
    on_a_disk = watched.guard.stamped
    watched.mount = SHARE
    watched.memory = None
    watched.guard.open(watch)

    assert on_a_disk == watched.root.stat().st_dev
    assert watched.guard.stamped is None


@pytest.mark.parametrize(("mount", "tells"), [(DISK, True), (SHARE, False)])
def test_what_a_lease_tells_of_writers_depends_on_the_mount(
    watched: Watched, mount: Mount, *, tells: bool
) -> None:
    watched.mount = mount

    watched.guard.open("auto")

    assert watched.guard.tells_writers is tells


def test_a_folder_that_was_made_anew_keeps_its_id(watched: Watched) -> None:
    watched.memory = Remembered("the-old-id", "ext4", "/dev/sda1", "/")

    watched.guard.open("auto")

    marker = marker_of(watched.root)
    assert marker is not None
    assert marker.id == "the-old-id"


def test_a_folder_that_cannot_be_marked_anew_is_not_said_to_be(watched: Watched) -> None:
    watched.memory = Remembered("the-old-id", "ext4", "/dev/sda1", "/")

    with read_only(watched.root), pytest.raises(InboxUnavailable):
        bound_by_rights(lambda: watched.guard.open("auto"))

    assert watched.output.getvalue() == ""


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


@pytest.mark.parametrize("memory", [None, Remembered("the-old-id", "ext4", "/dev/sda1", "/")])
def test_what_is_marked_is_what_was_looked_at_whatever_is_at_its_path_by_then(
    watched: Watched, memory: Remembered | None
) -> None:
    away = watched.root.with_name("away")

    def go_away() -> None:
        if not away.exists():
            watched.root.rename(away)
            watched.root.mkdir()

    watched.memory, watched.meanwhile = memory, go_away

    with pytest.raises(InboxUnavailable):
        watched.guard.open("auto")

    assert list(watched.root.iterdir()) == []
    assert marker_of(away) is not None


def test_an_inbox_that_is_opened_holds_no_more_than_it_needs(watched: Watched) -> None:
    watched.guard.open("auto")

    found = sorted(str(path.relative_to(watched.root)) for path in watched.root.rglob("*"))
    assert found == [".ingestd", ".ingestd/inbox.json", ".ingestd/work"]


def test_a_work_folder_that_somebody_removed_is_made_again(watched: Watched) -> None:
    watched.guard.open("auto")
    (watched.root / ".ingestd/work").rmdir()

    watched.guard.confirm()

    assert (watched.root / ".ingestd/work").is_dir()


@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_work_folder_that_is_a_link_is_not_followed(watched: Watched, target: str) -> None:
    elsewhere = watched.root.with_name("elsewhere")
    elsewhere.mkdir()
    watched.guard.open("auto")
    (watched.root / ".ingestd/work").rmdir()
    (watched.root / ".ingestd/work").symlink_to(watched.root.with_name(target))

    with pytest.raises(InboxUnavailable, match="not a folder of its own") as caught:
        watched.guard.confirm()

    assert "Move it away" in caught.value.hint


def test_a_folder_that_was_made_anew_is_locked_again(watched: Watched) -> None:
    watched.guard.open("auto")
    shutil.rmtree(watched.root / ".ingestd")
    watched.guard.confirm()
    other = Watched(watched.root, DISK)
    other.memory = watched.memory

    with pytest.raises(InboxUnavailable, match="Another ingestd"):
        other.guard.open("auto")


@pytest.mark.parametrize("folder", [".", ".ingestd/work"])
def test_an_inbox_that_nothing_may_be_moved_out_of_is_not_served(
    watched: Watched, folder: str
) -> None:
    watched.guard.open("auto")
    watched.guard.close()

    with (
        read_only(watched.root / folder),
        pytest.raises(InboxUnavailable, match="Nothing may be moved"),
    ):
        bound_by_rights(lambda: watched.guard.open("auto"))
