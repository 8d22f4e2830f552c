"""How memory is given back: that of whole documents, and of what refers to itself."""

from __future__ import annotations

import ctypes
import gc

_M_MMAP_THRESHOLD = -3  # malloc.h
_LARGE = 1024 * 1024
"""Bytes; documents of less are many, and a block of one's own costs a system call."""

_YOUNG = 700
"""Objects that are made and kept before those are looked through; as Python 3.11 has it."""

_LOOKS_THROUGH_YOUNG = 100
"""Times that what was made lately is looked through before all is."""


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


def look_seldom_through_all() -> None:
    """Have the collector of what refers to itself go through all of the process less often.

    What 100,000 waiting files are remembered by makes no such garbage, and was gone through once or
    twice at each listing: 0.2 s of 1.3 s each time. What comes of carrying documents is young, and
    found soon, however seldom the command looked that this runs in: a document may hang on it.
    """
    _, middle, _ = gc.get_threshold()
    gc.set_threshold(_YOUNG, middle, _LOOKS_THROUGH_YOUNG)
