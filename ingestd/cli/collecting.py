"""How often Python looks for what refers to itself while a command runs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MADE = 5000
"""Objects that are made and kept before it looks; Python's own 700 suit what runs for long."""


@contextmanager
def seldom() -> Iterator[None]:
    """Look less often, and not once more at the end.

    Whatever is imported was looked through again and again, and three times when all was done: a
    quarter of what `ingestd status` took.
    """
    _, *older = gc.get_threshold()
    gc.set_threshold(_MADE, *older)
    try:
        yield
    finally:
        gc.freeze()
