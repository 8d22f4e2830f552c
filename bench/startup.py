"""How long commands take to begin, against an interpreter that does nothing.

Run it with `python -m bench.startup`; with `--json` it prints one JSON object. A command is
measured to its end, the daemon until it watches its inbox. Where others use the processors too,
the CPU that it took tells more than the time that passed.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bench.daemon import running, written
from bench.kanbert import serving
from bench.processes import read

ROUNDS = 15
BARE = "python -c pass"


def command(*arguments: str) -> tuple[float, float]:
    """Run Python to its end; the seconds that passed, and those of CPU."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=False, capture_output=True)
    passed, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def daemon(folder: Path, url: str) -> tuple[float, float]:
    """Run the daemon until it watches; the same."""
    with running(folder, url) as started:
        return started.ready_after, read(started.pid).cpu


def contenders(folder: Path, url: str) -> Mapping[str, Callable[[], tuple[float, float]]]:
    """What is measured, by its name."""
    ingestd = partial(command, "-m", "ingestd", "--config", str(written(folder, url)))
    return {
        BARE: partial(command, "-c", "pass"),
        "ingestd --version": partial(ingestd, "--version"),
        "ingestd --help": partial(ingestd, "--help"),
        "ingestd status": partial(ingestd, "status"),
        "ingestd history": partial(ingestd, "history"),
        "ingestd run": partial(daemon, folder, url),
    }


def measured(rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Seconds of each: medians of rounds in which they take turns, and their ratios in each."""
    runs: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder, serving() as kanbert:
        measures = contenders(Path(folder), kanbert.url)
        for _ in range(rounds):
            for name, measure in measures.items():
                runs.setdefault(name, []).append(measure())
    return {name: _figures(own, runs[BARE]) for name, own in runs.items()}


def _figures(own: list[tuple[float, float]], bare: list[tuple[float, float]]) -> dict[str, float]:
    passed, cpu = zip(*own, strict=True)
    bare_passed, bare_cpu = zip(*bare, strict=True)
    return {
        "ms": 1000 * statistics.median(passed),
        "x bare": _median_ratio(passed, bare_passed),
        "ms CPU": 1000 * statistics.median(cpu),
        "x bare CPU": _median_ratio(cpu, bare_cpu),
    }


def _median_ratio(own: tuple[float, ...], bare: tuple[float, ...]) -> float:
    return statistics.median(one / other for one, other in zip(own, bare, strict=True))


def main() -> None:
    """Measure, and print a table or JSON."""
    found = measured()
    if "--json" in sys.argv[1:]:
        print(json.dumps({"load": os.getloadavg(), "figures": found}))
        return
    print(f"{'command':<20}" + "".join(f"{column:>12}" for column in found[BARE]))
    for name, figures in found.items():
        print(f"{name:<20}" + "".join(f"{figure:>12.1f}" for figure in figures.values()))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
