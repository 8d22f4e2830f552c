"""Thousands of documents, a Kanbert that fails now and then, and a daemon that keeps being killed.

    python -m tests.soak --documents 2000 --kills 20

Prints what happened, and ends with 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ingestd.cli.samples import pdf
from ingestd.sandbox import ALL_SCOPES, Fault, Faults, Journal, Kind, Server, Store, create_app
from tests.acceptance.running import Site
from tests.places import in_a_file, on_server
from tests.workbench import TOKEN, LocalKanbert

FAULTS = [
    Fault(status=503),
    Fault(status=429, headers={"Retry-After": "1"}),
    Fault(status=500),
    Fault(status=502),
    Fault(kind=Kind.RESET_BEFORE_BODY),
    Fault(kind=Kind.RESET_AFTER_BODY),
    Fault(kind=Kind.COMMIT_THEN_DROP),
    Fault(kind=Kind.COMMIT_THEN_GARBLE),
    Fault(kind=Kind.COMMIT_THEN_HANG),
    Fault(kind=Kind.LATE_COMMIT, commit_after=1.0),
]
TWICE = 20
"""Every so many documents, one is dropped a second time under another name."""
LETTER = 50
"""Every so many documents, one is no invoice."""
LONGEST = 1800.0
"""Seconds until it is given up."""


def main() -> int:
    """Soak, and say what came of it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--documents", type=int, default=2000)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--faults", type=float, default=0.1, help="share of requests [0.1]")
    asked.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked.add_argument("--postgres", metavar="URL", help="keep the ledger in this database")
    given = asked.parse_args()
    # each is so rare that one of them strikes in the share that was asked for
    each = 1 - (1 - given.faults) ** (1 / len(FAULTS))
    mixed = [replace(fault, times=None, probability=each) for fault in FAULTS]
    faults, journal = Faults(*mixed, seed=given.seed), Journal()
    place = on_server(given.postgres) if given.postgres else in_a_file()
    with tempfile.TemporaryDirectory() as folder, Store(":memory:") as store, place as ledger:
        app = create_app(store, tokens={TOKEN: ALL_SCOPES}, faults=faults, journal=journal)
        with Server(app) as server:
            kanbert = LocalKanbert(server.base_url, store, faults, journal)
            dice = random.Random(given.seed)
            soak = Soak(Path(folder), kanbert, ledger, given.documents, dice)
            soak.run(given.kills)
            broken = list(soak.broken())
    for line in [f"seed {given.seed}", *soak.figures, *(broken or ["every promise was kept"])]:
        print(line)  # noqa: T201 - what it was run for
    return 1 if broken else 0


class Soak:
    """One run."""

    def __init__(
        self, folder: Path, kanbert: LocalKanbert, ledger: str, documents: int, dice: random.Random
    ) -> None:
        options = {"settle": '"100ms"', "give_up_on_incomplete": '"1s"'}
        self.kanbert = kanbert
        self.site = Site(folder, kanbert.base_url, kanbert.token, options=options, ledger=ledger)
        self.documents = documents
        self.dice = dice
        self.invoices: Counter[bytes] = Counter()
        """By content, how often they are dropped."""
        self.letters: Counter[bytes] = Counter()
        self.figures: list[str] = []

    def run(self, kills: int) -> None:
        """Drop the documents, and kill so many daemons meanwhile."""
        began = time.monotonic()
        dropping = threading.Thread(target=self._drop)
        dropping.start()
        for number in range(1, kills + 1):
            until = self.documents * number // (kills + 1)
            with self.site.run() as daemon:
                self._wait_for(until)
                daemon.stop(signal.SIGKILL)
        dropping.join()
        with self.site.run() as daemon:
            self._wait_for(self.documents)
            stopped = daemon.stop()
        requests = self.kanbert.journal.count()
        struck = sum(bool(entry.fault) for entry in self.kanbert.journal.entries())
        self.figures = [
            f"{self.documents} files, {len(self.invoices)} invoices, {len(self.letters)} letters",
            f"{kills} kills; then SIGTERM: exit {stopped}",
            f"{requests} requests, {struck} of the last 10,000 struck by a fault",
            f"{time.monotonic() - began:.0f} s",
        ]

    def _drop(self) -> None:
        """Drop documents as scanners and people do: in one go, or bit by bit."""
        pace = threading.Event()
        for number in range(self.documents):
            letter = number % LETTER == 1
            original = number - 1 if number % TWICE == TWICE - 1 else number
            content = b"A letter, %d" % number if letter else pdf(f"Invoice {original}")
            (self.letters if letter else self.invoices)[content] += 1
            path = self.site.inbox() / f"scan {number}.pdf"
            if self.dice.random() < 0.5:
                draft = path.with_suffix(".tmp")
                draft.write_bytes(content)
                draft.rename(path)
            else:
                with path.open("wb", buffering=0) as file:
                    file.write(content[: len(content) // 2])
                    pace.wait(0.01)
                    file.write(content[len(content) // 2 :])
            pace.wait(0.005)

    def _filed(self) -> int:
        """How many documents are put away, more or less: reasons count as well."""
        folders = (self.site.inbox() / "done", self.site.inbox() / "failed")
        names = [name for folder in folders if folder.is_dir() for name in os.listdir(folder)]
        return sum(not name.endswith(".txt") for name in names)

    def _wait_for(self, documents: int) -> None:
        """Wait until so many are put away; if it is all of them, until nothing is left to do."""
        until, pace = time.monotonic() + LONGEST, threading.Event()
        everything = documents == self.documents
        while self._filed() < documents or (everything and self.site.work()):
            if time.monotonic() > until:
                raise TimeoutError(f"{self._filed()} filed, {len(self.site.work())} in work")
            pace.wait(0.05)

    def broken(self) -> Iterator[str]:
        """Yield a line for each promise that was not kept."""
        files = self.site.files()
        reasons = {path for path in files if path.endswith(".reason.txt")}
        done = Counter(files[path] for path in files if path.startswith("done/"))
        failed = [path for path in set(files) - reasons if path.startswith("failed/")]
        known = Counter(invoice.md5 for invoice in self.kanbert.store.invoices())
        if known != Counter({_md5(content): 1 for content in self.invoices}):
            yield f"{len(known)} contents became {known.total()} invoices"
        if done != self.invoices:
            yield f"{done.total()} files are in done, and should be {self.invoices.total()}"
        if Counter(files[path] for path in failed) != self.letters:
            yield f"{len(failed)} files are in failed, and should be {len(self.letters)}"
        if reasons != {f"{path}.reason.txt" for path in failed}:
            yield f"{len(reasons)} reasons for {len(failed)} failed files"
        if rest := set(files) - reasons - set(failed) - {p for p in files if p[:5] == "done/"}:
            yield f"left in the inbox: {sorted(rest)}"
        if self.site.work():
            yield f"left in work: {self.site.work()}"


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
