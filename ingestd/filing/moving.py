"""Moving a document, and what belongs to it, to where it stays."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ingestd import moves, storing
from ingestd.errors import FolderUnusable
from ingestd.sidecars import names_alone_in, renamed


def bring_after(sidecars: Sequence[Path], source: Path, target: Path) -> None:
    """Move the sidecars of a document that was moved from `source` to `target` to beside it.

    Where a name was taken since, the sidecar goes under another one, which is nobody else's.

    :raises FolderUnusable: if the folder cannot be written.
    :raises DocumentChanged, OSError: if one cannot be read or removed.
    :raises StorageFailed: if the disk failed, or could not make the moves last.
    """
    for sidecar in sidecars:
        with blamed_on(target.parent, unless_of=sidecar):
            _bring(sidecar, renamed(sidecar, source, target))
            storing.fsync_folder(target.parent)


def _bring(sidecar: Path, target: Path) -> None:
    for name in names_alone_in(target.parent, target.name):
        free = target.with_name(name)
        for moved in (sidecar, free.with_name(part_name(sidecar))):
            moves.free_reserved(free, moved)
        try:
            move_anywhere(sidecar, free)
        except FileExistsError:
            continue
        return


@contextmanager
def blamed_on(folder: Path, *, unless_of: Path) -> Iterator[None]:
    """Say of what goes wrong that it is the folder's trouble, and so every document's.

    It is the document's own where the system named that alone; a move names both.
    """
    try:
        yield
    except FileNotFoundError:
        raise  # the document itself: somebody took it out of `work/`
    except OSError as error:
        if error.filename == os.fspath(unless_of) and error.filename2 is None:
            raise
        raise FolderUnusable(
            f"Documents cannot be put into {folder}: {error.strerror}.",
            hint="Make room there, or let the user that ingestd runs as write there.",
        ) from error


def move_anywhere(source: Path, target: Path) -> None:
    """Move a file to a name that must be free, on whatever filesystem; see `ingestd.moves`."""
    try:
        moves.move(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        moves.copy_across(source, target, passing_by=target.with_name(part_name(source)))


def part_name(source: Path) -> str:
    """A name for the copy of a document while it grows; its own, whatever its folder is called."""
    return f".{token(source)}.part"


def token(source: Path) -> str:
    """What tells names of ours that are made for this file from those for any other."""
    return hashlib.sha256(os.fsencode(source)).hexdigest()[:32]
