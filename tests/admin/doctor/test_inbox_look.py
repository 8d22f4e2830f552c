"""Looking at an inbox's folder without leaving anything in it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestd.admin.doctor.inbox_look import case_matters, look_at_inbox
from ingestd.admin.lock_holder import Holder
from ingestd.errors import InboxUnavailable
from ingestd.intake import Foreign, MarkNew, NotMounted, Ours, Remembered, Renewed, mount_behind
from ingestd.intake.folder import opened
from ingestd.intake.lock import hold
from ingestd.intake.marker import make_work, write_marker
from tests.hardship import bound_by_rights, read_only
from tests.meddling import path_that_stamps_renames
from tests.mounting import bind, mounts_allowed

NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder that a daemon served before."""
    folder = tmp_path / "scans"
    folder.mkdir()
    with opened(folder) as there:
        write_marker(there, "ours", NOON)
        make_work(there)
    return folder


def remembered(folder: Path, id_: str = "ours") -> Remembered:
    with opened(folder) as there:
        return Remembered.of(id_, mount_behind(there.descriptor))


def as_it_is(folder: Path) -> list[tuple[str, int]]:
    """All that is in a folder, and when each folder was last changed, but for our own."""
    paths = [folder, *folder.rglob("*")]
    return [(str(p), p.stat().st_mtime_ns if p.name != ".ingestd" else 0) for p in sorted(paths)]


def test_a_folder_that_is_ours_is_looked_at_and_left_as_it_is(inbox: Path) -> None:
    before = as_it_is(inbox)

    seen = look_at_inbox(inbox, remembered(inbox))

    assert (seen.marked, seen.known, seen.trouble, seen.holder) == (Ours(), True, "", None)
    assert as_it_is(inbox) == before


def test_an_inbox_where_renames_leave_a_stamp_is_noticed(inbox: Path) -> None:
    seen = look_at_inbox(path_that_stamps_renames(inbox), remembered(inbox))

    assert seen.stamps_renames
    assert not look_at_inbox(inbox, remembered(inbox)).stamps_renames


def test_a_folder_that_never_was_an_inbox_is_not_marked_by_looking(tmp_path: Path) -> None:
    seen = look_at_inbox(tmp_path, None)

    assert (seen.marked, seen.known) == (MarkNew(), False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_made_anew_is_not_marked_by_looking(tmp_path: Path) -> None:
    assert look_at_inbox(tmp_path, remembered(tmp_path)).marked == Renewed()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_another_inbox_is_not_written_to(inbox: Path) -> None:
    with read_only(inbox / ".ingestd"):
        seen = bound_by_rights(lambda: look_at_inbox(inbox, remembered(inbox, "another")))

    assert isinstance(seen.marked, Foreign)
    assert seen.trouble == ""


def test_a_share_that_is_not_mounted_is_known_by_what_is_remembered(tmp_path: Path) -> None:
    seen = look_at_inbox(tmp_path, Remembered("ours", "cifs", "//nas/scans", "/"))

    assert isinstance(seen.marked, NotMounted)


def test_a_marker_that_cannot_be_read_is_said(inbox: Path) -> None:
    (inbox / ".ingestd" / "inbox.json").write_text("{")

    assert isinstance(look_at_inbox(inbox, None).marked, InboxUnavailable)


@pytest.mark.parametrize("folder", [".ingestd", ".ingestd/work"])
def test_a_work_folder_that_may_not_be_written_is_noticed(inbox: Path, folder: str) -> None:
    with read_only(inbox / folder):
        seen = bound_by_rights(lambda: look_at_inbox(inbox, remembered(inbox)))

    assert str(inbox / folder) in seen.trouble


@pytest.mark.parametrize("kind", ["a file", "a symbolic link", ""])
def test_what_is_in_place_of_the_folder_for_what_is_delivered_is_seen(
    inbox: Path, kind: str
) -> None:
    work = inbox / ".ingestd/work"
    if kind:
        work.rename(inbox / "elsewhere")
    if kind == "a file":
        work.touch()
    if kind == "a symbolic link":
        work.symlink_to(inbox / "elsewhere")

    seen = look_at_inbox(inbox, remembered(inbox))

    assert (seen.in_its_place, seen.trouble) == (kind, "")


def test_who_is_at_work_in_it_is_seen(inbox: Path) -> None:
    lock = hold(inbox)

    assert look_at_inbox(inbox, None).holder == Holder(os.getpid())
    os.close(lock)


def test_what_is_mounted_in_it_is_seen_by_its_path_there(inbox: Path, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    (tmp_path / "link").symlink_to(inbox)
    with mounts_allowed(inbox / "a folder") as point:
        bind(volume, point)

        assert look_at_inbox(tmp_path / "link", None).mounted_below == ("a folder",)


# ---- upper and lower case ------------------------------------------------------------------------


def test_most_filesystems_tell_upper_from_lower_case(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").touch()

    assert case_matters(tmp_path) is True


def test_our_own_folder_shows_it_too(inbox: Path) -> None:
    assert case_matters(inbox) is True


def test_two_names_for_one_file_show_that_case_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").touch()
    (tmp_path / "A.PDF").hardlink_to(tmp_path / "a.pdf")  # as a.pdf alone looks on such a disk

    assert case_matters(tmp_path) is False


@pytest.mark.parametrize("names", [[], ["1", "23"]])
def test_names_without_letters_show_nothing(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).touch()

    assert case_matters(tmp_path) is None
