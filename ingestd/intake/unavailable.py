"""Why a folder cannot be used, or nothing be moved out of it, and what to do about it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from ingestd.errors import InboxUnavailable
from ingestd.storing import SHARE_AWAY

_NO_ROOM = "make room on its filesystem"
_MEANINGS = {
    errno.ENOENT: ("does not exist", "create the folder, or mount the share it lies on"),
    errno.ENOTDIR: ("is not a folder", "correct the path in the settings"),
    errno.EACCES: (
        "may not be read and written by this user",
        "give the user that ingestd runs as the right to read, write and search it",
    ),
    errno.EROFS: ("is read-only", "mount it writable: documents are moved out of it"),
    errno.ENOSPC: ("has no space left", _NO_ROOM),
    errno.EDQUOT: ("has used up its quota", f"{_NO_ROOM}, or have the quota raised"),
}
_MEANINGS[errno.EPERM] = _MEANINGS[errno.EACCES]
_ELSE = "check the disk or the server it lies on, and mount it again if need be"

_RIGHTS = frozenset({errno.EACCES, errno.EPERM})

_ALL_DOCUMENTS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS}) | SHARE_AWAY
"""What a claim is answered where that is so for whatever lies in the inbox."""


def unavailable(path: Path, error: OSError) -> InboxUnavailable:
    """Translate what the system said about `path` into an error a person can act on."""
    number = error.errno or 0
    what, cure = _MEANINGS.get(number, (f"cannot be used: {os.strerror(number)}", _ELSE))
    subject = path if number == errno.ENOTDIR else f"The folder {path}"
    return InboxUnavailable(f"{subject} {what}.", hint=f"{cure[0].upper()}{cure[1:]}.")


def may_write(folder: Path) -> bool:
    """Whether names may be made and removed in a folder.

    :raises OSError: if it does not answer, which `os.access` takes for a missing right.
    """
    folder.stat()
    return os.access(folder, os.W_OK | os.X_OK)


def read_only(root: Path, why: str) -> InboxUnavailable:
    """Say that an inbox may not be written."""
    return InboxUnavailable(
        f"Nothing may be moved out of the inbox {root} ({why}), so nothing in it is delivered.",
        hint="Give the user that ingestd runs as the right to write in this folder.",
    )


def unclaimable(source: Path, error: OSError, *, root: Path, work: Path) -> Exception:
    """Translate what the system said when `source` was to be moved from inbox `root` into `work`.

    What is so for all that lies there names none, and so is the same for each.

    :returns: an InboxUnavailable, or an OSError that names the document.
    :raises OSError: if a folder does not answer.
    """
    folder = source.parent
    if error.errno == errno.EXDEV:
        return _on_another_filesystem(folder, root, work)
    if error.errno in _RIGHTS and not (may_write(folder) and may_write(work)):
        return read_only(root, os.strerror(error.errno))
    if error.errno in _ALL_DOCUMENTS:
        return unavailable(root, error)
    return OSError(error.errno, error.strerror, os.fspath(source))


def _on_another_filesystem(folder: Path, root: Path, work: Path) -> InboxUnavailable:
    if folder == root:
        return InboxUnavailable(
            f"Nothing can be taken from the inbox {root}: {work} is on another filesystem.",
            hint=f"Unmount what is mounted at {work} or above it.",
        )
    device = root.stat().st_dev
    below = [path for path in (folder, *folder.parents) if root in path.parents]
    # of a folder of the same filesystem that is mounted there nothing tells where it begins
    mounted = next((path for path in reversed(below) if path.stat().st_dev != device), folder)
    return InboxUnavailable(
        f"Nothing can be taken from {mounted}: it is on another filesystem than its inbox {root}.",
        hint=f"Mount it outside of {root}, and make it an inbox of its own.",
    )
