"""How fast an inbox is emptied, against a script that people write, and the most that curl can do.

Run it with `python -m bench.drain`; `--help` names sizes, numbers and rounds. All take the same
documents to the same receiver in turns, and each is checked to have created every one of them
once, whole. With `--json` it prints one JSON object.

What one process cannot use of the machine is seen from two, which share the documents and know
nothing of each other.

They lie in the inbox as they have for a week: also by the stamp that no program can set (ctime),
for long enough that ingestd need not watch whether anybody still writes them. So each run,
whoever's, waits that long before its clock starts.

It is measured over TLS, as every Kanbert is reached but one on the same machine, and plain. Over
TLS the receiver has a certificate that is made up for the run. ingestd and curl are given one file
of whom to trust: the system's authorities, and this certificate (it alone, where the system has
none). So each reads as many as it would for a real Kanbert.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import cycle, product
from pathlib import Path
from typing import Any

from bench.certificate import certificate
from bench.documents import lay
from bench.peers import Peers, missing
from bench.receiving import Receiver, receiving

TOKEN = "a-token-for-the-bench"  # noqa: S105 - the receiver takes any
OURS, TWO, SCRIPT, LIMIT = "ingestd once", "two of them", "script", "limit"
LYING_THERE = 5.0
"""Seconds: `settle`, the 2 that ingestd adds for clocks that are no better, and one more."""
SETTINGS = """
state_dir = "{folder}/state{part}"
[accounts.main]
base_url = "{url}"
token = "{token}"
ca_bundle = "{authorities}"
[inboxes.scanner]
path = "{folder}/inbox{part}"
"""
TLS, PLAIN = "tls", "plain"
_CONTENDERS = (OURS, TWO, SCRIPT, LIMIT)
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
        settings.write_text(SETTINGS.format(**given))
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


def measured(bench: Bench, contenders: Sequence[str], rounds: int) -> dict[str, list[Run]]:
    """Rounds in which they take turns, after one that tells no time."""
    for name in contenders:
        bench.run(name, keep=True)
    runs: dict[str, list[Run]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name in contenders:
            runs[name].append(bench.run(name))
    return runs


def summary(runs: Mapping[str, Sequence[Run]], number: int) -> dict[str, dict[str, float]]:
    """Medians, also of the ratios in each round."""
    found = {}
    for name, own in runs.items():
        figures = {
            "documents/s": _median(number / one.seconds for one in own),
            "ms CPU": _median(1000 * one.cpu / number for one in own),
            "receiver busy": _median(one.receiver / one.seconds for one in own),
        }
        for peer in (SCRIPT, LIMIT):
            if peer in runs:
                pairs = zip(own, runs[peer], strict=True)
                figures[f"x {peer}"] = _median(
                    theirs.seconds / one.seconds for one, theirs in pairs
                )
        found[name] = figures
    return found


_median: Callable[[Iterator[float]], float] = statistics.median


def show(found: Mapping[str, Mapping[str, float]], about: str) -> None:
    """Print a table."""
    columns = list(next(iter(found.values())))
    print(f"{about:<24}" + "".join(f"{column:>15}" for column in columns))
    for name, figures in found.items():
        print(f"{name:<24}" + "".join(f"{figures[column]:>15.2f}" for column in columns))


def main() -> None:
    """Measure, and print tables or JSON."""
    given = _arguments()
    if absent := missing():
        sys.exit(f"The drain is measured against programs that are not here: {', '.join(absent)}.")
    results = []
    for size, over in product(given.sizes, given.over):
        runs = _runs(given, size, over)
        found = summary(runs, given.documents)
        raw = {name: [asdict(one) for one in own] for name, own in runs.items()}
        about = {"documents": given.documents, "kB": size, "over": over}
        results.append({**about, "medians": found, "runs": raw})
        if not given.json:
            show(found, f"{given.documents} x {size} kB, {over}")
    if given.json:
        print(json.dumps(results))


def _runs(given: argparse.Namespace, size: int, over: str) -> dict[str, list[Run]]:
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        served_with = certificate(folder, now=datetime.now(UTC)) if over == TLS else None
        with receiving(served_with) as receiver:
            bench = Bench(folder, receiver, number=given.documents, size=size * 1000)
            return measured(bench, given.only or list(_CONTENDERS), given.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 20], help="kB")
    parser.add_argument("--over", nargs="+", choices=(TLS, PLAIN), default=[TLS, PLAIN])
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=_CONTENDERS)
    parser.add_argument("--folder", help="where the documents lie; that disk is measured too")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
