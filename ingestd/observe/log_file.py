"""The file that the log is written to as well: rotated by others, or by itself."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import TextIO

from ingestd.regular import kind_of


class LogFile:
    """A file that is opened again once somebody has renamed it away, as logrotate does.

    It is only ever added to, so it may be copied and emptied under us too (`copytruncate`): then
    what is written between the two is lost, which no writer can prevent. (15 of 903 lines at 47
    rotations within some ten seconds; none by renaming.)
    """

    encoding = "utf-8"

    def __init__(self, path: Path, *, most: int = 0, keep: int = 1) -> None:
        """Open it.

        :param most: bytes; a line that would make it larger begins a new file. 0: no limit.
        :param keep: old files that are kept then, `NAME.1` the newest of them.
        :raises OSError: it cannot be written.
        """
        self._path = path
        self._most = most
        self._keep = keep
        self._file = self._opened()

    def write(self, text: str, /) -> None:
        """Add a line to the file that has our name now."""
        if not self._is_ours():
            # One that logrotate made for others (`create 0640 root adm`) cannot be opened: better
            # in the old one than nowhere.
            with contextlib.suppress(OSError):
                self._open_again()
        if self._most and self._would_be_too_large(text):
            self._rotate()
        self._file.write(text)

    def flush(self) -> None:
        """Write it through to the system."""
        self._file.flush()

    def _is_ours(self) -> bool:
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            return False

    def _open_again(self) -> None:
        old, self._file = self._file, self._opened()
        old.close()

    def _opened(self) -> TextIO:
        try:
            return open(self._path, "a", encoding=self.encoding, opener=_at_once)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            kind = kind_of(self._path.stat().st_mode)
            raise OSError(None, f"it is {kind} that nobody reads", str(self._path)) from error

    def _would_be_too_large(self, text: str) -> bool:
        size = os.fstat(self._file.fileno()).st_size
        return size > 0 and size + len(text.encode(self.encoding)) > self._most

    def _rotate(self) -> None:
        """Begin a new file, unless the old one cannot be renamed: then it is added to."""
        with contextlib.suppress(OSError):
            self._make_room(1)
            self._path.replace(self._old(1))
            self._open_again()

    def _make_room(self, number: int) -> None:
        """Move old files on, only as far as a name is taken: tried again, it loses none of them."""
        if number < self._keep and self._old(number).exists():
            self._make_room(number + 1)
            self._old(number).replace(self._old(number + 1))

    def _old(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for whoever reads a pipe; what is written may wait, as ever."""
    descriptor = os.open(path, flags | os.O_NONBLOCK, 0o666)
    os.set_blocking(descriptor, True)
    return descriptor
