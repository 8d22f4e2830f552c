"""Why a folder cannot be used, and what to do about it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from ingestd.errors import InboxUnavailable

_MEANINGS = {
    errno.ENOENT: ("does not exist", "create the folder, or mount the share it lies on"),
    errno.ENOTDIR: ("is not a folder", "correct the path in the settings"),
    errno.EACCES: (
        "may not be read and written by this user",
        "give the user that ingestd runs as the right to read, write and search it",
    ),
    errno.EROFS: ("is read-only", "mount it writable: documents are moved out of it"),
    errno.ENOSPC: ("has no space left", "make room on its filesystem"),
}
_MEANINGS[errno.EPERM] = _MEANINGS[errno.EACCES]
_ELSE = "check the disk or the server it lies on, and mount it again if need be"


def unavailable(path: Path, error: OSError) -> InboxUnavailable:
    """Translate what the system said about `path` into an error a person can act on."""
    number = error.errno or 0
    what, cure = _MEANINGS.get(number, (f"cannot be used: {os.strerror(number)}", _ELSE))
    return InboxUnavailable(f"The folder {path} {what}.", hint=f"{cure[0].upper()}{cure[1:]}.")
