"""Folders as the doctor may have found them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ingestd.admin.doctor.finding import Finding
from ingestd.admin.doctor.place import Place, Room
from ingestd.intake import Mount

GB = 1_000_000_000
ROOM = Room(free=50 * GB, size=100 * GB)
DISK = Mount("ext4", "/dev/sda1", "/", "/", 21)
SHARE = Mount("cifs", "//nas/scans", "/", "/srv/scans", 30)
MEMORY = Mount("tmpfs", "tmpfs", "/", "/run", 40)

_PLACE = Place(Path("/srv/scans"), Path("/srv/scans"), (), False, 1000, 2049, DISK, ROOM)


def place(path: str = "/srv/scans", **facts: Any) -> Place:
    """A folder on a disk with room, which is there and may be written; but for `facts`."""
    return replace(_PLACE, **{"path": Path(path), "there": Path(path), **facts})


def mount(filesystem: str) -> Mount:
    return Mount(filesystem, "server:/it", "/", "/srv", 50)


def told(*findings: Finding) -> list[tuple[str, str]]:
    """Level and subject of each."""
    return [(str(finding.level), finding.subject) for finding in findings]
