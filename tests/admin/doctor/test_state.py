"""The state folder: can it be used, will it last, and is a daemon at work with it?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ingestd.admin.doctor.state import State, look_at_state, of_disk, of_holder, of_state
from ingestd.admin.lock_holder import Holder
from ingestd.daemon import lock_state
from ingestd.intake import Mount
from tests.admin.doctor.places import DISK, MEMORY, mount, place, told
from tests.daemon.test_lock import HOLD
from tests.hardship import bound_by_rights, read_only

# ---- looking -------------------------------------------------------------------------------------


def test_a_state_folder_that_is_not_there_yet_is_left_unmade(tmp_path: Path) -> None:
    seen = look_at_state(tmp_path / "var" / "ingestd")

    assert not seen.place.exists
    assert list(tmp_path.iterdir()) == []


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    seen = look_at_state(tmp_path)

    assert (seen.trouble, seen.holder) == ("", None)
    assert list(tmp_path.iterdir()) == []


def test_a_daemon_that_is_at_work_is_found_and_not_disturbed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == "held\n"

        assert look_at_state(tmp_path).holder == Holder(daemon.pid)
        daemon.kill()


def test_a_daemon_that_ended_is_not_at_work(tmp_path: Path) -> None:
    with lock_state(tmp_path):
        pass

    assert look_at_state(tmp_path).holder is None


def test_a_folder_that_may_not_be_written_is_not_tried(tmp_path: Path) -> None:
    with read_only(tmp_path):
        seen = bound_by_rights(lambda: look_at_state(tmp_path))

    assert (seen.place.lacking, seen.trouble) == (("written",), "")


# ---- what it means -------------------------------------------------------------------------------


def judged(state: State, *, root: bool = False) -> list[tuple[str, str]]:
    return told(*of_state(state, holds_ledger=True, root=root))


WELL = [("ok", "state folder"), ("ok", "state folder: disk"), ("ok", "daemon")]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (State(place()), WELL),
        (State(place(there=Path("/srv"))), WELL),
        (State(place(lacking=("written",))), [("fail", "state folder"), *WELL[1:]]),
        (State(place(), trouble="Disk quota exceeded"), [("fail", "state folder"), *WELL[1:]]),
    ],
    ids=["well", "not there yet", "no right to write", "it cannot be written"],
)
def test_whether_it_can_be_used(state: State, found: list[tuple[str, str]]) -> None:
    assert judged(state) == found


@pytest.mark.parametrize(
    ("state", "warned"),
    [
        (State(place(owner=1000)), True),
        (State(place(owner=0)), False),
        (State(place(owner=1000, there=Path("/srv"))), False),
    ],
    ids=["another user's", "root's", "not made yet"],
)
def test_root_is_told_that_the_daemon_may_be_another_user(state: State, warned: bool) -> None:
    assert (("warn", "user") in judged(state, root=True)) is warned
    assert ("warn", "user") not in judged(state, root=False)


@pytest.mark.parametrize(
    ("filesystem", "with_ledger", "without"),
    [
        ("ext4", "ok", "ok"),
        ("btrfs", "ok", "ok"),
        ("fuseblk", "ok", "ok"),
        ("cifs", "fail", "warn"),
        ("nfs4", "fail", "warn"),
        ("9p", "fail", "warn"),
        ("fuse.sshfs", "fail", "warn"),
        ("fuse.mergerfs", "warn", "warn"),
        ("virtiofs", "warn", "warn"),
        ("overlay", "warn", "warn"),
        ("tmpfs", "warn", "warn"),
    ],
)
def test_a_ledger_is_kept_on_a_local_disk(filesystem: str, with_ledger: str, without: str) -> None:
    assert of_disk(mount(filesystem), holds_ledger=True).level == with_ledger
    assert of_disk(mount(filesystem), holds_ledger=False).level == without


def test_a_disk_that_is_not_known_is_left_open() -> None:
    assert of_disk(None, holds_ledger=True).level == "ok"


@pytest.mark.parametrize("bad", [MEMORY, mount("cifs"), mount("fuse.mergerfs")])
def test_what_is_wrong_with_a_disk_is_said_with_what_to_do(bad: Mount) -> None:
    found = of_disk(bad, holds_ledger=True)

    assert "state_dir" in found.cure
    assert not of_disk(DISK, holds_ledger=True).cure


@pytest.mark.parametrize(
    ("holder", "said"),
    [
        (None, "None is running with this state folder."),
        (Holder(None), "One is running with this state folder."),
        (Holder(4711), "One is running with this state folder (process 4711)."),
    ],
)
def test_a_running_daemon_is_no_fault(holder: Holder | None, said: str) -> None:
    found = of_holder(holder)

    assert (found.level, found.what) == ("ok", said)
