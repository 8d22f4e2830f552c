"""Inboxes full of documents, and `ingestd once` that carries them over a line.

With `settle = 0`: they were moved in just before, and would have to lie there for 2 seconds.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.documents import lay
from bench.lines import End, Tally

_SETTINGS = """
state_dir = "{folder}/state"
[accounts.main]
base_url = "http://127.0.0.1:{port}/api/v1"
token = "a-token-for-the-bench"
concurrency = {concurrency}
"""
_INBOX = """
[inboxes.scanner-{number}]
path = "{folder}/inboxes/{number}"
settle = "0s"
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be carried, and how."""

    documents: int
    concurrency: int
    inboxes: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """What it took to carry all documents."""

    load: Load
    seconds: float
    """From the start of the process to its end."""
    bare: float
    """Seconds that `bench.bare` took just before, without its start."""
    cpu: float
    """Seconds of CPU."""
    passed: Tally


class Shelf:
    """A folder with documents, from which inboxes are filled and to which they come back."""

    def __init__(self, folder: Path, *, documents: int, size: int) -> None:
        self._folder = folder
        self._pool = folder / "pool"
        self._names = lay(self._pool, number=documents, size=size, now=time.time())

    def carry(self, load: Load, end: End) -> Run:
        """Have documents carried once.

        :raises RuntimeError: they were not all created once, and put away.
        """
        bare = self._bare(load, end)
        shares = self._fill(load)
        settings = self._folder / "ingestd.toml"
        settings.write_text(self._settings(load, end.port))
        command = [sys.executable, "-m", "ingestd", "--config", str(settings), "once"]
        end.tell()
        before, began = _cpu(), time.perf_counter()
        ended = subprocess.run(command, capture_output=True, check=False)
        took, after, passed = time.perf_counter() - began, _cpu(), end.tell()
        if ended.returncode or not passed.creates == passed.checks == load.documents:
            raise RuntimeError(f"not all were created once: {passed}\n{ended.stderr[-2000:]!r}")
        self._return(shares)
        return Run(load, took, bare, after - before, passed)

    def _bare(self, load: Load, end: End) -> float:
        given = {
            "--port": end.port,
            "--folder": self._pool,
            "--documents": load.documents,
            "--connections": load.concurrency,
        }
        options = [str(word) for pair in given.items() for word in pair]
        command = [sys.executable, "-m", "bench.bare", *options]
        return float(subprocess.run(command, capture_output=True, check=True).stdout)

    def _fill(self, load: Load) -> Sequence[tuple[Path, Sequence[str]]]:
        """Share documents out to inboxes that nobody knows yet."""
        for old in ("inboxes", "state"):
            subprocess.run(["rm", "-rf", str(self._folder / old)], check=True)  # noqa: S607
        shares = [(inbox, list(self._share(load, inbox))) for inbox in self._inboxes(load)]
        for inbox, names in shares:
            inbox.mkdir(parents=True)
            for name in names:
                os.rename(self._pool / name, inbox / name)
        os.sync()
        return shares

    def _return(self, shares: Sequence[tuple[Path, Sequence[str]]]) -> None:
        for inbox, names in shares:
            for name in names:
                os.rename(inbox / "done" / name, self._pool / name)

    def _inboxes(self, load: Load) -> Sequence[Path]:
        return [self._folder / "inboxes" / str(number) for number in range(load.inboxes)]

    def _share(self, load: Load, inbox: Path) -> Iterator[str]:
        yield from self._names[int(inbox.name) : load.documents : load.inboxes]

    def _settings(self, load: Load, port: int) -> str:
        folder = self._folder
        account = _SETTINGS.format(folder=folder, port=port, concurrency=load.concurrency)
        inboxes = (_INBOX.format(folder=folder, number=number) for number in range(load.inboxes))
        return account + "".join(inboxes)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
