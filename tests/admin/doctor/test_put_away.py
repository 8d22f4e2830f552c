"""The folders that documents are put away in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingestd.admin.doctor.finding import Finding
from ingestd.admin.doctor.place import Place
from ingestd.admin.doctor.put_away import SeenFolder, look_at_folder, of_folder
from ingestd.errors import InboxUnavailable
from ingestd.intake import Foreign, MarkNew, NotMounted, Ours, Remembered, mount_behind, opened
from tests.admin.doctor.places import DISK, MEMORY, SHARE, place

INBOX = place()
DONE = "/srv/scans/done"


def judged(seen: SeenFolder, inbox: Place | None = INBOX) -> Finding:
    (found,) = of_folder("inbox x: done", seen, inbox)
    return found


@pytest.mark.parametrize(
    ("facts", "level", "said"),
    [
        ({}, "ok", f"{DONE} is there."),
        ({"there": Path("/srv/scans")}, "ok", f"{DONE} is made when it is needed."),
        ({"lacking": ("written",)}, "fail", f"{DONE} may not be written by this user."),
        ({"device": 7, "mount": SHARE}, "warn", f"{DONE} is there, on another filesystem"),
        ({"device": 7, "mount": MEMORY}, "warn", f"{DONE} is there, in memory"),
    ],
    ids=["well", "not made yet", "no right to write", "another filesystem", "in memory"],
)
def test_whether_documents_can_be_put_there(facts: dict[str, Any], level: str, said: str) -> None:
    found = judged(SeenFolder(place(DONE, **facts)))

    assert found.level == level
    assert found.what.startswith(said)
    assert bool(found.cure) is (level != "ok")


def test_a_right_that_the_inbox_lacks_is_not_said_again_of_what_would_be_made_in_it() -> None:
    bad = place(lacking=("written",))
    done = place(DONE, there=INBOX.path, lacking=("written",))

    assert judged(SeenFolder(done), inbox=bad).level == "ok"


@pytest.mark.parametrize(
    "marked",
    [
        NotMounted("its share is not mounted", "Mount it."),
        Foreign("it is marked as another inbox", "Correct the path."),
        InboxUnavailable("The marker cannot be used.", hint="Delete it."),
    ],
)
def test_a_folder_outside_that_is_not_the_one_that_is_meant_fails(
    marked: NotMounted | Foreign | InboxUnavailable,
) -> None:
    found = judged(SeenFolder(place("/archive"), marked))

    assert found.level == "fail"
    assert found.cure


def test_without_the_inbox_it_is_not_held_against_it() -> None:
    assert judged(SeenFolder(place("/archive", device=7), Ours()), inbox=None).level == "ok"


# ---- looking -------------------------------------------------------------------------------------


def remembered(folder: Path) -> Remembered:
    with opened(folder) as there:
        return Remembered.of("ours", mount_behind(there.descriptor))


ELSEWHERE = Remembered("ours", "cifs", "//nas/archive", "/")


def test_a_folder_in_the_inbox_has_no_marker_of_its_own(tmp_path: Path) -> None:
    assert look_at_folder(tmp_path / "done", None, outside=False).marked is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_outside_may_be_new(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path if exists else tmp_path / "archive"

    assert look_at_folder(folder, None, outside=True).marked == MarkNew()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_outside_whose_share_is_not_mounted_is_known(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path if exists else tmp_path / "archive"

    assert isinstance(look_at_folder(folder, ELSEWHERE, outside=True).marked, NotMounted)


def test_a_folder_outside_that_was_removed_is_made_anew_where_it_was(tmp_path: Path) -> None:
    seen = look_at_folder(tmp_path / "archive", remembered(tmp_path), outside=True)

    assert seen.marked == MarkNew()


def test_a_place_on_the_same_disk_shares_its_filesystem() -> None:
    assert place(DONE, mount=DISK).shares_filesystem(INBOX)
