"""Moving what was claimed back into the inbox, where the next listing finds it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ingestd import moves
from ingestd.names import names_in, there_like
from ingestd.sidecars import fits, longer_by, names_alone_in, renamed

Move = Callable[[Path, Path], None]
"""Moves a file to a free name (see `moves.move`)."""
_Pairs = Sequence[tuple[Path, Path]]


def release_together(
    document: Path,
    sidecars: Sequence[Path],
    folder: Path,
    *,
    move: Move,
    before_move: Callable[[Path], None],
) -> Path:
    """Move a document into a folder under the first free name like its own, with its sidecars.

    The document goes last: it is never seen there without them.

    :param before_move: told each path before it is tried.
    :returns: where it is now.
    :raises OSError: if one cannot be moved; all are where they were.
    """
    for free in names_in(folder, document.name, room_for=longer_by(sidecars, document)):
        there = document.with_name(free)
        sources = [*(renamed(one, document, there) for one in sidecars), there]
        pairs = [(one, folder / one.name) for one in sources]
        for one, back in pairs:
            moves.free_reserved(back, one)
        if not _is_free(pairs, is_own_name=there == document):
            continue
        with contextlib.suppress(FileExistsError), _renamed([*sidecars, document], sources):
            moves.move_together(pairs, move, before_move=before_move)
            return folder / free
    raise AssertionError("there are names without end")


def release_alone(sidecar: Path, folder: Path, *, move: Move) -> Path:
    """Move a sidecar without a document into a folder; where it is now.

    :raises OSError: if it cannot be moved; it is where it was.
    """
    for name in names_alone_in(folder, sidecar.name):
        moves.free_reserved(folder / name, sidecar)
        with contextlib.suppress(FileExistsError):
            move(sidecar, folder / name)
            return folder / name
    raise AssertionError("there are names without end")


def forget_other_name(file: Path, folder: Path) -> None:
    """Finish a release into this folder that died between link and unlink: it shows the same file.

    It does so under a name like its own that was free then.
    """
    with contextlib.suppress(FileNotFoundError):
        if file.lstat().st_nlink > 1:
            for path in there_like(folder, file.name):
                if moves.same_file(path, file):
                    path.unlink()


def _is_free(pairs: _Pairs, *, is_own_name: bool) -> bool:
    *beside, (_, target) = pairs
    if beside and os.path.lexists(target):
        return False
    return fits(target, [back for _, back in beside], is_own_name=is_own_name)


@contextmanager
def _renamed(old: Sequence[Path], new: Sequence[Path]) -> Iterator[None]:
    """Have files called as they will be called; as they were, where that comes to nothing.

    Were this process to end between two moves, the next would know by that what belongs together.
    """
    changes = [(before, after) for before, after in zip(old, new, strict=True) if before != after]
    try:
        for before, after in changes:
            before.rename(after)
        yield
    except BaseException:
        for before, after in reversed(changes):
            with contextlib.suppress(OSError):
                after.rename(before)
        raise
