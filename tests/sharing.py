"""A share that can hang: a FUSE filesystem served from a folder by a thread of the test's own.

The test looks at that folder, as the server that owns it would, and never at the mount, which may
hang. When the share is closed, or the test's process ends, whoever waits for it gets an error.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import struct
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from tests.mounting import MNT_DETACH, MNT_FORCE, MS_NODEV, MS_NOSUID, mount, unmount


class Mood(Enum):
    """How a share behaves."""

    WELL = "well"
    STALE = "stale"
    """It answers ESTALE to everything, as NFS after its server was set up anew."""
    HUNG = "hung"
    """It takes no request any more, as NFS whose server is gone; what waits can be killed."""


class Share:
    """A folder served as a filesystem of its own, until it is closed."""

    def __init__(self, folder: Path, point: Path, *, longest_name: int = 255) -> None:
        self._tree = _Tree(folder, longest_name)
        self._point = point
        self._mood = Mood.WELL
        self._turn = threading.Lock()
        self._device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        self._wake, self._poke = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="share", daemon=True)
        options = f"fd={self._device},rootmode=40000,user_id=0,group_id=0,allow_other"
        mount("server:/scans", point, "fuse.share", options, MS_NOSUID | MS_NODEV)
        self._thread.start()

    def become(self, mood: Mood) -> None:
        """Behave so from now on."""
        with self._turn:
            self._mood = mood
        os.write(self._poke, b"\0")

    def close(self) -> None:
        """Unmount it; whoever waits for it is told that it is gone."""
        with contextlib.suppress(OSError):
            unmount(self._point, MNT_DETACH | MNT_FORCE)
        self._closing = True
        os.write(self._poke, b"\0")
        self._thread.join()
        for descriptor in (self._device, self._wake, self._poke):
            os.close(descriptor)

    def _serve(self) -> None:
        while not self._closing:
            hung = self._mood is Mood.HUNG
            ready, _, _ = select.select([self._wake] + [self._device] * (not hung), [], [])
            if self._wake in ready:
                os.read(self._wake, 4096)
            try:
                self._answer_one()
            except BlockingIOError:
                continue
            except OSError:
                return  # unmounted

    def _answer_one(self) -> None:
        with self._turn:
            if self._mood is Mood.HUNG:
                return
            request = os.read(self._device, 1 << 20)
            _, opcode, unique, node = struct.unpack_from("=IIQQ", request)
            if opcode in _UNANSWERED:
                return
            error, body = self._result(opcode, node, request[_HEADER:])
            reply = struct.pack("=IiQ", 16 + len(body), -error, unique) + body
            with contextlib.suppress(FileNotFoundError):  # whoever asked was interrupted
                os.write(self._device, reply)

    def _result(self, opcode: int, node: int, body: bytes) -> tuple[int, bytes]:
        if opcode == _INIT:
            return 0, _init(body)
        if self._mood is Mood.STALE:
            return errno.ESTALE, b""
        call = self._tree.calls.get(opcode)
        if call is None:
            return errno.ENOSYS, b""
        try:
            return 0, call(node, body)
        except OSError as error:
            return error.errno or errno.EIO, b""


_HEADER = 40
_INIT = 26
_UNANSWERED = frozenset({2, 36, 42})
"""FORGET, INTERRUPT, BATCH_FORGET."""
_OPEN_DIRECT_IO = 1
_SIZE_GIVEN = 8
_ROOT = 1


def _init(body: bytes) -> bytes:
    major, _, readahead, _ = struct.unpack_from("=IIII", body)
    return struct.pack("=IIIIHHIIHHI28x", major, 31, readahead, 0, 16, 12, 1 << 17, 1, 0, 0, 0)


class _Tree:
    """The calls of the kernel's FUSE protocol (fuse.h), carried out on a folder.

    A node is a file's inode number. Nothing is kept by the kernel, so that what changes in the
    folder shows at once.
    """

    def __init__(self, folder: Path, longest_name: int) -> None:
        self._longest_name = longest_name
        self._paths: dict[int, Path] = {_ROOT: folder}
        self.calls: dict[int, Callable[[int, bytes], bytes]] = {
            1: self._look_up,
            3: lambda node, _: self._attributes(self._paths[node]),
            4: self._set_attributes,
            8: self._make_file,
            9: self._make_folder,
            10: self._remove,
            11: self._remove_folder,
            12: lambda node, body: self._rename(node, body[:8] + bytes(8) + body[8:]),
            14: lambda *_: struct.pack("=QII", 0, _OPEN_DIRECT_IO, 0),
            15: self._read,
            16: self._write,
            17: self._space,
            18: lambda *_: b"",
            20: lambda *_: b"",
            25: lambda *_: b"",  # FLUSH
            27: lambda *_: struct.pack("=QII", 0, 0, 0),
            28: self._list,
            29: lambda *_: b"",
            30: lambda *_: b"",
            45: self._rename,
        }

    def _look_up(self, node: int, body: bytes) -> bytes:
        return self._entry(self._below(node, body))

    def _below(self, node: int, name: bytes) -> Path:
        name = name.split(b"\0")[0]
        if 0 < self._longest_name < len(name):
            raise OSError(errno.ENAMETOOLONG, "")
        return self._paths[node] / os.fsdecode(name)

    def _entry(self, path: Path) -> bytes:
        found = path.lstat()
        self._paths[found.st_ino] = path
        return struct.pack("=QQQQII", found.st_ino, 0, 0, 0, 0, 0) + _packed(found)

    def _attributes(self, path: Path) -> bytes:
        return struct.pack("=QII", 0, 0, 0) + _packed(path.lstat())

    def _set_attributes(self, node: int, body: bytes) -> bytes:
        given, size = struct.unpack_from("=I12xQ", body)
        if given & _SIZE_GIVEN:
            os.truncate(self._paths[node], size)
        return self._attributes(self._paths[node])

    def _make_file(self, node: int, body: bytes) -> bytes:
        path = self._below(node, body[16:])
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        return self._entry(path)

    def _make_folder(self, node: int, body: bytes) -> bytes:
        path = self._below(node, body[8:])
        path.mkdir()
        return self._entry(path)

    def _remove(self, node: int, body: bytes) -> bytes:
        self._below(node, body).unlink()
        return b""

    def _remove_folder(self, node: int, body: bytes) -> bytes:
        self._below(node, body).rmdir()
        return b""

    def _rename(self, node: int, body: bytes) -> bytes:
        (folder, flags), names = struct.unpack_from("=QI", body), body[16:].split(b"\0")
        source, target = self._below(node, names[0]), self._below(folder, names[1])
        if flags and os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "")
        source.rename(target)
        self._paths[target.lstat().st_ino] = target
        return b""

    def _read(self, node: int, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("=QQI", body)
        with self._paths[node].open("rb") as file:
            return os.pread(file.fileno(), size, offset)

    def _write(self, node: int, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("=QQI", body)
        with self._paths[node].open("r+b") as file:
            written = os.pwrite(file.fileno(), body[40 : 40 + size], offset)
        return struct.pack("=II", written, 0)

    def _list(self, node: int, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("=QQI", body)
        listed = b""
        for number, name in enumerate(sorted(os.listdir(self._paths[node]))[offset:], offset + 1):
            raw = os.fsencode(name)
            entry = struct.pack("=QQII", number + 1, number, len(raw), 0) + raw
            entry += b"\0" * (-len(entry) % 8)
            if len(listed) + len(entry) > size:
                break
            listed += entry
        return listed

    def _space(self, node: int, body: bytes) -> bytes:
        del node, body
        return struct.pack(
            "=QQQQQIIII24x",
            *(1 << 20, 1 << 19, 1 << 19, 1000, 999, 4096),
            *(self._longest_name, 4096, 0),
        )


def _packed(found: os.stat_result) -> bytes:
    stamps = [found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns]
    return struct.pack(
        "=QQQQQQIIIIIIIIII",
        *(found.st_ino, found.st_size, found.st_blocks),
        *(stamp // 10**9 for stamp in stamps),
        *(stamp % 10**9 for stamp in stamps),
        *(found.st_mode, found.st_nlink, found.st_uid, found.st_gid, 0, 4096, 0),
    )
