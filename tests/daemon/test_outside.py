from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestd.daemon.outside import OutsideFolder, confirm_in
from ingestd.errors import FolderUnusable
from ingestd.intake import Marked, Remembered
from ingestd.intake.mounts import Mount
from ingestd.observe import open_log
from tests.intake.marking import marker_of

DISK = Mount("ext4", "/dev/sda1", "/", "/")
SHARE = Mount("cifs", "//nas/archive", "/", "/mnt/archive")


class Archive:
    """A folder, what is remembered of it, and the mount that it seems to lie on."""

    def __init__(self, top: Path, mount: Mount) -> None:
        self.top = top
        self.mount = mount
        self.memory: Remembered | None = None
        self.folder = self.as_after_a_start()

    def as_after_a_start(self) -> OutsideFolder:
        marked = Marked(
            recall=lambda: self.memory,
            remember=self._remember,
            new_id=lambda: "an-id",
            now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            log=open_log(io.StringIO()),
            mount_behind=lambda _: self.mount,
        )
        return OutsideFolder(self.top, marked)

    def _remember(self, known: Remembered) -> None:
        self.memory = known


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "mnt" / "archive", SHARE)


def test_a_folder_that_never_was_is_made_marked_and_remembered(archive: Archive) -> None:
    archive.folder.confirm()

    marker = marker_of(archive.top)
    assert marker is not None
    assert archive.memory == Remembered(marker.id, "cifs", "//nas/archive", "/")


def test_a_folder_that_is_missing_with_its_share_is_not_made(archive: Archive) -> None:
    archive.memory = Remembered("an-id", "cifs", "//nas/archive", "/")
    archive.mount = DISK

    with pytest.raises(FolderUnusable, match="neither is the share it was on") as refused:
        archive.folder.confirm()

    assert refused.value.hint == "Make it, or mount the share that it lies on."
    assert not archive.top.parent.exists()


def test_a_folder_that_is_missing_on_its_share_is_made_anew(archive: Archive) -> None:
    archive.memory = Remembered("an-id", "cifs", "//nas/archive", "/")

    archive.folder.confirm()

    assert marker_of(archive.top) is not None


def test_an_empty_folder_in_the_share_s_place_is_not_used(archive: Archive) -> None:
    archive.memory = Remembered("an-id", "cifs", "//nas/archive", "/")
    archive.mount = DISK
    archive.top.mkdir(parents=True)

    with pytest.raises(FolderUnusable, match="its share is not mounted") as refused:
        archive.folder.confirm()

    assert "Mount the share again" in refused.value.hint
    assert list(archive.top.iterdir()) == []


def test_another_folder_at_its_path_is_noticed_at_the_next_document(archive: Archive) -> None:
    archive.folder.confirm()
    archive.top.rename(archive.top.with_name("away"))
    archive.top.mkdir()
    archive.mount = DISK

    with pytest.raises(FolderUnusable, match="its share is not mounted"):
        archive.folder.confirm()


def test_the_marked_folder_is_used_on_whatever_mount_it_comes(archive: Archive) -> None:
    archive.folder.confirm()
    archive.mount = DISK

    archive.as_after_a_start().confirm()

    assert archive.memory == Remembered("an-id", "ext4", "/dev/sda1", "/")


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    archive = Archive(tmp_path / "file" / "done", DISK)

    with pytest.raises(FolderUnusable) as refused:
        archive.folder.confirm()

    assert "file/done cannot be used: Not a directory" in str(refused.value)


def test_only_the_folders_that_a_document_goes_to_are_looked_at(archive: Archive) -> None:
    other = Archive(archive.top.with_name("other"), SHARE)

    confirm_in([archive.folder, other.folder], archive.top / "2026" / "01")

    assert archive.memory
    assert not other.memory
    assert not other.top.exists()
