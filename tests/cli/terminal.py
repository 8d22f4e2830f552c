"""The real command on a terminal of its own."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.running import ALONE, LONGEST


def on_terminal(
    *arguments: str,
    folder: Path,
    typed: str = "",
    interrupted_at: str = "",
    by: str = "SIGINT",
    into: str = "",
    **environ: str,
) -> tuple[int, str]:
    """Run a command on a pseudo-terminal, to its end.

    :param typed: what somebody types.
    :param interrupted_at: what is said when somebody presses Ctrl-C, or sends the signal `by`.
    :param into: a file that its standard output goes to.
    :returns: its exit code, and everything that the terminal was sent.
    """
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ingestd", *arguments],
        cwd=folder,
        env={**ALONE, "TERM": "xterm", "COLUMNS": "80", **environ},
        stdin=its,
        stdout=os.open(into, os.O_WRONLY) if into else its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    os.write(ours, typed.encode())
    try:
        text = ""
        if interrupted_at:
            text = everything(ours, until=interrupted_at)
            # one that came before it reads would be seen only when something was typed
            while _state_of(process.pid) not in {"S", "Z"}:
                os.sched_yield()
            process.send_signal(signal.Signals[by])
        text += everything(ours)
        return process.wait(LONGEST), text
    finally:
        process.kill()
        os.close(ours)


def _state_of(process: int) -> str:
    """One letter (see proc_pid_stat(5)): S where it waits for something, Z where it has ended."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def everything(terminal: int, *, until: str = "") -> str:
    """What a terminal is sent, until the last one who has it open goes, or something is said."""
    said = b""
    while not (until and until.encode() in said):
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # EIO: the last one who had it open has gone
            piece = b""
        if not piece:
            break
        said += piece
    return said.decode().replace("\r\n", "\n")
