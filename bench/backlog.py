"""What many waiting files cost while Kanbert is down, and each document once it is back.

Run it with `python -m bench.backlog`; `--help` names numbers and times. With `--json` it prints one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.daemons import Daemon, daemon, load, wait_until
from bench.documents import LONG_AGO, pdf
from bench.receiving import Receiver, receiving

SIZE = 2000
"""Bytes of a document."""
FEW = 1000
"""Waiting documents that the many are held against."""
WARM, DRAINED = 100, 500
"""Documents that tell no time, and those whose CPU is counted then."""
FIRST = 90.0
"""Seconds within which all files were looked at twice, and opened; from then on it waits."""


class _Down(BaseHTTPRequestHandler):
    """A Kanbert that is there and serves nobody."""

    def do_GET(self) -> None:
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def refusing() -> Iterator[int]:
    """A port at which nobody listens, and nobody else will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def unavailable() -> Iterator[int]:
    """A port at which everything is answered with 503."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Down) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def lay(folder: Path, number: int, *, first: int = 0) -> None:
    """Put different small documents into a folder.

    :param first: the number of the first; those of two numbers differ.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures, now = random.Random(first), time.time() - LONG_AGO  # noqa: S311 - the same each time
    for one in range(first, first + number):
        path = folder / f"scan-{one:06}.pdf"
        path.write_bytes(pdf(SIZE, pictures.randbytes(SIZE)))
        os.utime(path, (now + one / 1000, now + one / 1000))


def probed(running: Daemon) -> float | None:
    """Seconds from its start until a probe had its answer; None before that."""
    for event in running.events("account.paused"):
        at = datetime.fromisoformat(event["timestamp"])
        return at.timestamp() - running.began
    return None


def waited(folder: Path, port: int, watched: float) -> dict[str, float]:
    """Have a daemon wait for a Kanbert that is down."""
    with daemon(folder, port) as running:
        wait_until(lambda: probed(running) is not None)
        time.sleep(max(0.0, running.began + FIRST - time.time()))
        before, began = running.cpu, time.monotonic()
        time.sleep(watched)
        share = (running.cpu - before) / (time.monotonic() - began)
        return {
            "first probe s": probed(running) or 0.0,
            f"CPU of {FIRST:.0f} s": before,
            "% of a core": 100 * share,
            "RSS MiB": running.rss,
            "peak MiB": running.peak,
        }


def wait_for(
    receiver: Receiver, number: int, *, meanwhile: Callable[[], object] = lambda: None
) -> int:
    """Wait until it has so many documents more than when it was asked last; how many it has."""
    came = 0

    def has_them() -> bool:
        nonlocal came
        meanwhile()
        came += int(receiver.came()["creates"])
        return came >= number

    wait_until(has_them)
    return came


def drained(folder: Path, receiver: Receiver) -> dict[str, float]:
    """Have a daemon carry some of the waiting documents."""
    receiver.came()
    with daemon(folder, receiver.port) as running:
        wait_for(receiver, 1)
        first = time.time() - running.began
        wait_for(receiver, WARM)
        before, began = running.cpu, time.monotonic()
        number, seconds = wait_for(receiver, DRAINED), time.monotonic() - began
        return {
            "first document s": first,
            "ms CPU": 1000 * (running.cpu - before) / number,
            "documents/s": number / seconds,
        }


def drained_of(number: int, rounds: int, given: argparse.Namespace) -> dict[str, float]:
    """Medians over rounds, each of an inbox that is filled anew up to that number."""
    found: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(dir=given.folder) as folder, receiving() as receiver:
        lay(Path(folder, "inbox"), number)
        for _ in range(rounds):
            found.append(drained(Path(folder), receiver))
            for path in Path(folder, "inbox", "done").iterdir():
                path.rename(Path(folder, "inbox", path.name))
            for path in Path(folder, "state").iterdir():
                path.unlink()
    return {key: statistics.median(one[key] for one in found) for key in found[0]}


def show(found: dict[str, dict[str, float]], about: str) -> None:
    """Print a table."""
    columns = list(next(iter(found.values())))
    print(f"{about:<24}" + "".join(f"{column:>18}" for column in columns))
    for name, figures in found.items():
        print(f"{name:<24}" + "".join(f"{figures[column]:>18.2f}" for column in columns))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print tables or JSON."""
    given = _arguments(arguments)
    outages, drains = {}, {}
    if "wait" in given.only:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            lay(Path(folder, "inbox"), given.files)
            for name, down in (("refused", refusing), ("503", unavailable)):
                with down() as port:
                    outages[name] = waited(Path(folder), port, given.watch)
    if "drain" in given.only:
        for number in (FEW, given.files):
            drains[f"{number}"] = drained_of(number, given.rounds, given)
    if given.json:
        print(json.dumps({"waiting": outages, "draining": drains, "load": load()}))
        return
    if outages:
        show(outages, f"{given.files} waiting")
    if drains:
        show(drains, "drained with so many")
    print(load())


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--watch", type=float, default=120.0, help="seconds after the first looks")
    parser.add_argument("--rounds", type=int, default=3, help="of draining")
    parser.add_argument("--only", nargs="+", choices=["wait", "drain"], default=["wait", "drain"])
    parser.add_argument("--folder", help="where the documents lie")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
