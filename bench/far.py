"""How much of what `concurrency` allows is reached, where Kanbert is far away or the line is thin.

Run it with `python -m bench.far`; `--help` names numbers and rounds. The lines take turns. With
`--json` it prints one JSON object.

- `ratio`: documents a second, of those that are allowed, from the start of the process to its end;
- `carrying`: the same from the first check to the last create's answer;
- `bare`: the same of a program that does nothing but ask, on the same machine just before.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from bench.carrying import Load, Run, Shelf
from bench.lines import FAR, FAR_AND_THIN, THIN, End, Line, laid, receiving

REQUESTS = 2
"""For each new document: check-duplicate and create."""
SIZE = 200_000


def allowed(load: Load, line: Line, bytes_each: float) -> float:
    """Documents a second that the line lets through, if nothing else took any time.

    Each of `concurrency` connections waits a round trip to be set up, and one for each request;
    and all bytes have to pass, whatever the concurrency.

    :param bytes_each: of a document's requests and answers.
    """
    trips = 1 + REQUESTS * math.ceil(load.documents / load.concurrency)
    by_trips = trips * line.round_trip
    by_rate = load.documents * bytes_each * 8 / line.rate if line.rate else 0.0
    return load.documents / max(by_trips, by_rate)


def figures(run: Run, line: Line) -> dict[str, float]:
    """What a run reached, and what it took."""
    number, passed = run.load.documents, run.passed
    bytes_each = passed.size / number
    reached, most = number / run.seconds, allowed(run.load, line, bytes_each)
    return {
        "documents/s": reached,
        "allowed": most,
        "ratio": reached / most,
        "carrying": number / passed.seconds / most,
        "bare": number / run.bare / most,
        "connections": passed.connections,
        "turns each": passed.turns / number,
        "kB beside": (bytes_each - SIZE) / 1000,
        "ms CPU": 1000 * run.cpu / number,
    }


def medians(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def show(title: str, rows: Mapping[str, Mapping[str, float]]) -> None:
    """Print a table."""
    columns = list(next(iter(rows.values())))
    print(f"{title:<20}" + "".join(f"{column:>13}" for column in columns))
    for name, row in rows.items():
        print(f"{name:<20}" + "".join(f"{row[column]:>13.2f}" for column in columns))


def main() -> None:
    """Measure, and print tables or JSON."""
    given = _arguments()
    loads = {
        FAR: Load(given.documents, given.concurrency),
        THIN: Load(given.documents // 8, given.concurrency),
        FAR_AND_THIN: Load(given.documents // 8, given.concurrency),
    }
    with tempfile.TemporaryDirectory(dir=given.folder) as folder, ExitStack() as opened:
        receiver = opened.enter_context(receiving())
        shelf = Shelf(Path(folder), documents=given.documents, size=SIZE)
        ends = [opened.enter_context(laid(line, receiver)) for line in loads]
        proofs = {end.line.name: _proof(end) for end in ends}
        found: dict[str, list[dict[str, float]]] = {}
        for _ in range(given.rounds):
            for end in ends:
                run = shelf.carry(loads[end.line], end)
                found.setdefault(end.line.name, []).append(figures(run, end.line))
    tables = {"medians": {name: medians(own) for name, own in found.items()}, "proofs": proofs}
    if given.json:
        settings = {line.name: asdict(load) for line, load in loads.items()}
        print(json.dumps({**tables, "loads": settings, "runs": found}))
        return
    show("the line itself", proofs)
    show(f"concurrency {given.concurrency}", tables["medians"])
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _proof(end: End) -> dict[str, float]:
    trip, rate = end.proof()
    return {"round trip ms": trip * 1000, "Mbit/s": rate / 1e6}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="where the documents lie; that disk is measured too")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
