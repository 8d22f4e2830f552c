"""What the ledger costs that remembers a million documents, against one that remembers few.

Run it with `python -m bench.ledger`; `--help` names the numbers. Both are asked in turns, and how
SQLite goes about each statement is shown. With `--json` it prints one JSON object.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert

from bench.daemons import load
from ingestd.ledger import Ledger, Wanted, open_ledger
from ingestd.ledger.schema import documents, events
from ingestd.model import Document, Outcome, State
from tests.ledger.plans import asked, plan

FEW = 1000
PER_DAY = 1000
"""Documents, so that a million are of the last three years."""
PIECE = 20_000
AGAIN = 20
"""Times that a step is taken in each round."""
SETTINGS = """
state_dir = "{folder}"
[accounts.main]
base_url = "https://kanbert.invalid/api/v1"
token = "none"
[inboxes.scanner]
path = "{folder}/inbox"
"""


def remembered(number: int, total: int, now: datetime) -> dict[str, Any]:
    """One of the documents that were delivered, the last of them just now."""
    sha256 = hashlib.sha256(b"%d of %d" % (number, total)).hexdigest()
    when = now - timedelta(days=(total - number) / PER_DAY)
    return {
        "id": sha256[:32],
        "inbox": "scanner",
        "account": "main",
        "name": f"scan-{number}.pdf",
        "state": State.FILED,
        "claimed_at": when,
        "updated_at": when,
        "size": 200_000,
        "md5": sha256[32:],
        "sha256": sha256,
        "external_id": f"ingestd-{sha256}",
        "outcome": Outcome.FAILED if number % 100 == 0 else Outcome.DELIVERED,
        "invoice_id": f"i-{number}",
        "attempts": 1,
        "destination": f"/srv/scans/done/scan-{number}.pdf",
    }


def steps_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What happened to it."""
    for state in (State.CLAIMED, State.ACCEPTED, State.UPLOADING, State.UPLOADED, State.FILED):
        yield {"document": document["id"], "at": document["claimed_at"], "state": state, "note": ""}


def fill(state_dir: Path, number: int) -> None:
    """Make a ledger that remembers so many."""
    opened(state_dir).close()
    engine = create_engine(f"sqlite+pysqlite:///{state_dir}/ledger.sqlite3")
    now = datetime.now(UTC)
    rows = (remembered(one, number, now) for one in range(number))
    with engine.begin() as connection:
        while piece := list(islice(rows, PIECE)):
            connection.execute(insert(documents), piece)
            connection.execute(insert(events), [step for row in piece for step in steps_of(row)])
    engine.dispose()
    state_dir.joinpath("ingestd.toml").write_text(SETTINGS.format(folder=state_dir))
    state_dir.joinpath("inbox").mkdir()


def opened(state_dir: Path) -> Ledger:
    """Open it as the daemon does."""
    return open_ledger(
        state_dir, "", now=lambda: datetime.now(UTC), set_aside=lambda *what: sys.exit(f"{what}")
    )


def deliver(ledger: Ledger, number: int) -> None:
    """Remember a document's way as `pipeline` does."""
    sha256 = hashlib.sha256(b"new %d %d" % (number, time.time_ns())).hexdigest()
    now = datetime.now(UTC)
    document = Document.claimed(sha256[:32], "scanner", "main", f"new-{number}.pdf", now)
    hashes = {"md5": sha256[:32], "sha256": sha256, "external_id": f"ingestd-{sha256}"}
    ledger.add(document)
    document = ledger.advance(document, State.ACCEPTED, size=1, **hashes)
    destination = f"/srv/scans/done/new-{number}.pdf"
    document = ledger.begin_upload(document, {}, attempts=1, destination=destination)
    done: Any = {"outcome": Outcome.DELIVERED, "invoice_id": f"new-{number}"}
    document = ledger.advance(document, State.UPLOADED, **done)
    ledger.advance(document, State.FILED)


def recognise(ledger: Ledger, number: int) -> None:
    """Ask what is asked of a document that Kanbert knows."""
    sha256 = hashlib.sha256(b"known %d" % number).hexdigest()
    now = datetime.now(UTC)
    known = Document.claimed(sha256[:32], "scanner", "main", "known.pdf", now)
    document = replace(known, md5=sha256[:32], sha256=sha256)
    ledger.contents_with_its_md5(document)
    ledger.delivered_before(document)
    ledger.copy_of("main", sha256)


def resume(ledger: Ledger, _: int) -> None:
    """Ask what is asked at each start."""
    ledger.under_way("scanner")
    ledger.numbers_under_way()
    ledger.known_inbox("scanner")


def stand(ledger: Ledger, _: int) -> None:
    """Ask what `status` asks."""
    midnight = datetime.now(UTC) - timedelta(hours=12)
    ledger.outcomes_since(midnight)
    ledger.known_inbox("scanner")


def recall(ledger: Ledger, _: int) -> None:
    """Ask what `history` asks: for the last, and for what happened to one."""
    for document in ledger.search(Wanted(limit=20))[:1]:
        ledger.steps(document.id)


def find(ledger: Ledger, number: int) -> None:
    """Ask what `history NAME` asks."""
    ledger.search(Wanted(text=f"scan-{number}.pdf", limit=20))


STEPS: dict[str, Callable[[Ledger, int], None]] = {
    "a delivery": deliver,
    "a known document": recognise,
    "a start": resume,
    "status": stand,
    "history": recall,
}
SEARCHES: dict[str, Callable[[Ledger, int], None]] = {"history NAME": find}


def opening(state_dir: Path) -> float:
    """Seconds until the daemon's ledger is open."""
    began = time.perf_counter()
    opened(state_dir).close()
    return time.perf_counter() - began


def status(state_dir: Path) -> float:
    """Seconds that the whole command takes."""
    settings = str(state_dir / "ingestd.toml")
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "ingestd", "--config", settings, "status"],
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def measured(folders: Mapping[int, Path], rounds: int) -> dict[str, dict[int, float]]:
    """Milliseconds of each, by how many documents are remembered: medians of rounds in turns."""
    found: dict[str, dict[int, list[float]]] = {}
    for _ in range(rounds):
        for number, folder in folders.items():
            for name, whole in (("to open it", opening), ("ingestd status", status)):
                found.setdefault(name, {}).setdefault(number, []).append(whole(folder))
            with closing(opened(folder)) as ledger:
                for name, step in (STEPS | SEARCHES).items():
                    times = 1 if name in SEARCHES else AGAIN
                    began = time.perf_counter()
                    for one in range(times):
                        step(ledger, one)
                    took = (time.perf_counter() - began) / times
                    found.setdefault(name, {}).setdefault(number, []).append(took)
    return {
        name: {number: 1000 * statistics.median(took) for number, took in by_number.items()}
        for name, by_number in found.items()
    }


def plans(folder: Path) -> dict[str, dict[str, list[str]]]:
    """How SQLite goes about each statement, by what it is for."""
    found = {}
    with closing(sqlite3.connect(folder / "ledger.sqlite3")) as connection:
        for name, step in (STEPS | SEARCHES).items():
            with asked() as statements, closing(opened(folder)) as ledger:
                before = set(statements)
                step(ledger, 1)
            of_step = {one: statements[one] for one in statements if one not in before}
            found[name] = {one: plan(connection, one, of_step[one]) for one in of_step}
    return found


def main() -> None:
    """Measure, and print a table and the plans, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="where the ledgers lie")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as top:
        folders = {number: Path(top, str(number)) for number in (FEW, given.documents)}
        for number, folder in folders.items():
            folder.mkdir()
            fill(folder, number)
        found, shown = measured(folders, given.rounds), plans(folders[given.documents])
    if given.json:
        print(json.dumps({"ms": found, "plans": shown, "load": load()}))
        return
    print(f"{'ms, remembering':<20}{FEW:>12,}{given.documents:>12,}{'ratio':>8}")
    for name, (few, many) in ((name, found[name].values()) for name in found):
        print(f"{name:<20}{few:>12.2f}{many:>12.2f}{many / few:>8.2f}")
    for name, statements in shown.items():
        print(f"\n{name}")
        for statement, steps in statements.items():
            if steps:
                print(f"  {' '.join(statement.split())}")
                print("".join(f"      {step}\n" for step in steps), end="")
    print(load())


if __name__ == "__main__":
    main()
