"""How long a document waits: from its arrival in an inbox to the first byte of its create.

Run it with `python -m bench.latency`; with `--json` it prints one JSON object. Each way to arrive
has a daemon and a Kanbert of its own. The documents come alone, the ways taking turns; or one
soon after the other, at random: what one causes may hold up the next.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.daemon import running
from bench.documents import pdf
from bench.kanbert import Kanbert, serving
from bench.script import missing, watching

SETTLE = 2.0
"""Seconds; the default."""
SIZE = 50_000
"""Bytes of a document."""
ALONE, SOON = (1.0, 1.4), (0.05, 0.4)
"""Seconds between two arrivals in an inbox, at least and at most."""
LONGEST = 60.0
"""Seconds until a document counts as lost."""


@dataclass(frozen=True, slots=True)
class Way:
    """How documents come into an inbox, and how that is set."""

    name: str
    more: str = ""
    """Lines of the inbox's table."""
    is_renamed: bool = True
    waits: float = 0.0
    """Seconds that they are left there by intention."""


OFF = "sidecars = false"
SCRIPT = Way("inotifywait and curl")
WAYS = (
    Way("renamed in", OFF),
    Way("renamed in, recursive", f"{OFF}\nrecursive = true"),
    Way("renamed in, sidecars on", waits=SETTLE),
    Way("closed after writing", OFF, is_renamed=False, waits=SETTLE),
)


@dataclass(slots=True)
class Entrance:
    """An inbox that documents are brought to, and what became of them."""

    way: Way
    inbox: Path
    spare: Path
    kanbert: Kanbert
    pictures: random.Random
    arrived: dict[str, float] = field(default_factory=dict)
    """Monotonic seconds, by name."""

    def bring(self) -> str:
        """Have one more document arrive; its name."""
        name = f"scan-{len(self.arrived):05}.pdf"
        content, target = pdf(SIZE, self.pictures.randbytes(SIZE)), self.inbox / name
        if self.way.is_renamed:
            self.spare.write_bytes(content)
            self.arrived[name] = time.monotonic()
            os.rename(self.spare, target)
            return name
        with target.open("wb") as file:
            file.write(content)
        self.arrived[name] = time.monotonic()
        return name

    def waited(self, names: Sequence[str]) -> list[float]:
        """How long each of these was on its way, in seconds."""
        self.kanbert.wait_for(set(names), longest=LONGEST)
        return [self.kanbert.came[name] - self.arrived[name] for name in names]


@contextmanager
def open_to(way: Way, folder: Path, pictures: random.Random) -> Iterator[Entrance]:
    """Have an inbox watched until the way out."""
    inbox = folder / "inbox"
    with serving() as kanbert:
        carrying = (
            watching(inbox, kanbert.url)
            if way is SCRIPT
            else running(folder, kanbert.url, way.more)
        )
        with carrying:
            yield Entrance(way, inbox, folder / "spare", kanbert, pictures)


Waits = list[list[float]]
"""Seconds that documents waited, for each inbox."""


def alone(entrances: Sequence[Entrance], documents: int, chance: random.Random) -> Waits:
    """Bring documents to all in turns; how long each waited."""
    names: list[list[str]] = [[] for _ in entrances]
    for _ in range(documents):
        for entrance, own in zip(entrances, names, strict=True):
            own.append(entrance.bring())
            time.sleep(chance.uniform(*ALONE) / len(entrances))
    return [one.waited(own) for one, own in zip(entrances, names, strict=True)]


def soon(entrances: Sequence[Entrance], documents: int, chance: random.Random) -> Waits:
    """Bring documents to one after the other, quickly; how long each waited."""
    found = []
    for entrance in entrances:
        names = []
        for _ in range(documents):
            names.append(entrance.bring())
            time.sleep(chance.uniform(*SOON))
        found.append(entrance.waited(names))
    return found


def measured(folder: Path, documents: int, seed: int) -> dict[str, dict[str, list[float]]]:
    """Seconds that documents waited, by how they came and into which inbox."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    ways = (*WAYS, SCRIPT) if not missing() else WAYS
    with ExitStack() as opened:
        entrances = [
            opened.enter_context(open_to(way, folder / str(number), chance))
            for number, way in enumerate(ways)
        ]
        alone(entrances, 1, chance)  # connects, and loads what is loaded once
        rounds = {"alone": alone, "soon": soon}
        found = {name: bring(entrances, documents, chance) for name, bring in rounds.items()}
    names = [way.name for way in ways]
    return {name: dict(zip(names, waits, strict=True)) for name, waits in found.items()}


def summary(waits: Sequence[float], intended: float) -> dict[str, float]:
    """Milliseconds beyond what is intended."""
    over = sorted(1000 * (seconds - intended) for seconds in waits)
    return {
        "intended": 1000 * intended,
        "p50": statistics.median(over),
        "p95": over[int(0.95 * (len(over) - 1))],
        "most": over[-1],
    }


def show(found: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print a table for each way to come."""
    for came, inboxes in found.items():
        columns = next(iter(inboxes.values()))
        print(f"{f'ms, documents come {came}':<28}" + "".join(f"{one:>10}" for one in columns))
        for name, figures in inboxes.items():
            print(f"{name:<28}" + "".join(f"{figure:>10.0f}" for figure in figures.values()))


def main() -> None:
    """Measure, and print tables or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="where the inboxes lie; that disk is measured too")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        waits = measured(Path(folder), given.documents, given.seed)
    intended = {way.name: way.waits for way in (*WAYS, SCRIPT)}
    found = {
        came: {name: summary(own, intended[name]) for name, own in inboxes.items()}
        for came, inboxes in waits.items()
    }
    if given.json:
        print(json.dumps({"load": os.getloadavg(), "ms": found, "seconds": waits}))
        return
    show(found)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    if missing():
        print(f"without the script, for want of {', '.join(missing())}", file=sys.stderr)


if __name__ == "__main__":
    main()
