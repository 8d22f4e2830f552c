"""Finding what somebody meant to write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_ALIKE = 0.7
"""Of difflib's ratio. At its own 0.6, `status` would be taken for `vats`."""
_ALIKE_IF_SHORT = 0.66
"""One wrong letter of three."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, whatever their case; empty where none is like it."""
    written = {one.lower(): one for one in known}
    alike = _ALIKE if len(word) > 3 else _ALIKE_IF_SHORT  # noqa: PLR2004 - as is said above
    near = difflib.get_close_matches(word.lower(), written, n=1, cutoff=alike)
    return written[near[0]] if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The question whether the nearest known word was meant; empty where none is like it."""
    near = nearest(word, known)
    return f'Did you mean "{near}"?' if near else ""
