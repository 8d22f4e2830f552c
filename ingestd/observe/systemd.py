"""What the service manager is told: the daemon is ready, what it does, it lives (sd_notify(3)).

The protocol is a datagram of `KEY=value` lines to a socket that the environment names; elsewhere
than under systemd it names none, and nothing is sent.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping

_LONGEST_WAIT = 1.0
"""Seconds for room in the manager's queue."""


class Systemd:
    """The service manager that started this process, if one did."""

    def __init__(self, environ: Mapping[str, str], *, pid: int | None = None) -> None:
        """Find out how it can be told.

        :param pid: the process that it expects to hear from; by default this one.
        """
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self.watchdog = _watchdog(environ, os.getpid() if pid is None else pid)
        """Seconds without a sign of life after which it ends this process; 0: it does not."""

    def tell(self, *lines: str) -> None:
        """Send lines such as `READY=1`, together; where that fails nothing is said or raised."""
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.settimeout(_LONGEST_WAIT)
            to.sendto("\n".join(lines).encode(errors="replace"), self._address)


def _address(given: str) -> str | bytes:
    """Where a socket can be reached: a path, or with "@" in front a name that only the kernel has.

    Empty for all else: a virtual machine's manager (`vsock:`) is not ours.
    """
    if given.startswith("@"):
        return b"\0" + os.fsencode(given[1:])
    return given if given.startswith("/") else ""


def _watchdog(environ: Mapping[str, str], pid: int) -> float:
    """`$WATCHDOG_USEC` in seconds, unless it is meant for another process (sd_watchdog_enabled(3)).

    The variables are inherited: a shell that starts ingestd may be the one that is watched.
    """
    try:
        meant, every = int(environ.get("WATCHDOG_PID", pid)), int(environ["WATCHDOG_USEC"])
    except (KeyError, ValueError):
        return 0.0
    return max(every, 0) / 1_000_000 if meant == pid else 0.0
