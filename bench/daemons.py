"""A daemon that is measured from outside, by what the kernel says of its process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SETTINGS = """
state_dir = "{folder}/state"
[accounts.main]
base_url = "http://127.0.0.1:{port}/api/v1"
token = "a-token-for-the-bench"
[log]
format = "json"
[inboxes.scanner]
path = "{folder}/inbox"
"""
_TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Daemon:
    """An `ingestd run`."""

    pid: int
    began: float
    """Seconds since the epoch."""
    log: Path

    @property
    def cpu(self) -> float:
        """Seconds of CPU that the process took until now, without its children."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / _TICKS

    @property
    def rss(self) -> float:
        """MiB that it has in memory now."""
        return _status(self.pid, "VmRSS")

    @property
    def peak(self) -> float:
        """MiB that it had in memory at most."""
        return _status(self.pid, "VmHWM")

    @property
    def children(self) -> list[float]:
        """The peaks of the processes that it started, in MiB."""
        found = []
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError, StopIteration):  # it ended just now
                pids = (task / "children").read_text(encoding="utf-8").split()
                found += [_status(int(pid), "VmHWM") for pid in pids]
        return found

    def events(self, name: str) -> list[Mapping[str, Any]]:
        """Its log's events of this name."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        said = (json.loads(line) for line in lines if line.startswith("{"))
        return [event for event in said if event["event"] == name]


def _status(pid: int, key: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:")) / 1024


@contextmanager
def daemon(folder: Path, port: int, *, more: str = "") -> Iterator[Daemon]:
    """Run one on the folder's `inbox` until the end of the block.

    :param port: where Kanbert is, on this machine.
    :param more: lines for the inbox's settings.
    """
    settings, log = folder / "ingestd.toml", folder / "log"
    settings.write_text(_SETTINGS.format(folder=folder, port=port) + more, encoding="utf-8")
    command = [sys.executable, "-m", "ingestd", "--config", str(settings), "run"]
    with log.open("wb") as said:
        began = time.time()
        process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            yield Daemon(process.pid, began, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def wait_until(happened: Callable[[], bool], *, seconds: float = 600.0) -> None:
    """Look 20 times a second.

    :raises TimeoutError: if it does not happen.
    """
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            raise TimeoutError(f"nothing came of it within {seconds:.0f} s")
        time.sleep(0.05)


def load() -> str:
    """How busy the machine is besides, for the reader of a figure."""
    return "load {:.1f} {:.1f} {:.1f}".format(*os.getloadavg())
