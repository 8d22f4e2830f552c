"""A file that node_exporter reads metrics from."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_textfile(path: Path, text: bytes) -> None:
    """Replace the file; a reader sees the old one or the new one.

    Everybody may read it whatever the umask is: node_exporter runs as another user. (The
    library's own `write_to_textfile` leaves that to the umask, which services set to 0077.)

    :raises OSError: if it cannot be written.
    """
    draft = path.with_name(f"{path.name}.tmp")
    try:
        with draft.open("wb") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
