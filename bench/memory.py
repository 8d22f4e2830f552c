"""How much memory large documents need, and whether it grows with their number.

Run it with `python -m bench.memory`; `--help` names sizes and numbers. With `--json` it prints one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.backlog import lay, wait_for
from bench.daemons import Daemon, daemon, load
from bench.factur_x import made
from bench.receiving import receiving

LARGE, LARGE_SIZE = 12, 14_000_000
"""Documents, and bytes of each, which is an e-invoice: a child process looks into it."""
AROUND = 30_000
"""Bytes in it beside its picture."""
PIECE = 1000
"""Documents between two samples."""


def loaded(folder: Path, *, idle: float = 3.0) -> dict[str, float]:
    """MiB that the daemon and its children have at most, while it carries large documents."""
    inbox, pool, children = folder / "inbox", folder / "pool", [0.0]
    inbox.mkdir()
    pool.mkdir()
    for number in range(LARGE):
        (pool / f"scan-{number}.pdf").write_bytes(made(pixels=LARGE_SIZE - AROUND))
    with receiving() as receiver, daemon(folder, receiver.port) as running:
        time.sleep(idle)
        before = running.rss
        for path in pool.iterdir():
            path.rename(inbox / path.name)
        wait_for(receiver, LARGE, meanwhile=lambda: children.extend(running.children))
        time.sleep(idle)
        return {
            "idle": before,
            "peak": running.peak,
            "after": running.rss,
            "e-invoice child": max(children),
        }


def lasting(folder: Path, number: int) -> tuple[list[float], float]:
    """MiB after each thousand small documents, and how many more each thousand needs."""
    samples: list[float] = []
    (folder / "inbox").mkdir()
    with receiving() as receiver, daemon(folder, receiver.port) as running:
        for piece in range(number // PIECE):
            samples.append(_after_a_piece(folder, piece, running))
            wait_for(receiver, PIECE)
        samples.append(running.rss)
    later = samples[2:]  # the first thousand load what is loaded once
    slope = statistics.linear_regression(range(len(later)), later).slope if len(later) > 1 else 0.0
    return samples, slope


def _after_a_piece(folder: Path, piece: int, running: Daemon) -> float:
    """What it has now; the next piece is dropped then, so that none waits long."""
    pool = folder / f"pool-{piece}"
    lay(pool, PIECE, first=piece * PIECE)
    rss = running.rss
    for path in pool.iterdir():
        path.rename(folder / "inbox" / path.name)
    return rss


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000, help="small ones, in thousands")
    parser.add_argument("--rounds", type=int, default=3, help="of large ones")
    parser.add_argument("--folder", help="where the documents lie")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    rounds = []
    for _ in range(given.rounds):
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            rounds.append(loaded(Path(folder)))
    large = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        samples, slope = lasting(Path(folder), given.documents)
    if given.json:
        small = {"rss": samples, "MiB per thousand": slope}
        print(json.dumps({"large": large, "small": small, "load": load()}))
        return
    print(f"MiB with {LARGE} documents of {LARGE_SIZE / 1e6:.0f} MB, 4 at a time")
    for name, mib in large.items():
        print(f"  {name:<18}{mib:>8.1f}")
    print(f"MiB after each {PIECE} of {given.documents} small documents")
    print("  " + " ".join(f"{mib:.1f}" for mib in samples))
    print(f"  {slope:+.2f} per {PIECE}")
    print(load())


if __name__ == "__main__":
    main()
