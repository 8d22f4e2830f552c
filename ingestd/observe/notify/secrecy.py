"""Addresses of services hold secrets anywhere: as user, as host, in the path, behind the `?`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

HIDDEN = "[hidden]"
_BETWEEN = re.compile(r"[/:@?&=,#;]+")
_SHORTEST = 4
"""Letters; less is part of any word."""
_LONGEST_WORD = 12
"""Letters; what is longer and no host name is taken for a key."""


def kind_of(url: str) -> str:
    """What is before `://`, which is no secret."""
    return url.split("://", 1)[0] if "://" in url else "?"


def without_pieces(text: str, url: str) -> str:
    """A text without the address, and without anything that stands in it."""
    pieces = {url, *_pieces(url)}
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= _SHORTEST:
            text = text.replace(piece, HIDDEN)
    return text


def secrets_in(url: str) -> Iterator[str]:
    """What no line of the log may hold: the address, and what looks like a key in it.

    A short piece may be any word, such as the name of an inbox; nothing writes it anyway.
    """
    yield url
    for piece in _pieces(url):
        if len(piece) >= _LONGEST_WORD and "." not in piece:
            yield piece


def _pieces(url: str) -> Iterator[str]:
    _, _, rest = url.partition("://")
    for piece in _BETWEEN.split(rest):
        yield piece
        yield unquote(piece)
