"""`ingestd run` as a process of its own, from its start until it watches its inbox."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LONGEST = 60.0
"""Seconds that a daemon may take to end."""
SETTINGS = """
state_dir = "{folder}/state"
[accounts.main]
base_url = "{url}"
token = "a-token-for-the-bench"
[inboxes.scanner]
path = "{folder}/inbox"
{more}
[log]
format = "json"
"""


@dataclass(frozen=True, slots=True)
class Daemon:
    """One that watches."""

    pid: int
    ready_after: float
    """Seconds from its start until it said so."""
    inbox: Path


def written(folder: Path, url: str, more: str = "") -> Path:
    """Write a settings file for an inbox in `folder`, and make the inbox.

    :param more: lines of the inbox's table.
    """
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    settings = folder / "ingestd.toml"
    settings.write_text(SETTINGS.format(folder=folder, url=url, more=more))
    return settings


@contextmanager
def running(folder: Path, url: str, more: str = "") -> Iterator[Daemon]:
    """Start a daemon, wait until it watches, and end it on the way out."""
    settings = written(folder, url, more)
    began = time.perf_counter()
    command = [sys.executable, "-m", "ingestd", "--config", str(settings), "run"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            said = ""
            while '"inbox.watching"' not in (line := process.stderr.readline()):
                said += line
                if not line:
                    raise RuntimeError(f"ingestd ended with {process.wait()}:\n{said}")
            ready_after = time.perf_counter() - began
            # what it has to say must not fill the pipe
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield Daemon(process.pid, ready_after, folder / "inbox")
        finally:
            process.terminate()
            process.wait(LONGEST)
