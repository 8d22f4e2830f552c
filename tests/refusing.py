"""Having the kernel refuse system calls of this thread, as an old kernel or a broken disk does.

A filter of `seccomp(2)` answers in the kernel's place, so that no library is any the wiser.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable

_NUMBERS = {
    "x86_64": {"renameat2": 316, "link": 86, "linkat": 265, "fsync": 74, "fdatasync": 75}
    | {"read": 0, "write": 1, "pread64": 17, "pwrite64": 18, "getdents64": 217}
    | {"fcntl": 72},
    "aarch64": {"renameat2": 276, "linkat": 37, "fsync": 82, "fdatasync": 83}
    | {"read": 63, "write": 64, "pread64": 67, "pwrite64": 68, "getdents64": 61}
    | {"fcntl": 25},
}
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD_NUMBER = (0x20, 0, 0, 0)  # seccomp_data.nr is its first word
_ALLOW = 0x7FFF0000
_ANSWER_ERRNO = 0x00050000

CAN_REFUSE = platform.machine() in _NUMBERS


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse(calls: Iterable[str], error: int) -> None:
    """Answer these system calls with `error`, on this thread and those that it starts, for good."""
    numbers = [_number(name) for name in calls]
    given = [number for number in numbers if number is not None]
    code = [_LOAD_NUMBER]
    for index, number in enumerate(given):
        code.append((0x15, len(given) - index, 0, number))  # equal: jump to the refusal
    code += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _ANSWER_ERRNO | error)]
    binary = b"".join(struct.pack("HBBI", *line) for line in code)
    program = _Program(len(code), binary)
    libc = ctypes.CDLL(None, use_errno=True)
    if (
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        or libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program)) != 0
    ):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _number(name: str) -> int | None:
    """None for a call that this kind of machine does not have."""
    return _NUMBERS[platform.machine()].get(name)


WITHOUT_RENAMEAT2 = (("renameat2",), errno.ENOSYS)
WITHOUT_LINKS = (("link", "linkat"), errno.EPERM)
DISK_BROKEN = (("fsync", "fdatasync"), errno.EIO)
LEDGER_DISK_FULL = (("pwrite64",), errno.ENOSPC)
