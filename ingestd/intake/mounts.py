"""Which mount a folder lies on, and whether the kernel hears of every change there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of the mount table (/proc/self/mountinfo, see proc_pid_mountinfo(5))."""

    filesystem: str
    """Its type, with the subtype if it has one: `ext4`, `cifs`, `fuse.sshfs`."""
    source: str
    """A device, `//server/share`, `server:/export`, or a name that means nothing."""
    root: str
    """The folder of that filesystem which is mounted; `/` except for bind mounts and the like."""
    mount_point: str
    id: int = 0


def mount_behind(descriptor: int, proc: Path = Path("/proc/self")) -> Mount | None:
    """Find the mount that an open folder lies on, whatever was mounted at its path meanwhile.

    None for one that is not in the table any more, and on a system that does not tell.
    """
    try:
        facts = (proc / "fdinfo" / str(descriptor)).read_text()
        table = (proc / "mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    id_ = re.search(r"^mnt_id:\s*(\d+)$", facts, re.MULTILINE)
    return next((m for m in _parsed(table) if id_ and m.id == int(id_[1])), None)


def mounts_below(folder: Path, proc: Path = Path("/proc/self")) -> list[Mount]:
    """Find what is mounted in the folders below one; `folder` is a path without symlinks.

    Empty too on a system that does not tell.
    """
    try:
        table = (proc / "mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    return [mount for mount in _parsed(table) if folder in Path(mount.mount_point).parents]


def needs_polling(mount: Mount | None) -> bool:
    """Tell whether files may arrive on `mount` without an event.

    So it is wherever another machine, or another layer, can change the files behind this
    kernel's back. A mount that is not known is polled: that works everywhere.
    """
    if mount is None:
        return True
    kind, _, _ = mount.filesystem.partition(".")
    return kind in _SHARED


def stamps_changes(mount: Mount | None) -> bool:
    """Tell whether every change to a file on `mount` is stamped (ctime), by this machine's clock.

    Not so on a share, whose stamps are its server's and may be seconds late, nor where a program is
    the filesystem (`fuse`, `fuseblk`). FAT and exFAT have no such stamp: Linux makes it of the one
    that programs may set. So only of those it is said that are known to do it, a rename included.
    """
    return mount is not None and mount.filesystem in _STAMPED


def tells_writers(mount: Mount | None) -> bool:
    """Tell whether a lease that is refused means that somebody writes to a file on `mount`.

    Over NFS 4 and SMB the client refuses it (EAGAIN) for every file that its server has given it no
    delegation or oplock for: so to all that lie on a server without them, for ever. Seen with Linux
    6.1; see nfs4_setlease and cifs_setlease there.
    """
    return mount is None or mount.filesystem not in {"nfs4", "cifs", "smb3"}


_STAMPED = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "zfs", "f2fs", "bcachefs"})

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
        case [id_, _, _, root, point, *_], [filesystem, source, *_]:
            return Mount(filesystem, _plain(source), _plain(root), _plain(point), int(id_))
        case _:
            return None


def _plain(field: str) -> str:
    """Undo the kernel's escapes of space, tab, newline and backslash: three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)
