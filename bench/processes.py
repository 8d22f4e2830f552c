"""What a process costs while nothing happens, told by the kernel."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """What a process, with its children, had used at a moment."""

    at: float
    """Monotonic seconds."""
    cpu: float
    """Seconds of all threads, also of those that ended."""
    wakes: int
    """How often the threads that there are went to sleep by themselves, so were woken."""


def family(pid: int) -> list[int]:
    """A process and its descendants, itself first."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def read(pid: int) -> Reading:
    """Read the counters of a process and its descendants."""
    members = family(pid)
    cpu = sum(time.clock_gettime(_clock_of(one)) for one in members)
    return Reading(time.monotonic(), cpu, sum(sum(_wakes(one)) for one in members))


def resident(pid: int) -> float:
    """MiB of memory of one process, with what it shares."""
    return _number(Path(f"/proc/{pid}/status"), "VmRSS") * 1024 / _MIB


def _clock_of(pid: int) -> int:
    """The clock of a process's CPU time, in nanoseconds, as clock_getcpuclockid(3) makes it."""
    return ~pid << 3 | 2


def _wakes(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield _number(task / "status", "voluntary_ctxt_switches")


def _number(status: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", status.read_text(), re.MULTILINE)
    return int(found[1]) if found else 0
