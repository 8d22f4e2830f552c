"""The marker that shows whether the folder at an inbox's path is the one that is meant.

An unmounted share leaves an empty folder behind that looks like an inbox without documents.
`.ingestd/inbox.json` lies on the share itself, and is missing then.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import stat
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from ingestd import moves, storing
from ingestd.errors import InboxUnavailable
from ingestd.intake.folder import Folder, path_of
from ingestd.intake.mounts import Mount
from ingestd.intake.unavailable import unavailable

FOLDER = ".ingestd"
NAME = "inbox.json"
WORK = "work"
_LIMIT = 64 * 1024
_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
"""Fit for a file's name, the ledger and the log; ours are 32 hex digits."""
_ABOUT = "Shows ingestd that this folder is its inbox. Please leave it here."


@dataclass(frozen=True, slots=True)
class Marker:
    """What an inbox is known by."""

    id: str
    created: str = ""
    """ISO 8601; for people."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What an inbox was known by, and where it was mounted, when it was last served."""

    id: str
    filesystem: str = ""
    source: str = ""
    root: str = ""

    @classmethod
    def of(cls, id: str, mount: Mount | None) -> Remembered:  # noqa: A002 - the marker's own word
        """Keep what tells one mount from another; empty where the system does not tell."""
        if mount is None:
            return cls(id)
        return cls(id, mount.filesystem, mount.source, mount.root)


@dataclass(frozen=True, slots=True)
class Ours:
    """The folder is the inbox; go on, and remember where it is mounted now."""


@dataclass(frozen=True, slots=True)
class MarkNew:
    """The folder was never an inbox: mark it, and remember it."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """The folder was made anew on the same mount: mark it with its old id, warn, go on."""


@dataclass(frozen=True, slots=True)
class NotMounted:
    """The share is not mounted here now: touch nothing, wait for it."""

    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """This is another inbox: touch nothing."""

    reason: str
    hint: str


Judgement = Ours | MarkNew | Renewed | NotMounted | Foreign


def judge(found: str | None, remembered: Remembered | None, mount: Mount | None) -> Judgement:
    """Decide whether a folder is the inbox that is meant.

    `found` is the id its marker holds, None without one; `remembered` what the ledger knows of
    the inbox, None if it was never served, or the ledger was lost.

    A marker with another id means that the folder of another inbox lies here, by a mount or a
    path that was mixed up. Its documents would go to the wrong account, so it is not served.
    """
    if remembered is None:
        return MarkNew() if found is None else Ours()
    if found == remembered.id:
        return Ours()
    if found is not None:
        return Foreign(
            f"it is marked as another inbox ({found} instead of {remembered.id})",
            f"Mount the right share, or correct the path; {_adopt(remembered.id)}.",
        )
    now = Remembered.of(remembered.id, mount)
    if now == remembered:
        return Renewed()
    return NotMounted(
        f"its share is not mounted: {_name(remembered)} was here, now it is {_name(now)}",
        f"Mount the share again; {_adopt(remembered.id)}.",
    )


def _adopt(id_: str) -> str:
    content = json.dumps({"id": id_})
    return f"if this folder is to be the inbox from now on, put {content} into {FOLDER}/{NAME}"


def _name(where: Remembered) -> str:
    if not where.filesystem:
        return "an unknown filesystem"
    below = "" if where.root == "/" else f" ({where.root} of it)"
    return f"{where.source}{below} of type {where.filesystem}"


def read_marker(inbox: Folder) -> Marker | None:
    """Read the marker of an inbox; None if it has none.

    Raises `InboxUnavailable` if it cannot be read, or not be understood.
    """
    try:
        content = _content(inbox.descriptor)
        # a placeholder: `write_marker` had taken the name when it died
        return None if moves.is_placeholder(content) else _parsed(content)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno not in _NO_MARKER:
            raise unavailable(inbox.root, error) from error
        raise _unfit(inbox, error) from error
    except (ValueError, RecursionError) as error:
        raise _unfit(inbox, error) from error


_NO_MARKER = frozenset({errno.ELOOP, errno.ENOTDIR, errno.ENXIO})
"""What opening a symlink, a file for a folder, or a socket says."""


def _unfit(inbox: Folder, error: Exception) -> InboxUnavailable:
    return InboxUnavailable(
        f"The marker {inbox.root / FOLDER / NAME} cannot be used: {error}.",
        hint="If the folder is the right inbox, delete the marker; a new one will be made.",
    )


def _content(inbox: int) -> bytes:
    """Read the marker in the folder open as `inbox`; symlinks, to wherever, are not followed."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    folder = os.open(FOLDER, flags | os.O_DIRECTORY, dir_fd=inbox)
    try:
        marker = os.open(NAME, flags | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        if not stat.S_ISREG(os.fstat(marker).st_mode):
            raise ValueError("it is not a regular file")
        return os.read(marker, _LIMIT)
    finally:
        os.close(marker)


def _parsed(content: bytes) -> Marker:
    match json.loads(content):
        case {"id": str(id_), **rest} if _ID.fullmatch(id_):
            return Marker(id_, str(rest.get("created", "")))
        case _:
            raise ValueError("it holds no id (1 to 128 letters, digits, dots, dashes)")


def write_marker(inbox: Folder, id: str, now: datetime) -> Marker:  # noqa: A002 - see `Marker`
    """Mark an inbox, unless it is by now; returns the marker in force.

    `id` must match `_ID`. Raises `InboxUnavailable` where nothing can be written, and
    `StorageFailed` if the disk could not keep it.
    """
    in_force = read_marker(inbox)
    if in_force is None:
        _write(inbox, Marker(id, now.isoformat()))
        in_force = read_marker(inbox)
    if in_force is None:
        raise InboxUnavailable(f"The marker of {inbox.root} was removed as soon as it was written.")
    return in_force


def _write(inbox: Folder, marker: Marker) -> None:
    content = {**asdict(marker), "about": _ABOUT}
    root = path_of(inbox.descriptor, inbox.root)
    folder = root / FOLDER
    draft = folder / f"{NAME}.{marker.id}.tmp"
    try:
        folder.mkdir(exist_ok=True)
        storing.write_new(draft, [f"{json.dumps(content, indent=2)}\n".encode()])
        _publish(inbox, draft, folder / NAME)
        storing.fsync_folder(folder)
        storing.fsync_folder(root)
    except OSError as error:
        raise unavailable(inbox.root, error) from error


def _publish(inbox: Folder, draft: Path, name: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        # for whatever it was taken: the paths here are an open folder's, other ones each time
        if moves.is_placeholder(_content(inbox.descriptor)):
            name.unlink()
    try:
        with contextlib.suppress(FileExistsError):  # another ingestd was quicker: its marker holds
            moves.move(draft, name)
    finally:
        draft.unlink(missing_ok=True)  # or each attempt would leave one more


def make_work(inbox: Folder) -> None:
    """Make the folder of the documents in hand in an inbox that is marked.

    Raises `InboxUnavailable` where it cannot be made, or is a symlink: documents that are moved
    into it must not leave the inbox's filesystem, nor its marker and its lock.
    """
    work = f"{FOLDER}/{WORK}"
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(work, dir_fd=inbox.descriptor)
        found = os.stat(work, dir_fd=inbox.descriptor, follow_symlinks=False)
    except OSError as error:
        raise unavailable(inbox.root, error) from error
    if not stat.S_ISDIR(found.st_mode):
        raise InboxUnavailable(
            f"{inbox.root / work} is not a folder of its own, so nothing is claimed into it.",
            hint="Move it away; it is made anew. If it is a link, put what lies where it leads "
            "back into the inbox.",
        )
