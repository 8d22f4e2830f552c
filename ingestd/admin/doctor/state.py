"""The state folder: can it be used, will it last, and is a daemon at work with it?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from ingestd.admin.doctor.finding import Finding, fail, ok, warn
from ingestd.admin.doctor.place import Place, is_memory, look_at, rights_missing, write_trouble
from ingestd.admin.lock_holder import Holder, holder
from ingestd.intake import Mount, needs_polling
from ingestd.observe import LOCK

SUBJECT = "state folder"
_LOCAL = "Set state_dir to a folder on a local disk."
_STAYS = "Set state_dir to a folder that stays, in a container to one of a volume."
_PERHAPS_LOCAL = frozenset({"fuse", "virtiofs"})
"""mergerfs and the like, or a share; and the disk of a virtual machine's host."""
_SURELY_REMOTE = frozenset(
    {"fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.s3fs", "fuse.glusterfs"}
)


@dataclass(frozen=True, slots=True)
class State:
    """What was seen of it."""

    place: Place
    trouble: str = ""
    """Why nothing can be made in it."""
    holder: Holder | None = None

    @property
    def usable(self) -> bool:
        """Whether something can be kept in it."""
        return not (self.trouble or self.place.lacking or self.place.read_only)


def look_at_state(folder: Path) -> State:
    """Look at the state folder, which need not be there yet.

    :raises InboxUnavailable: if it cannot be opened.
    """
    place = look_at(folder, may_be_made=True)
    if not place.exists:
        return State(place)
    seen = State(place, holder=_holder(folder / LOCK))
    return replace(seen, trouble=write_trouble(folder)) if seen.usable else seen


def _holder(lock: Path) -> Holder | None:
    with contextlib.suppress(OSError):  # no lock, or not ours to open: nobody is known to hold it
        return holder(lock)
    return None


def of_state(state: State, *, holds_ledger: bool, root: bool) -> Iterator[Finding]:
    """Judge the state folder.

    :param holds_ledger: the ledger is in it, and not on a database server.
    :param root: this is the superuser, who may do what the daemon's user may not.
    """
    place = state.place
    missing = list(rights_missing(SUBJECT, place))
    if state.trouble:
        cure = "Give the user that ingestd runs as the right to write there, or set state_dir."
        missing.append(
            fail(SUBJECT, f"Nothing can be made in {place.path}: {state.trouble}.", cure)
        )
    yield from missing
    if not missing:
        how = "can be written" if place.exists else "does not exist yet, and can be made"
        yield ok(SUBJECT, f"{place.path} {how}.")
    yield of_disk(place.mount, holds_ledger=holds_ledger)
    if root and place.exists and place.owner != 0:
        yield warn(
            "user",
            f"{place.path} belongs to another user, and root may do what that one may not: rights "
            "are not really checked.",
            f'Run it as that user: sudo -u "#{place.owner}" ingestd doctor',
        )
    yield of_holder(state.holder)


class Nature(Enum):
    """What a filesystem is to a ledger: how much, and what is wrong with it."""

    LOCAL = "."
    MEMORY = ", which is gone at the next start."
    CONTAINER = ": a container's own, and gone with it."
    PERHAPS_A_SHARE = "; if that is a share, the ledger may be damaged."
    SHARE = ", a share, where SQLite's ledger may be damaged."
    SHARE_WITHOUT_LEDGER = ", where locks are not reliable."


def nature_of(mount: Mount, *, holds_ledger: bool) -> Nature:
    """Tell what a filesystem is."""
    kind, _, _ = mount.filesystem.partition(".")
    if is_memory(mount):
        return Nature.MEMORY
    if kind == "overlay":
        return Nature.CONTAINER
    if not needs_polling(mount):
        return Nature.LOCAL
    if not holds_ledger:
        return Nature.SHARE_WITHOUT_LEDGER
    local_too = kind in _PERHAPS_LOCAL and mount.filesystem not in _SURELY_REMOTE
    return Nature.PERHAPS_A_SHARE if local_too else Nature.SHARE


def of_disk(mount: Mount | None, *, holds_ledger: bool) -> Finding:
    """Judge the filesystem that the state folder lies on."""
    subject = f"{SUBJECT}: disk"
    if mount is None:
        return ok(subject, "The system does not tell what it lies on.")
    nature = nature_of(mount, holds_ledger=holds_ledger)
    what = f"It lies on {mount.filesystem} ({mount.source}){nature.value}"
    match nature:
        case Nature.LOCAL:
            return ok(subject, what)
        case Nature.MEMORY | Nature.CONTAINER:
            return warn(subject, what, _STAYS)
        case Nature.SHARE:
            return fail(subject, what, _LOCAL)
        case _:
            return warn(subject, what, _LOCAL)


def of_holder(holder: Holder | None) -> Finding:
    """Say whether a daemon is at work."""
    if holder is None:
        return ok("daemon", "None is running with this state folder.")
    process = f" (process {holder.pid})" if holder.pid else ""
    return ok("daemon", f"One is running with this state folder{process}.")
