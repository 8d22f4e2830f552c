"""What is said of an inbox's folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingestd.admin.doctor.finding import Finding
from ingestd.admin.doctor.inbox import Watch, natively, of_holder, of_inbox, of_mounts
from ingestd.admin.doctor.inbox_look import SeenInbox
from ingestd.admin.lock_holder import Holder
from ingestd.errors import InboxUnavailable
from ingestd.intake import Foreign, Judgement, MarkNew, Mount, NotMounted, Ours, Renewed
from tests.admin.doctor.places import DISK, MEMORY, SHARE, mount, place, told

WELL = SeenInbox(place(), Ours(), case_matters=True)


def judged(seen: SeenInbox, *, watch: Watch = "auto") -> list[Finding]:
    return list(of_inbox("inbox x", seen, watch=watch, recursive=False, put_away=["done"]))


def test_an_inbox_that_is_well() -> None:
    assert told(*judged(WELL)) == [
        ("ok", "inbox x: folder"),
        ("ok", "inbox x: marker"),
        ("ok", "inbox x: watching"),
    ]


def test_rights_that_are_missing_fail() -> None:
    found = judged(replace(WELL, place=place(lacking=("written",))))

    assert told(*found)[0] == ("fail", "inbox x: folder")


def test_a_work_folder_of_another_user_s_fails_with_the_command_that_mends_it() -> None:
    found = judged(replace(WELL, trouble="/srv/scans/.ingestd: Permission denied"))

    assert found[0].level == "fail"
    assert "/srv/scans/.ingestd: Permission denied" in found[0].what
    assert "chown -R USER '/srv/scans/.ingestd'" in found[0].cure


def test_what_stands_in_place_of_the_work_folder_is_named_and_to_be_moved_away() -> None:
    found = judged(replace(WELL, in_its_place="a file"))

    assert found[0].level == "fail"
    assert found[0].what.startswith("/srv/scans/.ingestd/work is a file, ")
    assert found[0].cure.startswith("Move it away")


@pytest.mark.parametrize(
    ("marked", "level"),
    [
        (Ours(), "ok"),
        (MarkNew(), "ok"),
        (Renewed(), "warn"),
        (NotMounted("its share is not mounted", "Mount it."), "fail"),
        (Foreign("it is marked as another inbox", "Correct the path."), "fail"),
        (InboxUnavailable("The marker cannot be used.", hint="Delete it."), "fail"),
    ],
)
def test_the_marker_is_judged(marked: Judgement | InboxUnavailable, level: str) -> None:
    found = judged(replace(WELL, marked=marked))[1]

    assert (found.level, found.subject) == (level, "inbox x: marker")
    assert bool(found.cure) is (level != "ok")


def test_a_marker_proves_nothing_where_the_ledger_does_not_know_which_is_meant() -> None:
    assert judged(WELL)[1].what == "It is the folder that is meant."
    assert "the ledger knows of no other" in judged(replace(WELL, known=False))[1].what


def test_of_a_folder_that_is_not_the_one_that_is_meant_nothing_more_is_said() -> None:
    not_mounted = replace(WELL, marked=NotMounted("its share is not mounted", "Mount it."))

    assert told(*judged(not_mounted)) == [("ok", "inbox x: folder"), ("fail", "inbox x: marker")]


# ---- watching ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watch", "mount_", "native", "level"),
    [
        ("auto", DISK, True, "ok"),
        ("auto", SHARE, False, "ok"),
        ("auto", None, False, "ok"),
        ("native", DISK, True, "ok"),
        ("native", SHARE, True, "warn"),
        ("native", None, True, "warn"),
        ("poll", DISK, False, "ok"),
        ("poll", SHARE, False, "ok"),
    ],
)
def test_how_new_files_are_noticed(
    watch: Watch, mount_: Mount | None, native: bool, level: str
) -> None:
    found = judged(replace(WELL, place=place(mount=mount_)), watch=watch)[2]

    assert natively(watch, mount_) is native
    assert (found.level, found.subject) == (level, "inbox x: watching")
    assert ("polled" in found.what) is not native


# ---- the filesystem ------------------------------------------------------------------------------


def test_an_inbox_in_memory_is_a_warning() -> None:
    found = judged(replace(WELL, place=place(mount=MEMORY)))

    assert told(*found)[-1] == ("warn", "inbox x: filesystem")


@pytest.mark.parametrize(("stamps", "said"), [(True, True), (False, False)])
def test_a_filesystem_that_nothing_can_be_taken_from_fails(*, stamps: bool, said: bool) -> None:
    found = judged(replace(WELL, stamps_renames=stamps))

    assert (("fail", "inbox x: filesystem") in told(*found)) is said


@pytest.mark.parametrize(("matters", "said"), [(True, False), (None, False), (False, True)])
def test_a_filesystem_that_does_not_tell_case_is_mentioned(
    matters: bool | None, said: bool
) -> None:
    found = judged(replace(WELL, case_matters=matters))

    assert (("ok", "inbox x: filesystem") in told(*found)) is said


@pytest.mark.parametrize(
    ("below", "recursive", "number"),
    [
        ([], True, 0),
        (["accounting"], True, 1),
        (["accounting/2024", "sales"], True, 2),
        (["accounting"], False, 0),
        ([".ingestd"], False, 1),
        ([".ingestd/work"], True, 1),
        (["done"], True, 0),
        (["done/2024"], True, 0),
        ([".stversions"], True, 0),
        (["@eaDir/x"], True, 0),
    ],
)
def test_what_is_mounted_where_files_are_taken_from_fails(
    below: list[str], recursive: bool, number: int
) -> None:
    found = list(of_mounts("inbox x", below, recursive=recursive, put_away=["done", "../failed"]))

    assert [finding.level for finding in found] == ["fail"] * number
    assert all(path in finding.what for path, finding in zip(below, found, strict=False))
    assert all(finding.cure for finding in found)


# ---- who is at work ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inbox", "state", "failed"),
    [
        (None, None, False),
        (None, Holder(1), False),
        (Holder(1), Holder(1), False),
        (Holder(1), None, True),
        (Holder(2), Holder(1), True),
        (Holder(None), None, True),
        (Holder(None), Holder(1), False),
        (Holder(1), Holder(None), False),
    ],
)
def test_an_ingestd_with_another_state_folder_has_no_business_in_it(
    inbox: Holder | None, state: Holder | None, failed: bool
) -> None:
    assert [finding.level for finding in of_holder("inbox x", inbox, state)] == ["fail"] * failed


def test_the_mount_that_makes_polling_necessary_is_named() -> None:
    seen = replace(WELL, place=place(path=str(Path("/srv/x")), mount=mount("nfs4")))

    assert "nfs4 (server:/it)" in judged(seen)[2].what
