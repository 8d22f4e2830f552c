"""The ledger's place on the disk: what lies there, making it, and setting it aside."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

from ingestd import moves, storing
from ingestd.errors import LedgerUnusable, StorageFailed

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, and takes for its own wherever it finds it."""
_MAGIC = b"SQLite format 3\0"
_HEADER = 100
"""Bytes; what is in them: sqlite.org/fileformat.html."""


class LedgerFile:
    """A SQLite file, and what belongs to it."""

    def __init__(
        self, path: Path, *, fsync_folder: Callable[[Path], None] = storing.fsync_folder
    ) -> None:
        # where a symlink leads, because there SQLite keeps its other files
        self.path = Path(os.path.realpath(path))
        self._mark = self._with("-damaged")
        self._fsync_folder = fsync_folder

    def what_is_wrong(self) -> str:
        """Why what lies here cannot be opened as a ledger; empty if it can be, or nothing does."""
        try:
            about = os.lstat(self.path)
        except FileNotFoundError:
            # a new file must not be given the changes that an old one had not taken in yet
            left = any(os.path.lexists(self._with(suffix)) for suffix in _BESIDE)
            return "its file is missing" if left else ""
        except OSError as error:
            raise _unusable(self.path, error) from error
        if not stat.S_ISREG(about.st_mode):
            return "it is not a file"
        self._ensure_rights()
        if self._mark.exists():
            return self._mark.read_text(encoding="utf-8", errors="replace").strip() or "it failed"
        return self._damage(about.st_size)

    def make(self, begin: Callable[[Path], None]) -> None:
        """Make a new one, whole or not at all, so that half a ledger is always a damaged one.

        :param begin: fills the file at the path that it is given.
        :raises LedgerUnusable: if it cannot be made.
        """
        draft = self._with(".new")
        try:
            self._clear(draft)
            begin(draft)
            moves.move(draft, self.path)
            self._fsync_folder(self.path.parent)
        except OSError as error:
            raise _unusable(self.path, error) from error
        finally:
            with contextlib.suppress(OSError):
                self._clear(draft)

    def put_aside(self, now: datetime) -> Path:
        """Rename it and what belongs to it; its new path.

        :raises LedgerUnusable: if it cannot be renamed.
        """
        try:
            aside = next(name for name in self._names_aside(now) if _all_free(name))
            for suffix in ("", *_BESIDE):
                part = self._with(suffix)
                if os.path.lexists(part):
                    moves.move(part, Path(f"{aside}{suffix}"))
        except OSError as error:
            raise LedgerUnusable(
                f"The ledger {self.path} cannot be used, nor set aside: {error.strerror}.",
                hint=f"Move it away from {self.path.parent} by hand; a new one is begun then.",
            ) from error
        return aside

    def mark(self, what: str) -> StorageFailed:
        """Have the next start set it aside, and this process end with what is returned."""
        with contextlib.suppress(OSError):  # then the next start finds out as this one did
            self._mark.write_text(f"{what}\n", encoding="utf-8", errors="backslashreplace")
        return StorageFailed(
            f"The ledger is damaged: {what}.",
            hint="Check the disk (dmesg, smartctl). The next start sets the ledger aside and "
            "begins a new one; nothing is lost or delivered twice by that.",
        )

    def forget_mark(self) -> None:
        """The file that is here now is not the one that was marked."""
        with contextlib.suppress(OSError):
            self._mark.unlink(missing_ok=True)

    def watch(self) -> Callable[[], None]:
        """Make what raises `StorageFailed` once the file that is here now is not here any more."""
        ours = os.stat(self.path)

        def ensure_in_place() -> None:
            with contextlib.suppress(OSError):
                if os.path.samestat(os.stat(self.path), ours):
                    return
            # SQLite would go on writing to a file that has no name any more
            raise StorageFailed(
                f"The ledger {self.path} was removed or replaced while it was in use.",
                hint="Leave it alone while ingestd runs; ingestd goes on when started.",
            )

        return ensure_in_place

    def _ensure_rights(self) -> None:
        """SQLite would open what it may only read, and then fail at every write."""
        if not os.access(self.path, os.R_OK | os.W_OK):
            raise LedgerUnusable(
                f"The ledger {self.path} may not be read and written by this user.",
                hint="Give the user that ingestd runs as the right to read and write it.",
            )

    def _damage(self, size: int) -> str:
        """See what SQLite would not: it takes an empty file for a new one, and counts whole pages.

        And what it would make worse: beside a file that is empty, or not its own, it removes the
        changes.
        """
        try:
            with self.path.open("rb") as file:
                header = file.read(_HEADER)
        except OSError as error:
            raise _unusable(self.path, error) from error
        if not header:  # it was never made so, whatever changes lie beside it
            return "it was cut short"
        if header[: len(_MAGIC)] != _MAGIC[: len(header)]:
            return "it is not a database"
        page = int.from_bytes(header[16:18], "big")  # 1 stands for 65536, which has no room
        whole = len(header) == _HEADER and size % max(page, 512) == 0
        # the last page may be among the changes, and was being taken in
        return "" if whole or self._with("-wal").exists() else "it was cut short"

    def _names_aside(self, now: datetime) -> Iterator[Path]:
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        first = self._with(f".set-aside-{stamp}")
        yield first
        for number in count(2):
            yield Path(f"{first}-{number}")

    def _with(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)

    def _clear(self, draft: Path) -> None:
        """Remove what an attempt that died left behind."""
        for suffix in ("", *_BESIDE):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


def damage_in(error: BaseException | None) -> str:
    """What SQLite found that it cannot have written so; empty if this is another error.

    :param error: SQLAlchemy's.
    """
    said = getattr(error, "orig", None)
    damaged = isinstance(said, sqlite3.Error) and (
        getattr(said, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
        or "Could not decode to UTF-8" in str(said)  # Python's own, without a name
    )
    return str(said) if damaged else ""


def _all_free(aside: Path) -> bool:
    return not any(os.path.lexists(f"{aside}{suffix}") for suffix in ("", *_BESIDE))


def _unusable(path: Path, error: OSError) -> LedgerUnusable:
    return LedgerUnusable(
        f"The ledger at {path} cannot be opened: {error.strerror}.",
        hint="Check that state_dir is there, and that it is writable and has space.",
    )
