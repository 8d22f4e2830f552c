"""The real command where people see it, and where a script reads it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from enum import Enum
from pathlib import Path

from tests.acceptance.running import COMMAND, PATIENCE
from tests.cli.running import ALONE


class Outlet(Enum):
    """What a command writes to."""

    TERMINAL = "terminal"
    PIPE = "pipe"


def told(
    outlet: Outlet, *arguments: str, folder: Path, ctrl_c_at: str = "", **environ: str
) -> tuple[int, str]:
    """Run a command in a folder, to its end.

    :param ctrl_c_at: what is said when somebody presses Ctrl-C; empty: nobody does.
    :returns: its exit code, and all that it said.
    """
    ours, its = pty.openpty() if outlet is Outlet.TERMINAL else os.pipe()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**ALONE, "TERM": "xterm", "COLUMNS": "80", **environ},
        stdin=its if outlet is Outlet.TERMINAL else subprocess.DEVNULL,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    try:
        said = _read(ours, until=ctrl_c_at.encode()) if ctrl_c_at else b""
        if ctrl_c_at:
            process.send_signal(signal.SIGINT)
        said += _read(ours)
        return process.wait(PATIENCE), said.decode().replace("\r\n", "\n")
    finally:
        process.kill()
        os.close(ours)


def _read(source: int, *, until: bytes = b"") -> bytes:
    said = b""
    while not (until and until in said):
        try:
            piece = os.read(source, 65536)
        except OSError:  # EIO: the last one who had the terminal open has gone
            piece = b""
        if not piece:
            break
        said += piece
    return said
