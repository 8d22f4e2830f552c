"""Asking the kernel whether somebody has a file open for writing."""

from __future__ import annotations

import errno
import fcntl
import signal


def writer_has_open(fd: int) -> bool | None:
    """Tell whether anybody has the file behind `fd` open for writing; None if nobody can tell.

    `fd` must be open read-only. The kernel grants a read lease only while there is no writer, so
    asking for one and giving it back at once is the question. It knows the writers on this
    machine only, Samba's clients among them, and answers for regular files of the process's own
    user (any, with CAP_LEASE). Source: fcntl(2), "Leases". On shares it may be wrong (see
    `mounts.tells_writers`).

    A writer who opens the file in those microseconds waits for them to pass.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return None
    try:
        # Whoever opens the file for writing while we hold the lease makes the kernel send us a
        # signal: SIGIO, which ends a process that did not ask for it. SIGURG is ignored instead.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        # EACCES: somebody else's file; EINVAL: a filesystem without leases, such as NFS
        return True if error.errno == errno.EAGAIN else None
    fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
