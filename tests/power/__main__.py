"""A daemon whose disks keep losing power, each with what was in its cache.

    python -m tests.power --cuts 100 --filesystem ext4

Needs root, FUSE, loop devices and the filesystem's own mkfs. Kanbert keeps its power. Prints what
happened, and ends with 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from ingestd.errors import StorageFailed
from ingestd.sandbox import ALL_SCOPES, Faults, Server, Store, create_app
from ingestd.storing import fsync_folder, write_new
from tests.acceptance.running import Daemon, Site
from tests.power.aftermath import amiss, documents_in, lost, told
from tests.power.dropped import LARGEST, Dropped
from tests.power.plugged import MADE, Plugged
from tests.workbench import TOKEN

REST = 5
"""Cuts until it is left in peace, to come to an end."""
LONGEST = 120.0
"""Seconds until that is given up."""


def main() -> int:
    """Cut, and say what came of it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cuts", type=int, default=100)
    asked.add_argument("--documents", type=int, default=12, help="dropped before each, at most")
    asked.add_argument("--filesystem", choices=sorted(MADE), default="ext4")
    asked.add_argument("--two", action="store_true", help="state_dir on a disk of its own")
    asked.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked.add_argument("--folder", type=Path, default=Path("/dev/shm"), help="for the images")
    given = asked.parse_args()
    print(f"seed {given.seed}")  # noqa: T201 - what it was run for
    broken = 0
    with tempfile.TemporaryDirectory(dir=given.folder) as folder, Store(":memory:") as store:
        app = create_app(store, tokens={TOKEN: ALL_SCOPES}, faults=Faults())
        with Server(app) as server:
            power = Power(Path(folder), server.base_url, store, given)
            for line in power.run(given.cuts, given.documents):
                print(line, flush=True)  # noqa: T201
                broken += 1
    print(f"{given.cuts} cuts, {broken} broken promises")  # noqa: T201
    return 1 if broken else 0


class Power:
    """One run."""

    def __init__(
        self, folder: Path, base_url: str, store: Store, given: argparse.Namespace
    ) -> None:
        self._base_url, self._store = base_url, store
        self._dice = random.Random(given.seed)
        self._root = folder / "root"
        self._root.mkdir()
        points = [self._root / "scanner", self._root / "state"] if given.two else [self._root]
        self._disks = [
            Plugged(folder / f"{number}.img", point, given.filesystem, self._dice)
            for number, point in enumerate(points)
        ]
        self._dropped = Dropped(self._root / "scanner", self._dice)

    def run(self, cuts: int, documents: int) -> Iterator[str]:
        """Yield a line for each broken promise."""
        self._prove_that_it_forgets()
        for number in range(1, cuts + 1):
            with self._plugged_in(to_be_cut=True) as site:
                events = self._until_cut(site, documents)
            yield from (f"cut {number}: {line}" for line in told(events))
            with self._plugged_in() as site:
                found = documents_in(site.inbox())
                yield from (
                    f"cut {number}: {line}" for line in lost(found, self._dropped, self._store)
                )
                self._dropped.is_there({content: len(files) for content, files in found.items()})
                if number % REST == 0 or number == cuts:
                    yield from (f"after cut {number}: {line}" for line in self._at_rest(site))

    def _prove_that_it_forgets(self) -> None:
        """See that a disk keeps what was written through, and not what was not."""
        with self._plugged_in(to_be_cut=True) as site:
            kept, forgotten = (site.inbox() / name for name in (".kept.tmp", ".forgotten.tmp"))
            write_new(kept, [b"kept"])
            for folder in (site.inbox(), site.inbox().parent, site.folder):
                fsync_folder(folder)
            forgotten.write_bytes(b"forgotten")
            self._cut()
        with self._plugged_in():
            assert kept.read_bytes() == b"kept"
            assert not forgotten.exists() or forgotten.read_bytes() != b"forgotten"
            kept.unlink()
            forgotten.unlink(missing_ok=True)

    def _cut(self) -> None:
        for disk in self._disks:
            disk.pull()

    @contextlib.contextmanager
    def _plugged_in(self, *, to_be_cut: bool = False) -> Iterator[Site]:
        for disk in self._disks:
            disk.plug_in()
        try:
            options = {"settle": '"100ms"', "give_up_on_incomplete": '"1s"', "rescan": '"1s"'}
            options["max_size"] = f'"{LARGEST}B"'
            yield Site(self._root, self._base_url, TOKEN, options=options)
        except BaseException:
            self._cut()
            for disk in self._disks:
                disk.put_away()
            raise
        for disk in self._disks:
            disk.put_away() if to_be_cut else disk.unplug()

    def _until_cut(self, site: Site, documents: int) -> Collection[dict[str, object]]:
        """Let it work until a moment that nobody chose; what it said."""
        dice, stop = self._dice, threading.Event()
        before, meanwhile = dice.randrange(documents + 1), dice.randrange(documents // 2 + 1)
        for _ in range(before):
            self._dropped.drop(lasting=True)
        dropping = threading.Thread(target=self._drop, args=(meanwhile, stop))
        first, *others = dice.sample(self._disks, len(self._disks))
        with site.run() as daemon:
            first.hold_after(dice.randrange(1, 20 + 10 * (before + meanwhile)))
            dropping.start()
            first.holds_within(dice.choice([1.0, 2.0, 4.0]))
            for disk in [first, *others]:
                disk.hold_after(0)
            daemon.process.send_signal(signal.SIGKILL)
            stop.set()
            self._cut()
            dropping.join()
        return daemon.events

    def _drop(self, number: int, stop: threading.Event) -> None:
        lasting = self._dice.random() < 0.3
        with contextlib.suppress(OSError, StorageFailed):  # the power went
            for _ in range(number):
                if stop.wait(0.1):
                    return
                self._dropped.drop(lasting=lasting)

    def _at_rest(self, site: Site) -> Iterator[str]:
        """Yield a line for each broken promise, once all is done."""
        until, pace = time.monotonic() + LONGEST, threading.Event()
        with site.run() as daemon:
            while list(site.inbox().glob("scan*.pdf")) or site.work():
                if _is_over(daemon) or time.monotonic() > until:
                    yield f"it did not come to rest: {daemon.output[-1000:]}"
                    return
                pace.wait(0.1)
            if code := daemon.stop():
                yield f"it ended with {code}"
        yield from told(daemon.events)
        yield from amiss(site, self._dropped, self._store)


def _is_over(daemon: Daemon) -> bool:
    return daemon.process.poll() is not None


if __name__ == "__main__":
    sys.exit(main())
