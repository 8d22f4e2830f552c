"""A reading function that does what the XML orders it to: `<order>hang</order>`."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from tests.describe.pdfs import with_invoice

MODULE = __name__

_kept: list[bytearray] = []


class NoEInvoice(Exception):
    """The XML is no order."""


@dataclass(frozen=True)
class EInvoice:
    fields: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    complete: bool = True
    kind: str = "order"


def order(what: str) -> bytes:
    """A document that orders something."""
    return with_invoice(b"<order>%b</order>" % what.encode())


def read_xml(xml: bytes) -> EInvoice:
    found = re.search(rb"<order>(.*)</order>", xml)
    if not found:
        raise NoEInvoice("It is no order.")
    return EInvoice(_ORDERS[found[1].decode()]())


def _hang() -> NoReturn:
    while True:
        signal.pause()


def _tell_and_hang() -> NoReturn:
    os.kill(os.getppid(), signal.SIGUSR1)
    _hang()


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
    os.write(0, b"\0\0\0\2[]")
    _hang()


def _die() -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def _hang_up() -> dict[str, Any]:
    os.close(0)
    return {}


def _raise() -> NoReturn:
    raise KeyError("invoice")


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
    "allocate": _allocate,
    "grow": _grow,
    "print": _print,
    "talk nonsense": _talk_nonsense,
    "answer itself": _answer_itself,
    "raise": _raise,
    "refusals": _refusals,
    "around": _around,
    "die": _die,
    "crash": os.abort,
    "leave": lambda: os._exit(7),
    "hang up": _hang_up,
    "boast": lambda: {"title": "x" * 1_000_000},
    "lie": lambda: {"net_value": float("nan")},
    "smuggle": lambda: {"title": threading.Lock()},
    "halve": lambda: {"title": "half of \ud83d"},
}
