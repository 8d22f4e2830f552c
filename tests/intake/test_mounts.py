from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.intake.mounts import Mount, mount_at, mount_of, needs_polling

TABLE = r"""21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw,errors=remount-ro
22 21 0:20 / /proc rw,nosuid - proc proc rw
30 21 0:40 / /srv/scans rw shared:1 master:7 propagate_from:2 - cifs //nas/Scans\040Office rw
31 21 0:41 /volumes/invoices /srv/in\040box rw - btrfs /dev/sdb1 rw
32 21 0:42 / /srv/scans2 rw - nfs4 nas:/export rw
33 30 0:43 / /srv/scans/usb rw - vfat /dev/sdc1 rw
34 21 0:44 / /mnt rw - ext4 /dev/sdd1 rw
35 34 0:45 / /mnt rw - fuse.sshfs me@host:/x rw
40 21 0:50 / /home/anna/scans rw - nfs4 nas:/anna rw
41 21 0:51 / /home rw - ext4 /dev/sde1 rw
"""


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("/", "/dev/sda1"),
        ("/srv", "/dev/sda1"),
        ("/srv/scans", "//nas/Scans Office"),
        ("/srv/scans/2026/05", "//nas/Scans Office"),
        ("/srv/scans2", "nas:/export"),
        ("/srv/scans3", "/dev/sda1"),
        ("/srv/scans/usb/a", "/dev/sdc1"),
        ("/srv/in box", "/dev/sdb1"),
        ("/mnt/x", "me@host:/x"),
        ("/home/anna/scans", "/dev/sde1"),
    ],
    ids=[
        "the root",
        "a plain folder",
        "a mount point",
        "below one",
        "a longer name",
        "a name that only begins alike",
        "a mount on a mount",
        "a name with a space",
        "two mounts on one point: the later",
        "a mount hidden by a later one above it",
    ],
)
def test_a_path_lies_on_the_mount_that_the_kernel_would_find(path: str, source: str) -> None:
    mount = mount_of(Path(path), TABLE)

    assert mount is not None
    assert mount.source == source


def test_a_mount_tells_what_it_is_of() -> None:
    mount = mount_of(Path("/srv/in box/a"), TABLE)

    assert mount == Mount("btrfs", "/dev/sdb1", "/volumes/invoices", "/srv/in box", 31, 21)


def test_optional_fields_do_not_matter_and_torn_lines_are_passed_over() -> None:
    table = "36 35 98:0 /\n\n36 35 98:0 / / rw master:1 - ext3 /dev/root rw\n"

    mount = mount_of(Path("/x"), table)

    assert mount is not None
    assert (mount.filesystem, mount.source) == ("ext3", "/dev/root")


def test_an_empty_table_has_no_mount() -> None:
    assert mount_of(Path("/x"), "") is None


def test_a_table_that_goes_in_circles_ends() -> None:
    table = "1 2 0:1 / / rw - ext4 a rw\n2 1 0:2 / / rw - ext4 b rw\n"

    assert mount_of(Path("/x"), table) is None


def test_a_mount_on_itself_is_the_top() -> None:
    mount = mount_of(Path("/x"), "1 1 0:1 / / rw - rootfs rootfs rw\n")

    assert mount == Mount("rootfs", "rootfs", "/", "/", 1, 1)


def test_a_symlink_is_followed_to_its_mount(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    table = tmp_path / "mountinfo"
    real = (tmp_path / "real").resolve()
    table.write_text(f"1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / {real} rw - cifs //nas/b rw\n")

    mount = mount_at(tmp_path / "link", table)

    assert mount is not None
    assert mount.source == "//nas/b"


def test_a_system_without_a_mount_table_tells_nothing(tmp_path: Path) -> None:
    assert mount_at(tmp_path, tmp_path / "missing") is None


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
