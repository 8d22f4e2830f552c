"""Where a document with an outcome goes, and its move there."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from ingestd import moves, storing
from ingestd.filing.moving import blamed_on, bring_after, move_anywhere, part_name, token
from ingestd.filing.reason import SUFFIX
from ingestd.model import Outcome
from ingestd.names import names_in, there_like
from ingestd.sidecars import fits, longer_by, renamed


@dataclass(frozen=True, slots=True)
class Cabinet:
    """The folders of one inbox that documents are put away in; all paths absolute."""

    done: Path
    failed: Path
    duplicates: Path
    layout: str = ""
    """strftime pattern for folders below done and duplicates, e.g. `%Y/%m`; empty: none."""
    confirm: Callable[[Path], None] = field(default=lambda _: None, repr=False)
    """To be called before a folder of it is used: makes sure that it is the one that is meant,
    and raises FolderUnusable if not."""

    def folder_for(self, outcome: Outcome, name: str, when: datetime) -> Path:
        """The folder for a document that was found as `name` (relative to its inbox)."""
        top = {
            Outcome.DELIVERED: self.done,
            Outcome.DUPLICATE: self.duplicates,
            Outcome.FAILED: self.failed,
        }[outcome]
        if self.layout and outcome is not Outcome.FAILED:
            top /= when.strftime(self.layout)
        return top / PurePosixPath(name).parent

    def foreseen(self, name: str, when: datetime) -> str:
        """Where a document goes if it is delivered: under its own name; empty if that is taken.

        :param name: as in `folder_for`.
        """
        destination = self.folder_for(Outcome.DELIVERED, name, when) / PurePosixPath(name).name
        return "" if os.path.lexists(destination) else str(destination)

    def may_have(self, name: str, when: datetime) -> Iterator[Path]:
        """Yield every file that could be the document `name`, by where it lies and its own name.

        A folder that is not there, or cannot be read, shows none.
        """
        for outcome in Outcome:
            room_for = _room_for(outcome is Outcome.FAILED)
            folder = self.folder_for(outcome, name, when)
            with suppress(OSError):
                yield from there_like(folder, PurePosixPath(name).name, room_for=room_for)

    def put_away(
        self,
        source: Path,
        folder: Path,
        *,
        reason: str,
        before_move: Callable[[Path], None],
        left_off: Path | None = None,
        sidecars: Sequence[Path] = (),
    ) -> Path:
        """Move `source` into `folder` under the first free name like its own, then its sidecars.

        :param reason: text of the file to lay beside it; empty: none.
        :param before_move: told each destination before it is tried, so that a crash between the
            move and the next line leaves a record of where to look.
        :param left_off: the destination that an attempt told which did not come to its end.
        :param sidecars: one that cannot be moved is where it was, though the document is not.
        :returns: where it is now.
        :raises DocumentChanged: if `source` was written to while it was copied to another
            filesystem; it is where it was.
        :raises FolderUnusable: if the folder cannot be made or written; `source` is where it was.
        :raises OSError: if `source` is gone, or cannot be read or removed.
        :raises StorageFailed: if the disk failed, or could not make the move last.
        """
        source.lstat()  # where it is gone (a share, too), no folder is made and nothing planned
        with blamed_on(folder, unless_of=source):
            if left_off:
                for moved in (source, left_off.with_name(part_name(source))):
                    moves.free_reserved(left_off, moved)
            _make_folder(folder)
            # written first: a disk too full for the reason keeps the document where it was
            with _drafted(reason, folder / draft_name(source)) as note:
                for target in _free(folder, source, sidecars, with_reason=bool(reason)):
                    before_move(target)
                    try:
                        move_anywhere(source, target)
                    except FileExistsError:
                        continue  # taken between the look and the move
                    break
            storing.fsync_folder(folder)
            if note:
                _lay(note, _beside(target))
        bring_after(sidecars, source, target)
        return target


def _room_for(reason: bool) -> int:
    return len(SUFFIX) if reason else 0


def _free(
    folder: Path, source: Path, sidecars: Sequence[Path], *, with_reason: bool
) -> Iterator[Path]:
    """Yield the free names like its own, for the document and for all that is laid beside it."""
    room = max(_room_for(with_reason), longer_by(sidecars, source))
    for like in names_in(folder, source.name, room_for=room):
        target = folder / like
        taken = [target, *([_beside(target)] if with_reason else [])]
        beside = [renamed(one, source, target) for one in sidecars]
        # beside another's sidecar, or with its own beside another, it would be taken for what it
        # is not when it is put back
        if not any(map(os.path.lexists, taken)) and fits(target, beside, is_own_name=False):
            yield target


def lay_reason(document: Path, text: str, *, source: Path) -> None:
    """Write the reason file of `document`, unless it is there already.

    :param source: where the document was before it was put away.
    :raises OSError: if it cannot be written.
    :raises StorageFailed: if the disk failed.
    """
    with _drafted(text, document.with_name(draft_name(source))) as note:
        if note:
            _lay(note, _beside(document))


@contextmanager
def _drafted(text: str, draft: Path) -> Iterator[Path | None]:
    """Write a reason file whole, under a name that nobody reads; None if there is no reason."""
    if not text:
        yield None
        return
    storing.write_new(draft, [text.encode("utf-8", "backslashreplace")])
    try:
        yield draft
    except Exception:
        with suppress(OSError):
            draft.unlink()
        raise


def _lay(draft: Path, target: Path) -> None:
    moves.free_reserved(target, draft)
    try:
        moves.move(draft, target)
    except FileExistsError:
        draft.unlink(missing_ok=True)
    storing.fsync_folder(target.parent)


def _beside(document: Path) -> Path:
    return document.with_name(document.name + SUFFIX)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, and make the new names last."""
    if os.path.isdir(folder):
        return
    missing = list(itertools.takewhile(lambda path: not path.is_dir(), [folder, *folder.parents]))
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        storing.fsync_folder(path.parent)


def draft_name(source: Path) -> str:
    """The same for its reason: by what it will be called, another of its name would have it too."""
    return f".{token(source)}.tmp"
