"""A disk with a cache: a file that is served through FUSE, for a loop device to lie on.

What was written since the last flush is remembered. When the plug is pulled, as much of it never
happened as the dice say, whatever came first: a disk promises no more.

It is a process of its own, `python -m tests.power.disk IMAGE POINT SOCKET SEED`. On the socket it
is told `hold N`: to answer nothing any more after N writes and flushes, and to say `held` then; and
`pull`: to lose its cache and end. It ends as well when it is unmounted, and loses nothing then.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import mmap
import os
import random
import select
import socket
import stat
import struct
import sys
from enum import IntEnum
from pathlib import Path


class _Asks(IntEnum):
    """What is asked, of linux/fuse.h."""

    FORGET = 2
    GETATTR = 3
    SETATTR = 4
    OPEN = 14
    READ = 15
    WRITE = 16
    RELEASE = 18
    FSYNC = 20
    FLUSH = 25
    INIT = 26
    INTERRUPT = 36
    DESTROY = 38
    BATCH_FORGET = 42


_UNANSWERED = frozenset({_Asks.FORGET, _Asks.BATCH_FORGET, _Asks.INTERRUPT})
_HEADER = 40
_LARGEST = 1 << 17
"""Bytes of a write."""
_SECTOR = 4096
"""Bytes that a disk writes whole or not at all."""


class Disk:
    """The bytes of a disk, and what those in its cache replaced."""

    def __init__(self, image: Path, dice: random.Random) -> None:
        self._dice = dice
        with image.open("r+b") as file:
            self._bytes = mmap.mmap(file.fileno(), 0)
        self._replaced: list[tuple[int, bytes]] = []

    def __len__(self) -> int:
        return len(self._bytes)

    def read(self, at: int, size: int) -> bytes:
        """Read what was written last."""
        return self._bytes[at : at + size]

    def write(self, at: int, data: bytes) -> None:
        """Write into the cache."""
        end = at + len(data)
        for start in range(at - at % _SECTOR, end, _SECTOR):
            self._replaced.append((start, self._bytes[start : start + _SECTOR]))
        self._bytes[at:end] = data

    def flush(self) -> None:
        """Have all that was written last."""
        self._replaced.clear()

    def lose(self) -> None:
        """Have a part of what was not flushed never have been written."""
        survives = self._dice.choice([0.0, 0.0, 0.1, 0.5, 0.9, 1.0])
        was: dict[int, list[bytes]] = {}
        for start, old in self._replaced:
            was.setdefault(start, []).append(old)
        for start, versions in was.items():
            if self._dice.random() >= survives:
                before = self._dice.choice(versions) if survives else versions[0]
                self._bytes[start : start + _SECTOR] = before


class Served:
    """A disk as the one file of a FUSE filesystem, which is that file."""

    def __init__(self, disk: Disk, point: Path) -> None:
        self._disk = disk
        self.descriptor = os.open("/dev/fuse", os.O_RDWR | os.O_NONBLOCK)
        self.is_unmounted = False
        self.until: int | None = None
        """Writes and flushes that are answered yet; None: all."""
        options = f"fd={self.descriptor},rootmode={stat.S_IFREG:o},user_id=0,group_id=0"
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(b"volatile", os.fsencode(point), b"fuse", 0, options.encode()) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(point))

    @property
    def holds(self) -> bool:
        """Whether nothing is answered any more."""
        return self.until is not None and self.until <= 0

    def answer_one(self) -> None:
        """Answer the next request, if it was not given up meanwhile."""
        try:
            request = os.read(self.descriptor, _LARGEST + 4096)
        except OSError as error:
            self.is_unmounted = error.errno == errno.ENODEV
            return
        _, operation, number = struct.unpack_from("<IIQ", request)
        if operation in _UNANSWERED:
            return
        try:
            code, answer = 0, self._answer(operation, request[_HEADER:])
        except NotImplementedError:
            code, answer = -errno.ENOSYS, b""
        with contextlib.suppress(FileNotFoundError):
            os.write(self.descriptor, struct.pack("<IiQ", 16 + len(answer), code, number) + answer)
        if operation in {_Asks.WRITE, _Asks.FSYNC} and self.until is not None:
            self.until -= 1

    def _answer(self, operation: int, said: bytes) -> bytes:
        answer = b""
        match operation:
            case _Asks.INIT:
                big_writes = 1 << 5
                limits = (_LARGEST, big_writes, 16, 12, _LARGEST, 1, _LARGEST // mmap.PAGESIZE, 0)
                answer = struct.pack("<IIIIHHIIHH32x", 7, 31, *limits)
            case _Asks.GETATTR | _Asks.SETATTR:
                answer = self._attributes()
            case _Asks.OPEN:
                answer = struct.pack("<QII", 1, 0, 0)
            case _Asks.READ:
                answer = self._disk.read(*struct.unpack_from("<8xQI", said))
            case _Asks.WRITE:
                at, size = struct.unpack_from("<8xQI", said)
                self._disk.write(at, said[40 : 40 + size])
                answer = struct.pack("<II", size, 0)
            case _Asks.FSYNC:
                self._disk.flush()
            case _Asks.RELEASE | _Asks.FLUSH | _Asks.DESTROY:
                pass
            case _:
                raise NotImplementedError
        return answer

    def _attributes(self) -> bytes:
        size = len(self._disk)
        times = (0,) * 6
        owner = (stat.S_IFREG | 0o600, 1, 0, 0, 0, _SECTOR, 0)
        return struct.pack("<QII3Q3Q3I7I", 1, 0, 0, 1, size, size // 512, *times, *owner)


def main() -> None:
    """Serve until told to end."""
    image, point, descriptor, seed = sys.argv[1:]
    disk = Disk(Path(image), random.Random(int(seed)))
    served, orders = Served(disk, Path(point)), socket.socket(fileno=int(descriptor))
    orders.send(b"ready")
    said_so = False
    while not served.is_unmounted:
        if served.holds and not said_so:
            orders.send(b"held")
            said_so = True
        listening = [orders.fileno()] if served.holds else [orders.fileno(), served.descriptor]
        ready, _, _ = select.select(listening, [], [])
        if orders.fileno() not in ready:
            served.answer_one()
            continue
        order, *number = orders.recv(64).split()
        if order == b"pull":
            disk.lose()
            return  # and with that, whoever waits is told that it failed
        served.until = int(number[0])


if __name__ == "__main__":
    main()
