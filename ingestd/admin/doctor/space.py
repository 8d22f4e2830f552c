"""Is there room? Once for each filesystem that something of ours lies on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ingestd.admin.doctor.finding import Finding, fail, ok, warn
from ingestd.admin.doctor.place import Place, Room

TOO_LITTLE = 50_000_000
"""Bytes: three documents of the largest size, and the ledger's next page."""
LITTLE = 1_000_000_000
"""Bytes."""
LITTLE_OF_ALL = 0.05

_CURE = "Make room there; what cannot be stored is not delivered."


def of_space(places: Iterable[Place]) -> Iterator[Finding]:
    """Judge the room on each filesystem once."""
    for place in {place.device: place for place in places}.values():
        where = place.mount.mount_point if place.mount else str(place.there)
        room = place.room if _counts_files(place) else replace(place.room, files=0)
        yield of_room(f"space on {where}", room)


def _counts_files(place: Place) -> bool:
    # rclone 1.60 says that there may be a billion files, and none more
    return place.mount is None or not place.mount.filesystem.startswith("fuse")


def of_room(subject: str, room: Room) -> Finding:
    """Judge the room on one filesystem."""
    if room.files and not room.files_free:
        return fail(subject, "No further file can be made: all inodes are taken.", _CURE)
    if not room.size:
        return ok(subject, "The filesystem does not tell how much room it has.")
    what = f"{_in_words(room.free)} of {_in_words(room.size)} are free."
    if room.free < TOO_LITTLE:
        return fail(subject, what, _CURE)
    if room.free < LITTLE or room.free < LITTLE_OF_ALL * room.size:
        return warn(subject, what, "Make room there before it is full.")
    return ok(subject, what)


def _in_words(octets: int) -> str:
    powers = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
    size, unit = next(((size, unit) for size, unit in powers if octets >= size), (1, "bytes"))
    number = octets / size
    return f"{number:.{1 if unit != 'bytes' and number < 10 else 0}f} {unit}"  # noqa: PLR2004 - two digits
