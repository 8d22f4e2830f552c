from __future__ import annotations

import subprocess
import sys

CARRIED = """
import threading
from pathlib import Path
from ingestd.daemon.allocating import give_back_large_blocks

def in_memory():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))

def carry():
    for _ in range(3):
        read = b"x" * 14_000_000
        del read

give_back_large_blocks()
before = in_memory()
workers = [threading.Thread(target=carry) for _ in range(4)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(in_memory() - before)
"""

WAITING = """
import gc
from ingestd.daemon.allocating import look_seldom_through_all

def looked_through(phase, about):
    global times
    times += phase == "start" and about["generation"] == 2

look_seldom_through_all()
kept, times = [[] for _ in range(100_000)], 0
gc.callbacks.append(looked_through)
for _ in range(3):
    again = [[] for _ in range(200_000)]
print(times)
"""


def test_what_large_documents_were_read_into_is_given_back() -> None:
    assert said_by(CARRIED) < 4000  # KiB


def test_all_is_not_looked_through_at_each_listing() -> None:
    assert said_by(WAITING) <= 1


def test_what_was_made_lately_is_looked_through_as_often_as_python_does_by_itself() -> None:
    program = (
        "import gc\n"
        "from ingestd.daemon.allocating import look_seldom_through_all\n"
        "gc.set_threshold(5000)\n"
        "look_seldom_through_all()\n"
        "print(gc.get_threshold()[0])\n"
    )

    assert said_by(program) == 700


def said_by(program: str) -> int:
    return int(subprocess.check_output([sys.executable, "-c", program]))
