"""A filesystem on a disk whose plug can be pulled."""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.mounting import MNT_DETACH, mount, unmount

MADE = {
    "ext4": ("mkfs.ext4", "-q", "-F"),
    "xfs": ("mkfs.xfs", "-q", "-f"),
    "btrfs": ("mkfs.btrfs", "-q", "-f"),
}
"""How each kind of filesystem is made."""
_SIZE = 320 << 20
"""Bytes; XFS takes no fewer than 300 MiB."""
_PATIENCE = 60.0
"""Seconds until the kernel has let go of a disk."""


class Plugged:
    """A disk with a filesystem."""

    def __init__(self, image: Path, point: Path, kind: str, dice: random.Random) -> None:
        """Make the filesystem.

        :param image: where the bytes of the disk lie; a folder in memory is best.
        :param point: where it is to be mounted.
        """
        self._image, self._point, self._kind, self._dice = image, point, kind, dice
        self._file = image.with_suffix(".disk")
        self._file.touch()
        with image.open("wb") as file:
            file.truncate(_SIZE)
        _run(*MADE[kind], str(image))

    def plug_in(self) -> None:
        """Mount it, with what survived."""
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asked = [self._image, self._file, theirs.fileno(), self._dice.randrange(1 << 30)]
        command = [sys.executable, "-m", "tests.power.disk", *map(str, asked)]
        self._disk = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()
        assert self._orders.recv(64) == b"ready"
        self._loop = _run("losetup", "--show", "--find", str(self._file))
        self._point.mkdir(exist_ok=True)
        mount(self._loop, self._point, self._kind)

    def hold_after(self, operations: int) -> None:
        """Have it answer no more after so many writes and flushes."""
        self._orders.send(b"hold %d" % operations)

    def holds_within(self, seconds: float) -> bool:
        """Wait until it answers no more; whether it came to that."""
        self._orders.settimeout(seconds)
        try:
            return self._orders.recv(64) == b"held"
        except TimeoutError:
            return False
        finally:
            self._orders.settimeout(None)

    def pull(self) -> None:
        """Pull the plug: whoever waits for the disk is told that it failed."""
        with contextlib.suppress(OSError):  # it was pulled before
            self._orders.send(b"pull")
        self._disk.wait()

    def put_away(self) -> None:
        """Unmount what nobody can use any more."""
        unmount(self._point, MNT_DETACH)
        self._let_go()

    def unplug(self) -> None:
        """Unmount it as is proper."""
        unmount(self._point, 0)
        self._let_go()
        self._disk.wait()

    def _let_go(self) -> None:
        _run("losetup", "--detach", self._loop)
        unmount(self._file, MNT_DETACH)
        until, pace = time.monotonic() + _PATIENCE, threading.Event()
        while str(self._file) in _run("losetup", "--list", "--noheadings", "--output", "BACK-FILE"):
            if time.monotonic() > until:
                raise TimeoutError(f"{self._loop} is busy")
            pace.wait(0.02)


def _run(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()
