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
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from bench.certificate import certificate
from bench.emptying import CONTENDERS, LIMIT, SCRIPT, Bench, Run
from bench.peers import missing
from bench.receiving import receiving

TLS, PLAIN = "tls", "plain"


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
            return measured(bench, given.only or list(CONTENDERS), given.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 20], help="kB")
    parser.add_argument("--over", nargs="+", choices=(TLS, PLAIN), default=[TLS, PLAIN])
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=CONTENDERS)
    parser.add_argument("--folder", help="where the documents lie; that disk is measured too")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
