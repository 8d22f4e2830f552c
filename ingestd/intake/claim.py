"""Taking a document out of its inbox, so that nothing that happens there can touch it any more."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ingestd import moves
from ingestd.errors import DocumentGone, InboxUnavailable
from ingestd.intake.marker import FOLDER as OURS
from ingestd.intake.marker import WORK
from ingestd.intake.settle import Look
from ingestd.intake.unavailable import unavailable, unclaimable
from ingestd.names import names_in, there_like


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

    @property
    def folder(self) -> Path:
        """The folder of all claimed documents."""
        return self.root / OURS / WORK

    def file(self, document_id: str, name: str) -> Path:
        """Where a claimed document is."""
        return self.folder / document_id / name

    def claim(self, name: str, look: Look, document_id: str) -> bool:
        """Move a document from the inbox into the folder of its own.

        :param look: how it looked when it was found ready.
        :returns: whether what was moved still looks so; if not, it was replaced at the last moment
            and has to settle again.
        :raises DocumentGone: if it is not there, not as it looked, or somebody else's by now.
        :raises InboxUnavailable: if nothing can be moved out of this inbox, or out of its folder
            there, or the inbox went away.
        :raises OSError: if it cannot be moved for a reason of its own; it is still in the inbox.
        """
        source, target = self.root / name, self.file(document_id, name)
        try:
            if Look.of(os.lstat(source)) != look:
                raise DocumentGone(f"{source} changed.")
            self._make_room(document_id, name)
            self.take(source, target)
        except OSError as error:
            # a share that was asked twice may say "failed" of what it did the first time
            if os.path.lexists(target) and not os.path.lexists(source):
                return False
            self.clear(document_id)
            if isinstance(error, FileNotFoundError):
                raise self._gone(source) from error
            raise self._refused(source, error) from error
        try:
            return Look.of(os.lstat(target)) == look
        except OSError:
            return False

    def _refused(self, source: Path, error: OSError) -> Exception:
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
        source, folder = self.file(document_id, name), Path(name).parent
        self._make_folders_back(document_id, folder)
        for free in names_in(self.root / folder, source.name):
            before_move(os.fspath(folder / free))
            moves.free_reserved(self.root / folder / free, source)
            try:
                self.move(source, self.root / folder / free)
            except FileExistsError:
                continue
            break
        self.clear(document_id)
        return self.root / folder / free

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
        top = self.folder / document_id
        for folder, _, _ in os.walk(top, topdown=False):
            try:
                Path(folder).rmdir()
            except OSError:
                return  # a file is in it, or it is gone: either is fine

    def claimed(
        self, *, shut: Callable[[str, OSError], object] = lambda *_: None
    ) -> Iterator[tuple[str, str]]:
        """Every document here: its id and its name.

        :param shut: told of each folder that cannot be read though the others can, by its id: what
            is in it is not seen.
        :raises OSError: if they could not all be seen, as where the share goes meanwhile.
        """
        for document_id in self._ids():
            top = self.folder / document_id
            for folder, _, names in os.walk(top, onerror=partial(_pass_over, document_id, shut)):
                for name in names:
                    yield document_id, os.path.relpath(os.path.join(folder, name), top)
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
        for document_id in self._ids():
            self.clear(document_id)

    def _ids(self) -> list[str]:
        # a link may lead anywhere, and nobody claimed what is there
        with os.scandir(self.folder) as found:
            return sorted(one.name for one in found if one.is_dir(follow_symlinks=False))

    def forget_other_name(self, document_id: str, name: str) -> None:
        """Finish a release that died between link and unlink: the inbox shows the same file.

        It does so under the name that was free then, and then it is claimed a second time. (A
        claim is a rename, and cannot die so.)
        """
        file, where = self.file(document_id, name), Path(name)
        with contextlib.suppress(FileNotFoundError):
            if file.lstat().st_nlink > 1:
                for path in there_like(self.root / where.parent, where.name):
                    if moves.same_file(path, file):
                        path.unlink()


_SHUT = frozenset({errno.EACCES, errno.EPERM, errno.EIO})
"""What reading a folder says where the trouble is its own: its rights, or its place on the disk."""


def _pass_over(document_id: str, shut: Callable[[str, OSError], object], error: OSError) -> None:
    """Pass over a folder that was emptied and removed just now, a stray file, and what is shut."""
    if error.errno in _SHUT:
        shut(document_id, error)
    elif not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error
