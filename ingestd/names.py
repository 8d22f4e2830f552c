"""Names for documents that may share a folder with others of the same name."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

LONGEST_NAME = 255
"""Bytes in one name, on most filesystems; encrypted shares of some NAS (eCryptfs) take 143."""

MOST_NAMES = 1000
"""Names that are looked for: as many documents of one name in one folder."""

_LONGEST_SUFFIX = 16
"""Bytes; what follows the last dot of a longer "suffix" is not a file type."""


def names_like(name: str, *, room_for: int = 0, longest: int = LONGEST_NAME) -> Iterator[str]:
    """Yield `invoice.pdf`, `invoice (2).pdf`, `invoice (3).pdf` … without end, each once.

    :param name: a file name without folders; may hold surrogates (see `os.fsdecode`).
    :param room_for: bytes to keep free for a suffix that a companion file will add.
    :param longest: bytes that a name may have.
    """
    limit = longest - room_for
    first = _fitted(name, "", limit)
    yield first
    for number in itertools.count(2):
        another = _fitted(name, f" ({number})", limit)
        if another != first:  # a name at the limit may end in " (2)" itself
            yield another


def names_in(folder: Path, name: str, *, room_for: int = 0) -> Iterator[str]:
    """The same, as long as a folder takes them.

    :raises OSError: if the folder does not answer.
    """
    # not os.pathconf, which says the same: it keeps all threads waiting where a share hangs, as
    # CPython holds its lock meanwhile (seen with 3.11)
    longest = os.statvfs(folder).f_namemax
    # FAT and exFAT take 255 characters, and Linux says 1530: the bytes these might come to
    longest = min(longest or LONGEST_NAME, LONGEST_NAME)
    return names_like(name, room_for=room_for, longest=longest)


def there_like(folder: Path, name: str, *, room_for: int = 0) -> Iterator[Path]:
    """Yield what lies in a folder under one of these names; gaps between them count for nothing.

    :raises OSError: if the folder cannot be read.
    """
    there = set(os.listdir(folder))
    for like in itertools.islice(names_in(folder, name, room_for=room_for), MOST_NAMES):
        if like in there:
            yield folder / like


def _fitted(name: str, mark: str, limit: int) -> str:
    stem, suffix = os.path.splitext(name)
    if len(os.fsencode(suffix)) > _LONGEST_SUFFIX:
        stem, suffix = name, ""
    free = limit - len(os.fsencode(mark + suffix))
    while len(os.fsencode(stem)) > free:
        stem = stem[:-1]  # by characters: half a character is not a name
    return stem + mark + suffix
