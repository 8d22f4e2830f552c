"""Taking a document out of its inbox, so that nothing that happens there can touch it any more."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingestd import moves
from ingestd.errors import DocumentGone, InboxUnavailable
from ingestd.intake.marker import FOLDER as OURS
from ingestd.intake.settle import Look
from ingestd.names import names_like

_NOT_ALLOWED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


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

    @property
    def folder(self) -> Path:
        """The folder of all claimed documents."""
        return self.root / OURS / "work"

    def file(self, document_id: str, name: str) -> Path:
        """Where a claimed document is."""
        return self.folder / document_id / name

    def claim(self, name: str, look: Look, document_id: str) -> bool:
        """Move a document from the inbox into the folder of its own.

        :param look: how it looked when it was found ready.
        :returns: whether what was moved still looks so; if not, it was replaced at the last moment
            and has to settle again.
        :raises DocumentGone: if it is not there, not as it looked, or somebody else's by now.
        :raises InboxUnavailable: if nothing may be moved out of this inbox.
        :raises OSError: if it cannot be moved for another reason; it is still in the inbox.
        """
        source, target = self.root / name, self.file(document_id, name)
        try:
            if Look.of(os.lstat(source)) != look:
                raise DocumentGone(f"{source} changed.")
            target.parent.mkdir(parents=True)
            self.move(source, target)
        except OSError as error:
            # a share that was asked twice may say "failed" of what it did the first time
            if os.path.lexists(target) and not os.path.lexists(source):
                return False
            self.clear(document_id)
            if isinstance(error, FileNotFoundError):
                raise DocumentGone(f"{source} is gone.") from error
            if error.errno in _NOT_ALLOWED:
                raise _read_only(self.root, error) from error
            raise
        try:
            return Look.of(os.lstat(target)) == look
        except OSError:
            return False

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
        if not self.root.is_dir():  # never made anew, on the mount point of a share that is gone
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fspath(self.root))
        source, folder = self.file(document_id, name), Path(name).parent
        (self.root / folder).mkdir(parents=True, exist_ok=True)
        for free in names_like(source.name):
            before_move(os.fspath(folder / free))
            try:
                self.move(source, self.root / folder / free)
            except FileExistsError:
                continue
            break
        self.clear(document_id)
        return self.root / folder / free

    def clear(self, document_id: str) -> None:
        """Remove a document's folder if no file is in it."""
        top = self.folder / document_id
        for folder, _, _ in os.walk(top, topdown=False):
            try:
                Path(folder).rmdir()
            except OSError:
                return  # a file is in it, or it is gone: either is fine

    def claimed(self) -> Iterator[tuple[str, str]]:
        """Every document here: its id and its name."""
        for document_id in self._ids():
            top = self.folder / document_id
            for folder, _, names in os.walk(top):
                for name in names:
                    yield document_id, os.path.relpath(os.path.join(folder, name), top)

    def sweep(self) -> None:
        """Remove the folders that claims made which died before they moved anything."""
        for document_id in self._ids():
            self.clear(document_id)

    def _ids(self) -> list[str]:
        try:
            return sorted(os.listdir(self.folder))
        except FileNotFoundError:
            return []

    def forget_original(self, document_id: str, name: str) -> None:
        """Finish a claim that died between link and unlink: the inbox still shows the same file."""
        original = self.root / name
        if moves.same_file(original, self.file(document_id, name)):
            original.unlink()


def hold(root: Path) -> int:
    """Lock an inbox against a second ingestd; returns the descriptor that holds the lock.

    :raises InboxUnavailable: if another process has it, or nothing may be written here.
    """
    path = root / OURS / "lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _read_only(root, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise InboxUnavailable(
            f"Another ingestd is at work in the inbox {root}.",
            hint="Stop one of them; one inbox belongs to one ingestd.",
        ) from error
    except OSError:
        pass  # a share without locks: the claim's rename has one winner all the same
    return descriptor


def same_lock(root: Path, descriptor: int) -> bool:
    """Whether `descriptor` holds the lock of the inbox that is at `root` now."""
    try:
        return os.path.samestat(os.stat(root / OURS / "lock"), os.fstat(descriptor))
    except OSError:
        return False


def _read_only(root: Path, error: OSError) -> InboxUnavailable:
    return InboxUnavailable(
        f"Nothing may be moved out of the inbox {root} ({error.strerror}), "
        "so nothing in it is delivered.",
        hint="Give the user that ingestd runs as the right to write in this folder.",
    )
