"""An inbox full of documents, emptied by ingestd or a peer, and proof that it carried them all."""

from __future__ import annotations

import hashlib
import os
import resource
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.documents import lay
from bench.peers import Peers
from bench.receiving import Receiver

TOKEN = "a-token-for-the-bench"  # noqa: S105 - the receiver takes any
OURS, TWO, SCRIPT, LIMIT = "ingestd once", "two of them", "script", "limit"
CONTENDERS = (OURS, TWO, SCRIPT, LIMIT)
LYING_THERE = 5.0
"""Seconds: `settle`, the 2 that ingestd adds for clocks that are no better, and one more."""
_SETTINGS = """
state_dir = "{folder}/state{part}"
[accounts.main]
base_url = "{url}"
token = "{token}"
ca_bundle = "{authorities}"
[inboxes.scanner]
path = "{folder}/inbox{part}"
"""
_PARTS = {TWO: ("", "-2")}
"""Where the documents of a contender lie, if in several inboxes: a process each, a ledger each."""


@dataclass(frozen=True, slots=True)
class Run:
    """What it took to carry all documents."""

    seconds: float
    cpu: float
    """Seconds of CPU of all its processes."""
    receiver: float
    """Seconds of CPU of the receiver meanwhile."""


class Bench:
    """A folder with an inbox that is filled again for each run."""

    def __init__(self, folder: Path, receiver: Receiver, *, number: int, size: int) -> None:
        self._folder = folder
        self._receiver = receiver
        self._size = size
        self._pool = folder / "pool"
        self._names = lay(self._pool, number=number, size=size, now=time.time())
        self._md5s = {name: _md5(self._pool / name) for name in self._names}
        self._folder_for_peers = folder / "spare"
        self._folder_for_peers.mkdir()

    def run(self, name: str, *, keep: bool = False) -> Run:
        """Have all documents carried once.

        :param keep: whether to compare what came, byte by byte; that run tells no time.
        :raises RuntimeError: they were not all created once, and put away.
        """
        inboxes = self._fill(_PARTS.get(name, ("",)))
        command = self._command(name)
        self._receiver.came(keep=keep)
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        ended = subprocess.run(command, capture_output=True, check=False)
        took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        came = self._receiver.came()
        self._check(name, ended, came, kept=keep)
        self._take_back(inboxes)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Run(took, cpu, came["cpu"])

    def _command(self, name: str) -> Sequence[str]:
        inbox, url = self._folder / "inbox", f"{self._receiver.url}/incoming-invoices"
        trusted = self._receiver.authorities
        peers = Peers(inbox, inbox / "done", self._folder_for_peers, url, TOKEN, trusted)
        if name == SCRIPT:
            return peers.script()
        if name == LIMIT:
            return peers.limit(self._md5s)
        if name == TWO:
            each = [shlex.join(self._once(part)) for part in _PARTS[TWO]]
            return ["sh", "-c", f"{each[0]} & {each[1]} && wait $!"]
        return self._once("")

    def _once(self, part: str) -> Sequence[str]:
        settings = self._folder / f"ingestd{part}.toml"
        given = {
            "folder": self._folder,
            "part": part,
            "url": self._receiver.url,
            "token": TOKEN,
            "authorities": self._receiver.authorities or "",
        }
        settings.write_text(_SETTINGS.format(**given))
        return [sys.executable, "-m", "ingestd", "--config", str(settings), "once"]

    def _fill(self, parts: Sequence[str]) -> Sequence[Path]:
        """Spread the documents over inboxes that nobody knows yet."""
        inboxes = [self._folder / f"inbox{part}" for part in parts]
        for part, inbox in zip(parts, inboxes, strict=True):
            for old in (inbox, self._folder / f"state{part}"):
                subprocess.run(["rm", "-rf", str(old)], check=True)  # noqa: S607
            (inbox / "done").mkdir(parents=True)
        for name, inbox in zip(self._names, cycle(inboxes), strict=False):
            os.rename(self._pool / name, inbox / name)
        os.sync()
        time.sleep(LYING_THERE)  # a rename is a change: they lie there since this moment
        return inboxes

    def _check(self, name: str, ended: Any, came: Mapping[str, Any], *, kept: bool) -> None:
        said = ended.stderr.decode(errors="replace")[-2000:]
        if ended.returncode:
            raise RuntimeError(f"{name} ended with {ended.returncode}: {said}")
        number = len(self._names)
        ids = [one for one in came["external_ids"] if one]
        once = came["creates"] == number == came["checks"] and len(set(ids)) == len(ids)
        whole = came["received"] >= number * self._size
        if kept:
            whole = came["documents"] == sorted(self._md5s.values())
        if not (once and whole):
            del came["external_ids"], came["documents"]
            raise RuntimeError(f"{name} did not create every document once: {came} {said}")

    def _take_back(self, inboxes: Sequence[Path]) -> None:
        """Put the documents where they were; all of them have to be done."""
        for name, inbox in zip(self._names, cycle(inboxes), strict=False):
            os.rename(inbox / "done" / name, self._pool / name)


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
