"""The real command on a terminal of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.cli.running import ALONE, LONGEST


def on_terminal(*arguments: str, folder: Path, typed: str = "", **environ: str) -> tuple[int, str]:
    """Run a command on a pseudo-terminal, to its end.

    :param typed: what somebody types.
    :returns: its exit code, and everything that the terminal was sent.
    """
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ingestd", *arguments],
        cwd=folder,
        env={**ALONE, "TERM": "xterm", "COLUMNS": "80", **environ},
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    os.write(ours, typed.encode())
    try:
        text = everything(ours)
        return process.wait(LONGEST), text
    finally:
        process.kill()
        os.close(ours)


def everything(terminal: int) -> str:
    """What a terminal is sent, until the last one who has it open goes."""
    said = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # EIO: the last one who had it open has gone
            piece = b""
        if not piece:
            return said.decode().replace("\r\n", "\n")
        said += piece
