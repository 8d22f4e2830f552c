"""What a process that reads hostile documents can still do: compute, and answer."""

from __future__ import annotations

import math
import resource
import signal
import time

OUT_OF_MEMORY = 3
"""Exit code of a process that needed more memory than it is given."""


def confine(*, memory: int) -> None:
    """Lower this process's limits for good; what it has to load must have been loaded before.

    No file can be opened any more, and no socket: that is what keeps it off the network, and from
    the token, on every kernel and in every container. An unshared network namespace would need
    rights that daemons are not given.

    :param memory: bytes of address space, with what the interpreter takes (some 60 MB).
    :raises OSError, ValueError: the system refuses a limit.
    """
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, 3),  # 0, 1 and 2, which are open
        (resource.RLIMIT_NPROC, 0),  # no process, no thread; root is not held by it
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        allowed = _allowed(limit, value)
        resource.setrlimit(limit, (allowed, allowed))


def ignore_signals() -> None:
    """Leave it to the parent when to end.

    Ctrl-C goes to all processes in the foreground, systemd's SIGTERM to all of a unit, and the
    documents under way are still to be finished then.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def spend_at_most(seconds: int) -> None:
    """Have the kernel end this process when it has computed for so long from now on.

    Beside `end_after` it holds what runs in several threads, as root's may, and what has
    turned the other clock off. The next call counts anew, so only the lower limit is set.
    """
    _let_end(signal.SIGXCPU)
    until = math.ceil(time.process_time() + seconds)
    _, highest = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (_allowed(resource.RLIMIT_CPU, until), highest))


def end_after(seconds: float) -> None:
    """Have the kernel end this process unless it is called again before; 0 for never.

    A parser that hangs in C code lets no thread of its own process run, and a parent that was
    killed cannot end it either.
    """
    _let_end(signal.SIGALRM)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _let_end(number: signal.Signals) -> None:
    signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})


def _allowed(limit: int, value: int) -> int:
    _, highest = resource.getrlimit(limit)
    return value if highest == resource.RLIM_INFINITY else min(value, highest)
