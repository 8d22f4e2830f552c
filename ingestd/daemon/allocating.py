"""How the C library deals with memory for whole documents."""

from __future__ import annotations

import ctypes

_M_MMAP_THRESHOLD = -3  # malloc.h
_LARGE = 1024 * 1024
"""Bytes; documents of less are many, and a block of one's own costs a system call."""


def give_back_large_blocks() -> None:
    """Have this process give memory back to the system once a large document is done with.

    glibc (seen with 2.36) does so until the first such block is free, and then keeps all of up to
    that size for the next, in each thread: twelve documents of 14 MB, four at a time, left 55 MiB
    behind for as long as the daemon ran. Other C libraries have no such setting, and no need.
    """
    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
    except (OSError, AttributeError):
        return
