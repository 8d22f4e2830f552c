"""Where a document with an outcome goes, and its move there."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from ingestd import moves, storing
from ingestd.errors import FolderUnusable
from ingestd.filing.reason import SUFFIX
from ingestd.model import Outcome
from ingestd.names import names_in, there_like


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
    ) -> Path:
        """Move `source` into `folder` under the first free name like its own.

        :param reason: text of the file to lay beside it; empty: none.
        :param before_move: told each destination before it is tried, so that a crash between the
            move and the next line leaves a record of where to look.
        :param left_off: the destination that an attempt told which did not come to its end.
        :returns: where it is now.
        :raises DocumentChanged: if `source` was written to while it was copied to another
            filesystem; it is where it was.
        :raises FolderUnusable: if the folder cannot be made or written; `source` is where it was.
        :raises OSError: if `source` is gone, or cannot be read or removed.
        :raises StorageFailed: if the disk failed, or could not make the move last.
        """
        source.lstat()  # where it is gone (a share, too), no folder is made and nothing planned
        with _blamed_on(folder, unless_of=source):
            if left_off:
                for moved in (source, left_off.with_name(part_name(source))):
                    moves.free_reserved(left_off, moved)
            _make_folder(folder)
            # written first: a disk too full for the reason keeps the document where it was
            with _drafted(reason, folder / draft_name(source)) as note:
                for target in _free(folder, source.name, with_reason=bool(reason)):
                    before_move(target)
                    try:
                        _move_anywhere(source, target)
                    except FileExistsError:
                        continue  # taken between the look and the move
                    break
            storing.fsync_folder(folder)
            if note:
                _lay(note, _beside(target))
        return target


def _room_for(reason: bool) -> int:
    return len(SUFFIX) if reason else 0


@contextmanager
def _blamed_on(folder: Path, *, unless_of: Path) -> Iterator[None]:
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


def _free(folder: Path, name: str, *, with_reason: bool) -> Iterator[Path]:
    """Yield the free names like this one, for the document and for its reason."""
    for like in names_in(folder, name, room_for=_room_for(with_reason)):
        target = folder / like
        if not os.path.lexists(target) and not (with_reason and os.path.lexists(_beside(target))):
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
    missing = list(itertools.takewhile(lambda path: not path.is_dir(), [folder, *folder.parents]))
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        storing.fsync_folder(path.parent)


def _move_anywhere(source: Path, target: Path) -> None:
    try:
        moves.move(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        moves.copy_across(source, target, passing_by=target.with_name(part_name(source)))


def part_name(source: Path) -> str:
    """A name for the copy of a document while it grows; its own, whatever its folder is called."""
    return f".{_token(source)}.part"


def draft_name(source: Path) -> str:
    """The same for its reason: by what it will be called, another of its name would have it too."""
    return f".{_token(source)}.tmp"


def _token(source: Path) -> str:
    return hashlib.sha256(os.fsencode(source)).hexdigest()[:32]
