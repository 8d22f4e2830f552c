from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingestd.intake.mounts import (
    Mount,
    mount_behind,
    mounts_below,
    needs_polling,
    stamps_changes,
    tells_writers,
)

TABLE = r"""21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw,errors=remount-ro
30 21 0:40 / /srv/scans rw shared:1 master:7 propagate_from:2 - cifs //nas/Scans\040Office rw
31 21 0:41 /volumes/invoices /srv/in\040box rw - btrfs /dev/sdb1 rw

33 21 0:43 /torn
40 21 0:50 / /srv/scans rw - nfs4 nas:/anna rw
"""


def proc(folder: Path, facts: str) -> Path:
    """What the kernel tells of a process with descriptor 7 open."""
    (folder / "fdinfo").mkdir()
    (folder / "fdinfo" / "7").write_text(facts)
    (folder / "mountinfo").write_text(TABLE)
    return folder


@pytest.mark.parametrize(
    ("id_", "mount"),
    [
        (21, Mount("ext4", "/dev/sda1", "/", "/", 21)),
        (30, Mount("cifs", "//nas/Scans Office", "/", "/srv/scans", 30)),
        (31, Mount("btrfs", "/dev/sdb1", "/volumes/invoices", "/srv/in box", 31)),
        (33, None),
        (4, None),
        (40, Mount("nfs4", "nas:/anna", "/", "/srv/scans", 40)),
    ],
    ids=[
        "the root",
        "a name with a space, and optional fields",
        "a folder of a filesystem",
        "a torn line",
        "not in the table any more",
        "mounted over another",
    ],
)
def test_an_open_folder_lies_on_the_mount_it_was_opened_on(
    tmp_path: Path, id_: int, mount: Mount | None
) -> None:
    facts = f"pos:\t0\nflags:\t0100000\nmnt_id:\t{id_}\nino:\t30\n"

    assert mount_behind(7, proc(tmp_path, facts)) == mount


def test_a_kernel_that_does_not_tell_where_a_folder_lies_leaves_it_open(tmp_path: Path) -> None:
    assert mount_behind(7, proc(tmp_path, "pos:\t0\nflags:\t0100000\n")) is None


def test_a_system_without_a_mount_table_tells_nothing(tmp_path: Path) -> None:
    assert mount_behind(7, tmp_path / "missing") is None


def test_this_system_tells(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)

    mount = mount_behind(descriptor)

    os.close(descriptor)
    assert mount is not None
    assert tmp_path.resolve().is_relative_to(mount.mount_point)


@pytest.mark.parametrize(
    "filesystem",
    [
        *("cifs", "smb3", "nfs", "nfs4", "9p", "virtiofs", "ceph", "overlay", "autofs"),
        *("fuse", "fuse.sshfs", "fuse.rclone"),
    ],
)
def test_what_others_can_change_is_polled(filesystem: str) -> None:
    assert needs_polling(Mount(filesystem, "x", "/", "/"))


@pytest.mark.parametrize("filesystem", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "exfat", "fuseblk"])
def test_what_only_this_kernel_changes_is_not_polled(filesystem: str) -> None:
    assert not needs_polling(Mount(filesystem, "x", "/", "/"))


def test_what_is_not_known_is_polled() -> None:
    assert needs_polling(None)


@pytest.mark.parametrize(
    ("filesystem", "stamped"),
    [
        *((one, True) for one in ("ext3", "ext4", "xfs", "btrfs", "zfs", "tmpfs")),
        *((one, False) for one in ("cifs", "nfs4", "9p", "virtiofs", "fuse.sshfs", "overlay")),
        *((one, False) for one in ("vfat", "exfat", "fuseblk", "ntfs3", "new")),
    ],
)
def test_stamps_are_trusted_where_every_change_is_known_to_leave_one(
    filesystem: str, *, stamped: bool
) -> None:
    assert stamps_changes(Mount(filesystem, "x", "/", "/")) is stamped


def test_stamps_on_what_is_not_known_are_not_trusted() -> None:
    assert not stamps_changes(None)


@pytest.mark.parametrize(
    ("filesystem", "tells"),
    [
        *((one, True) for one in ("ext4", "xfs", "btrfs", "vfat", "fuse.sshfs", "nfs")),
        *((one, False) for one in ("nfs4", "cifs", "smb3")),
    ],
)
def test_a_refused_lease_tells_of_a_writer_where_the_server_need_not_agree(
    filesystem: str, *, tells: bool
) -> None:
    assert tells_writers(Mount(filesystem, "x", "/", "/")) is tells


def test_a_refused_lease_tells_of_a_writer_on_a_mount_that_is_not_known() -> None:
    assert tells_writers(None)


def test_what_is_mounted_below_a_folder_is_found_and_not_what_it_lies_on(tmp_path: Path) -> None:
    below = mounts_below(Path("/srv"), proc(tmp_path, ""))

    assert [mount.mount_point for mount in below] == ["/srv/scans", "/srv/in box", "/srv/scans"]
    assert mounts_below(Path("/srv/scans"), tmp_path) == []
    assert mounts_below(Path("/srv"), tmp_path / "missing") == []
