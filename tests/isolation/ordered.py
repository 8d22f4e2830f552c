"""A task that does what is wanted of it: `hang`, `die`, …"""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

MODULE = __name__
EXTRA = "orders"

_kept: list[bytearray] = []


class Ordered:
    def rehearse(self) -> None:
        bytearray(5 << 20)  # with less memory than this it is not ready

    def __call__(self, document: bytes, wanted: str) -> bytes:
        return json.dumps({"document": document.decode(), **_ORDERS[wanted]()}).encode()


def task() -> Ordered:
    return Ordered()


def _hang() -> NoReturn:
    while True:
        signal.pause()


def _tell_and_hang() -> NoReturn:
    os.kill(os.getppid(), signal.SIGUSR1)
    _hang()


def _spin() -> NoReturn:
    while True:
        pass


def _spend() -> dict[str, Any]:
    """A second of processor time."""
    until = time.process_time() + 1
    while time.process_time() < until:
        pass
    return _pid()


def _allocate() -> NoReturn:
    while True:
        _kept.append(bytearray(1 << 20))


def _grow() -> dict[str, Any]:
    _kept.append(bytearray(200 << 20))
    return _pid()


def _pid() -> dict[str, Any]:
    return {"pid": os.getpid()}


def _print() -> dict[str, Any]:
    print("garbage" * 1000, flush=True)  # noqa: T201 - what is tested
    os.write(1, b"garbage")
    os.write(2, b"garbage")
    return _pid()


def _talk_nonsense() -> NoReturn:
    os.write(0, b"garbage" * 1000)
    _hang()


def _answer_itself() -> NoReturn:
    os.write(0, b"\0\0\0\2[}")
    _hang()


def _die() -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def _hang_up() -> dict[str, Any]:
    os.close(0)
    return {}


def _refusals() -> dict[str, Any]:
    """What it is answered when it tries to get out."""
    return {
        "file": _refusal(lambda: os.open("/etc/hostname", os.O_RDONLY)),
        "socket": _refusal(socket.socket),
        "pipe": _refusal(os.pipe),
        "core": _refusal(lambda: os.memfd_create("core")),
    }


def _refusal(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return ""


def _around() -> dict[str, Any]:
    return {"environment": dict(os.environ), "folder": str(Path.cwd())}


_ORDERS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "pid": _pid,
    "hang": _hang,
    "tell and hang": _tell_and_hang,
    "spin": _spin,
    "spend": _spend,
    "allocate": _allocate,
    "grow": _grow,
    "print": _print,
    "talk nonsense": _talk_nonsense,
    "answer itself": _answer_itself,
    "refusals": _refusals,
    "around": _around,
    "die": _die,
    "crash": os.abort,
    "leave": lambda: os._exit(7),
    "hang up": _hang_up,
    "boast": lambda: {"title": "x" * 1_000_000},
}
