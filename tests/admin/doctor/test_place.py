"""A folder as this user finds it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingestd.admin.doctor.place import (
    Place,
    look_at,
    rights_missing,
    stamps_renames,
    write_trouble,
)
from ingestd.errors import InboxUnavailable
from tests.admin.doctor.places import DISK, MEMORY, place
from tests.hardship import bound_by_rights, read_only, small_filesystem
from tests.meddling import path_that_stamps_renames


def test_a_folder_is_looked_at_with_what_it_lies_on(tmp_path: Path) -> None:
    found = look_at(tmp_path, may_be_made=False)

    assert found.exists
    assert (found.lacking, found.read_only) == ((), False)
    assert (found.device, found.owner) == (tmp_path.stat().st_dev, os.geteuid())
    assert 0 < found.room.free <= found.room.size
    assert found.mount


def test_a_folder_that_is_not_there_may_be_one_that_would_be_made(tmp_path: Path) -> None:
    found = look_at(tmp_path / "a" / "b", may_be_made=True)

    assert not found.exists
    assert found.there == tmp_path


@pytest.mark.parametrize("what", ["nothing", "a file", "a link that leads nowhere"])
def test_what_is_no_folder_is_said(tmp_path: Path, what: str) -> None:
    path = tmp_path / "scans"
    match what:
        case "a file":
            path.touch()
        case "a link that leads nowhere":
            path.symlink_to(tmp_path / "missing")

    with pytest.raises(InboxUnavailable):
        look_at(path, may_be_made=what != "nothing")


def test_what_this_user_may_not_do_is_seen(tmp_path: Path) -> None:
    with read_only(tmp_path):
        found = bound_by_rights(lambda: look_at(tmp_path, may_be_made=False))

    assert found.lacking == ("written",)


# ---- trying to write -----------------------------------------------------------------------------


def test_trying_to_write_leaves_nothing(tmp_path: Path) -> None:
    assert write_trouble(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


def test_what_keeps_us_from_writing_is_said(tmp_path: Path) -> None:
    with read_only(tmp_path):
        assert bound_by_rights(lambda: write_trouble(tmp_path)) == "Permission denied"


def test_a_filesystem_that_takes_no_further_file_is_noticed(tmp_path: Path) -> None:
    with small_filesystem(tmp_path / "full", "64k,nr_inodes=2") as folder:
        (folder / "the last there is room for").touch()

        assert write_trouble(folder) == "No space left on device"


def test_a_rename_that_changes_nothing_else_leaves_nothing(tmp_path: Path) -> None:
    assert not stamps_renames(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_filesystem_that_stamps_what_is_renamed_is_noticed(tmp_path: Path) -> None:
    assert stamps_renames(path_that_stamps_renames(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_made_nothing_is_said_of_renames(tmp_path: Path) -> None:
    with read_only(tmp_path):
        assert not bound_by_rights(lambda: stamps_renames(tmp_path))


# ---- what it means -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, []),
        (
            {"lacking": ("read", "written")},
            ["/srv/scans may not be read or written by this user."],
        ),
        ({"read_only": True, "lacking": ("written",)}, ["The folder /srv/scans is read-only."]),
        (
            {"there": Path("/srv"), "lacking": ("written",)},
            ["/srv, where /srv/scans would be made, may not be written by this user."],
        ),
    ],
    ids=["nothing is missing", "rights", "a read-only mount", "it would have to be made"],
)
def test_what_may_not_be_done_is_said(facts: dict[str, Any], said: list[str]) -> None:
    found = list(rights_missing("inbox", place(**facts)))

    assert [finding.what for finding in found] == said
    assert all(finding.cure for finding in found)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (place("/srv/scans/done"), True),
        (place("/srv/done", device=7), False),
        (place("/srv/done", mount=replace(DISK, id=22)), False),
        (place("/srv/done", mount=None), False),
    ],
    ids=[
        "in it",
        "another device, as a subvolume of btrfs is",
        "the same device, mounted once more",
        "a mount that is not known",
    ],
)
def test_a_filesystem_is_the_same_where_files_can_be_renamed(other: Place, same: bool) -> None:
    assert place().shares_filesystem(other) is same


def test_what_is_kept_in_memory_is_known() -> None:
    assert place(mount=MEMORY).in_memory
    assert not place().in_memory
    assert not place(mount=None).in_memory
