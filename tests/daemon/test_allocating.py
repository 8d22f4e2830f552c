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


def test_what_large_documents_were_read_into_is_given_back() -> None:
    said = subprocess.run(
        [sys.executable, "-c", CARRIED], check=True, capture_output=True, text=True
    )

    assert int(said.stdout) < 4000  # KiB
