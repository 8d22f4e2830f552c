"""Which mount a folder lies on, and whether the kernel hears of every change there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")
"""What is mounted where, as this process sees it. Format: proc_pid_mountinfo(5)."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of the mount table."""

    filesystem: str
    """Its type, with the subtype if it has one: `ext4`, `cifs`, `fuse.sshfs`."""
    source: str
    """A device, `//server/share`, `server:/export`, or a name that means nothing."""
    root: str
    """The folder of that filesystem which is mounted; `/` except for bind mounts and the like."""
    mount_point: str
    id: int = 0
    parent: int = 0
    """The id of the mount that `mount_point` lies on."""


def mount_of(path: Path, mountinfo: str) -> Mount | None:
    """Find the mount that `path` (absolute, symlinks resolved) lies on; None in an empty table.

    Follows the path down from `/` as the kernel does. The longest mount point is not always
    right: where something was mounted over a parent folder later, it is hidden.
    """
    mounts = _parsed(mountinfo)
    ids = {mount.id for mount in mounts}
    tops = [mount for mount in mounts if mount.parent not in ids - {mount.id}]
    found = max(_above(path, tops), key=_depth, default=None)
    while found is not None:
        below = [m for m in mounts if m.parent == found.id and m.id != found.id]
        nearest = min(_above(path, below), key=_depth, default=None)
        if nearest is None:
            return found
        found = nearest
    return None


def mount_at(path: Path, table: Path = MOUNTINFO) -> Mount | None:
    """Find the mount that `path` lies on now; None on a system that does not tell."""
    try:
        mountinfo = table.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    return mount_of(Path(os.path.realpath(path)), mountinfo)


def needs_polling(mount: Mount | None) -> bool:
    """Tell whether files may arrive on `mount` without an event.

    So it is wherever another machine, or another layer, can change the files behind this
    kernel's back. A mount that is not known is polled: that works everywhere.
    """
    if mount is None:
        return True
    kind, _, _ = mount.filesystem.partition(".")
    return kind in _SHARED


# `fuse.*` and plain `fuse` are sshfs, rclone, Docker Desktop, mergerfs and the like. Not so
# `fuseblk`: that is a local disk (ntfs-3g), which only this kernel writes to.
_SHARED = frozenset(
    {"cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "virtiofs", "fuse", "overlay", "autofs"}
    | {"aufs", "ceph", "afs", "coda", "ncpfs", "lustre", "gfs2", "ocfs2", "orangefs", "beegfs"}
    | {"gpfs", "vboxsf", "vmhgfs", "prl_fs", "drvfs"}
)


def _parsed(mountinfo: str) -> list[Mount]:
    return [mount for line in mountinfo.splitlines() if (mount := _mount(line)) is not None]


def _mount(line: str) -> Mount | None:
    # 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw
    # The fields before the dash are six or more, those after it three.
    left, _, right = line.partition(" - ")
    match left.split(" "), right.split(" "):
        case [id_, parent, _, root, point, *_], [filesystem, source, *_]:
            return Mount(
                filesystem, _plain(source), _plain(root), _plain(point), int(id_), int(parent)
            )
        case _:
            return None


def _plain(field: str) -> str:
    """Undo the kernel's escapes of space, tab, newline and backslash: three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)


def _above(path: Path, mounts: Iterable[Mount]) -> list[Mount]:
    return [mount for mount in mounts if path.is_relative_to(mount.mount_point)]


def _depth(mount: Mount) -> int:
    return len(Path(mount.mount_point).parts)
