"""The real command on a real terminal."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.cli.running import ALONE, LONGEST


def on_terminal(*arguments: str, folder: Path, **environ: str) -> tuple[int, str]:
    """Run a command on a terminal of its own, to its end; its exit code and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ingestd", *arguments],
        cwd=folder,
        env={**ALONE, "TERM": "xterm", "COLUMNS": "120", **environ},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # EIO: nobody writes to the terminal any more
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    return process.wait(LONGEST), shown.decode().replace("\r\n", "\n")
