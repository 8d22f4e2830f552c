"""A reading function that does what the XML orders it to: `<order>lie</order>`."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tests.describe.pdfs import with_invoice

MODULE = __name__


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


def _pid() -> dict[str, Any]:
    return {"pid": os.getpid()}


def _raise() -> NoReturn:
    raise KeyError("invoice")


def _answer_itself() -> NoReturn:
    os.write(0, b"\0\0\0\2[]")
    while True:
        signal.pause()


_ORDERS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "pid": _pid,
    "raise": _raise,
    "allocate": lambda: {"title": bytearray(1 << 40)},
    "answer itself": _answer_itself,
    "boast": lambda: {"title": "x" * 1_000_000},
    "lie": lambda: {"net_value": float("nan")},
    "smuggle": lambda: {"title": threading.Lock()},
    "halve": lambda: {"title": "half of \ud83d"},
}
