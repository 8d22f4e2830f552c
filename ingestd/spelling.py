"""Finding what somebody meant to write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, whatever their case; empty where none is like it."""
    written = {one.lower(): one for one in known}
    near = difflib.get_close_matches(word.lower(), written, n=1)
    return written[near[0]] if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The question whether the nearest known word was meant; empty where none is like it."""
    near = nearest(word, known)
    return f'Did you mean "{near}"?' if near else ""
