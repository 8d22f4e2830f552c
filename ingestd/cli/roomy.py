"""Room for all that a command calls, in one piece of memory.

CPython lays the frames of what it calls in pieces of 16 kB, and gives a piece back to the system
when the first frame in it returns. What is called again and again from just below an edge so costs
two system calls each time (python/cpython#142183; mended in late releases of 3.13 and 3.14).
Modules that import each other are as deep as that: `ingestd once` did it 2,100 times while it
started, which was a twelfth of what that took.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def with_room(call: Callable[[], _T]) -> _T:
    """Call a function in such a way that what it calls shares one piece."""
    return call()


# a frame that says it needs so much is given a piece of twice that, and the rest is for others
with_room.__code__ = with_room.__code__.replace(co_stacksize=16 * 1024)
