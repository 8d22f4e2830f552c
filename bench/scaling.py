"""How the drain scales with `concurrency`, and with the inboxes that share an account.

Run it with `python -m bench.scaling`; `--help` names numbers and rounds. All loads take turns. With
`--json` it prints one JSON object. What starting takes is left out: documents a second are counted
from the first check to the last create's answer.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.carrying import Load, Run, Shelf
from bench.far import SIZE, allowed, medians, show
from bench.lines import FAR, LOOPBACK, Line, laid, receiving

CONCURRENCIES = (1, 2, 4, 8, 16)
INBOXES = (1, 4, 16)
SHARED = 4
"""The concurrency of the account that several inboxes share."""

Rounds = dict[str, dict[str, list[dict[str, float]]]]


def loads(line: Line, most: int) -> dict[str, Load]:
    """What is carried over a line, by what it is called.

    :param most: documents.
    """
    found = {}
    for concurrency in CONCURRENCIES:
        # far away, a run is to take about as long whatever the concurrency
        number = min(most, 40 * concurrency) if line.round_trip else most // 2
        found[f"concurrency {concurrency}"] = Load(number, concurrency)
    for inboxes in INBOXES[1:]:
        number = found[f"concurrency {SHARED}"].documents
        found[f"{inboxes} inboxes, {SHARED}"] = Load(number, SHARED, inboxes)
    return found


def figures(run: Run, line: Line) -> dict[str, float]:
    """What a run reached, and what it took."""
    number = run.load.documents
    found = {
        "documents/s": number / run.passed.seconds,
        "bare": number / run.bare,
        "ms CPU": 1000 * run.cpu / number,
        "others' CPU": 1000 * run.passed.cpu / number,
        "connections": run.passed.connections,
    }
    if line.round_trip:
        found["of allowed"] = found["documents/s"] / allowed(run.load, line, SIZE)
    return found


def measured(folder: Path, *, documents: int, rounds: int) -> Rounds:
    """Figures of all rounds by load, by line."""
    found: Rounds = {}
    with ExitStack() as opened:
        receiver = opened.enter_context(receiving())
        shelf = Shelf(folder, documents=documents, size=SIZE)
        ends = [opened.enter_context(laid(line, receiver)) for line in (LOOPBACK, FAR)]
        for _ in range(rounds):
            for end in ends:
                rows = found.setdefault(end.line.name, {})
                for name, load in loads(end.line, documents).items():
                    run = shelf.carry(load, end)
                    rows.setdefault(name, []).append(figures(run, end.line))
    return found


def compared(rows: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Medians, also of how many times as fast as the first load each was in its round."""
    first = next(iter(rows.values()))
    found = {}
    for name, own in rows.items():
        pairs = zip(own, first, strict=True)
        times = [one["documents/s"] / other["documents/s"] for one, other in pairs]
        found[name] = {**medians(own), "x first": statistics.median(times)}
    return found


def main() -> None:
    """Measure, and print tables or JSON."""
    given = _arguments()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        found = measured(Path(folder), documents=given.documents, rounds=given.rounds)
    tables = {line: compared(rows) for line, rows in found.items()}
    if given.json:
        print(json.dumps({"medians": tables, "runs": found}))
        return
    for line, rows in tables.items():
        show(line, rows)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=640)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="where the documents lie; that disk is measured too")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
