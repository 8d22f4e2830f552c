"""Taking a document out of its inbox, so that nothing that happens there can touch it any more."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from ingestd import moves
from ingestd.errors import DocumentGone, InboxUnavailable
from ingestd.intake.marker import FOLDER as OURS
from ingestd.intake.marker import WORK
from ingestd.intake.release import forget_other_name, release_alone, release_together
from ingestd.intake.settle import Look
from ingestd.intake.unavailable import unavailable, unclaimable
from ingestd.intake.work import documents_in, ids_in, remove_emptied
from ingestd.sidecars import is_called_like_one

_NONE: Mapping[str, Look] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where an inbox's documents are while they are being delivered: `.ingestd/work/<id>/<name>`.

    The name is the document's path relative to the inbox, folders included, so that nothing but
    this folder is needed to know where it came from.
    """

    root: Path
    """The inbox."""
    move: Callable[[Path, Path], None] = field(default=moves.move, repr=False)
    """Moves a file to a free name (see `moves.move`)."""
    take: Callable[[Path, Path], None] = field(default=os.rename, repr=False)
    """Moves a file into a folder that nobody else knows, where no name can be taken."""
    folder: Path = field(init=False)
    """The folder of all claimed documents."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", self.root / OURS / WORK)

    def file(self, document_id: str, name: str) -> Path:
        """Where a claimed document is."""
        return self.folder / document_id / name

    def claim(
        self,
        name: str,
        look: Look,
        document_id: str,
        sidecars: Mapping[str, Look] = _NONE,
    ) -> bool:
        """Move a document from the inbox into the folder of its own, with what belongs to it.

        The document goes last: whoever has that has all of it, and a folder without one tells of a
        claim that was not made.

        :param look: how it looked when it was found ready.
        :param sidecars: how they looked, by their names.
        :returns: whether what was moved still looks so; if not, it was replaced at the last moment
            and has to settle again.
        :raises DocumentGone: if one is not there, not as it looked, or somebody else's by now.
        :raises InboxUnavailable: if nothing can be moved out of this inbox, or out of its folder
            there, or the inbox went away.
        :raises OSError: if one cannot be moved for a reason of its own; all are still in the inbox.
        """
        looks = {**sidecars, name: look}
        ways = [(self.root / one, self.file(document_id, one)) for one in looks]
        for (source, _), looked in zip(ways, looks.values(), strict=True):
            self._require_unchanged(source, looked)
        try:
            self._make_room(document_id, name)
            is_through = self._take(ways, document_id)
        except OSError as error:
            self.clear(document_id)
            named = {os.fspath(source): source for source, _ in ways}
            raise self._why(error, named.get(error.filename, ways[-1][0])) from error
        return is_through and _look_so([target for _, target in ways], looks.values())

    def _require_unchanged(self, source: Path, look: Look) -> None:
        try:
            if not look.is_of(os.lstat(source)):
                raise DocumentGone(f"{source} changed.")
        except OSError as error:
            raise self._why(error, source) from error

    def _take(self, ways: Sequence[tuple[Path, Path]], document_id: str) -> bool:
        """Move files into a document's folder; whether nothing was said against it."""
        try:
            for source, target in ways:
                self.take(source, target)
        except OSError:
            source, target = ways[-1]
            # a share that was asked twice may say "failed" of what it did the first time
            if os.path.lexists(target) and not os.path.lexists(source):
                return False
            with contextlib.suppress(OSError):  # then the next opening of the inbox does it
                self.put_back_sidecars(document_id)
            raise
        return True

    def _why(self, error: OSError, source: Path) -> Exception:
        if isinstance(error, FileNotFoundError):
            return self._gone(source)
        try:
            return unclaimable(source, error, root=self.root, work=self.folder)
        except OSError as gone:
            return unavailable(self.root, gone)

    def _make_room(self, document_id: str, name: str) -> None:
        """Make a document's folders, one by one.

        The folder above them is made when the inbox is opened, and never here: in the empty
        folder that a share leaves behind it is missing, and nothing is made there.
        """
        top = self.folder / document_id
        top.mkdir()
        for folder in reversed(Path(name).parents[:-1]):
            (top / folder).mkdir()

    def _gone(self, source: Path) -> DocumentGone | InboxUnavailable:
        if self.folder.is_dir():
            return DocumentGone(f"{source} is gone.")
        return InboxUnavailable(
            f"The inbox {self.root} went away.", hint="Mount the share that it lies on again."
        )

    def release(
        self,
        document_id: str,
        name: str,
        *,
        before_move: Callable[[str], None] = lambda _: None,
    ) -> Path:
        """Move a claimed document back into the inbox, under the first free name like its own.

        :param before_move: told each path, relative to the inbox, before it is tried.
        :raises OSError: if it cannot be moved; it is where it was.
        """
        folder = Path(name).parent
        self._make_folders_back(document_id, folder)
        path = release_together(
            self.file(document_id, name),
            self.sidecars(document_id, name),
            self.root / folder,
            move=self.move,
            before_move=lambda path: before_move(os.fspath(folder / path.name)),
        )
        self.clear(document_id)
        return path

    def sidecars(self, document_id: str, name: str) -> list[Path]:
        """The files that were claimed with a document, and are still in its folder.

        :raises OSError: if that cannot be told.
        """
        folder = self.file(document_id, name).parent
        if is_called_like_one(name):
            return []
        try:
            return [folder / one for one in sorted(os.listdir(folder)) if is_called_like_one(one)]
        except FileNotFoundError:
            return []

    def put_back_sidecars(self, document_id: str) -> list[Path]:
        """Move sidecars that were claimed without a document back into the inbox, all there are.

        :returns: where they are now.
        :raises OSError: if one cannot be moved; it is where it was.
        """
        top, back = self.folder / document_id, []
        for here, _, names in os.walk(top):
            folder = Path(here).relative_to(top)
            self._make_folders_back(document_id, folder)
            for name in sorted(filter(is_called_like_one, names)):
                forget_other_name(Path(here, name), self.root / folder)
                back.append(release_alone(Path(here, name), self.root / folder, move=self.move))
        self.clear(document_id)
        return back

    def _make_folders_back(self, document_id: str, folder: Path) -> None:
        """Make folders in the inbox, seen from a document's own: where that is, the inbox is."""
        own = os.open(self.folder / document_id, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in reversed((folder / "_").parents[:-1]):
                with contextlib.suppress(FileExistsError):
                    os.mkdir(Path("..", "..", "..", part), dir_fd=own)
        finally:
            os.close(own)

    def clear(self, document_id: str) -> None:
        """Remove a document's folder if no file is in it."""
        remove_emptied(self.folder / document_id)

    def claimed(
        self, *, shut: Callable[[str, OSError], object] = lambda *_: None
    ) -> Iterator[tuple[str, str]]:
        """Every document here: its id and its name; what belongs to one is none.

        :param shut: told of each folder that cannot be read though the others can, by its id: what
            is in it is not seen.
        :raises OSError: if they could not all be seen, as where the share goes meanwhile.
        """
        yield from documents_in(self.folder, shut)
        self.folder.stat()

    def may_hold(self, document_id: str, name: str) -> bool:
        """Whether a document's file is here, or nobody can tell.

        Anything but a plain "no such file" may pass: a folder that is shut, a share that hangs or
        lost its server.
        """
        try:
            os.lstat(self.file(document_id, name))
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    def sweep(self) -> None:
        """Remove the folders that claims made which died before they moved anything."""
        for document_id in ids_in(self.folder):
            self.clear(document_id)

    def forget_other_name(self, document_id: str, name: str) -> None:
        """Finish a release that died between link and unlink: the inbox shows the same file.

        What it shows is claimed a second time then. (A claim is a rename, and cannot die so.)
        """
        file, folder = self.file(document_id, name), self.root / Path(name).parent
        for one in (file, *self.sidecars(document_id, name)):
            forget_other_name(one, folder)


def _look_so(files: Iterable[Path], looks: Iterable[Look]) -> bool:
    try:
        return all(look.is_of(os.lstat(file)) for file, look in zip(files, looks, strict=True))
    except OSError:
        return False
