"""What the daemon costs while nothing happens, against processes that do nothing at all.

Run it with `python -m bench.idle`; with `--json` it prints one JSON object. All are measured over
the same time: every one of them is nearly always asleep.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.daemon import running
from bench.documents import pdf
from bench.factur_x import made
from bench.kanbert import serving
from bench.processes import Reading, family, read, resident

NOBODY = "http://127.0.0.1:9/api/v1"
"""Where no Kanbert is: the account is paused."""
LONGEST = 60.0
"""Seconds until an e-invoice counts as lost."""
BARE, PEER = "python, signal.pause()", "inotifywait --monitor"


def native(folder: Path, opened: ExitStack) -> int:
    """Much that is done, and much that is none of ours; its process."""
    fill(folder / "inbox/done", 20_000, "pdf")
    fill(folder / "inbox", 2_000, "txt")
    return opened.enter_context(running(folder, opened.enter_context(serving()).url)).pid


def polled_ignored(folder: Path, opened: ExitStack) -> int:
    """A polled inbox of files that are none of ours; its process."""
    fill(folder / "inbox", 5_000, "txt")
    url = opened.enter_context(serving()).url
    return opened.enter_context(running(folder, url, 'watch = "poll"')).pid


def polled_waiting(folder: Path, opened: ExitStack) -> int:
    """A polled inbox of documents that wait for Kanbert; its process."""
    fill(folder / "inbox", 5_000, "pdf", pdf(1_000, bytes(1_000)))
    return opened.enter_context(running(folder, NOBODY, 'watch = "poll"')).pid


def after_einvoice(folder: Path, opened: ExitStack) -> int:
    """An inbox into which an e-invoice came a while ago; its process."""
    kanbert = opened.enter_context(serving())
    daemon = opened.enter_context(running(folder, kanbert.url))
    (folder / "invoice.pdf").write_bytes(made())
    os.rename(folder / "invoice.pdf", daemon.inbox / "invoice.pdf")
    kanbert.wait_for({"invoice.pdf"}, longest=LONGEST)
    return daemon.pid


def bare(_folder: Path, opened: ExitStack) -> int:
    """An interpreter that does nothing; its process."""
    return _started(opened, sys.executable, "-c", "import signal; signal.pause()")


def inotifywait(folder: Path, opened: ExitStack) -> int:
    """What a script would watch with; its process."""
    return _started(opened, "inotifywait", "--quiet", "--monitor", str(folder))


CONTENDERS: Mapping[str, Callable[[Path, ExitStack], int]] = {
    "20,000 done, 2,000 ignored": native,
    "polled, 5,000 ignored": polled_ignored,
    "polled, 5,000 waiting": polled_waiting,
    "after an e-invoice": after_einvoice,
    BARE: bare,
    PEER: inotifywait,
}


def fill(folder: Path, number: int, ending: str, content: bytes = b"") -> None:
    """Put files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in range(number):
        (folder / f"file-{one:05}.{ending}").write_bytes(content)


def _started(opened: ExitStack, *command: str) -> int:
    return opened.enter_context(_ended(subprocess.Popen(command))).pid


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def measured(folder: Path, seconds: float, warm_up: float) -> dict[str, dict[str, float]]:
    """What each costs.

    :param warm_up: seconds until what there is has been looked at, and all is quiet.
    """
    names = [name for name in CONTENDERS if name != PEER or shutil.which("inotifywait")]
    with ExitStack() as opened:
        pids = {}
        for number, name in enumerate(names):
            own = folder / str(number)
            own.mkdir()
            pids[name] = CONTENDERS[name](own, opened)
        time.sleep(warm_up)
        before = {name: read(pid) for name, pid in pids.items()}
        time.sleep(seconds)
        return {name: _figures(before[name], read(pid), pid) for name, pid in pids.items()}


def _figures(before: Reading, after: Reading, pid: int) -> dict[str, float]:
    passed = after.at - before.at
    return {
        "% of a core": 100 * (after.cpu - before.cpu) / passed,
        "wake-ups/s": (after.wakes - before.wakes) / passed,
        "MiB": resident(pid),
        "MiB of children": sum(resident(one) for one in family(pid)[1:]),
    }


def show(found: Mapping[str, Mapping[str, float]]) -> None:
    """Print a table."""
    columns = [*found[BARE], "x bare MiB"]
    print(f"{'idle':<28}" + "".join(f"{column:>17}" for column in columns))
    for name, figures in found.items():
        numbers = [*figures.values(), figures["MiB"] / found[BARE]["MiB"]]
        print(f"{name:<28}" + "".join(f"{number:>17.3f}" for number in numbers))


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--warm-up", type=float, default=30.0)
    parser.add_argument("--folder", help="where the inboxes lie; that disk is measured too")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        found = measured(Path(folder), given.seconds, given.warm_up)
    if given.json:
        print(json.dumps({"load": os.getloadavg(), "figures": found}))
        return
    show(found)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
