"""Clients of real servers on this machine."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from typing import Any

from ingestd.kanbert import BearerToken, CreateInvoice, Kanbert, RetryPolicy
from tests.kanbert.doubles import TOKEN
from tests.kanbert.servers import (
    Server,
    answer,
)

INVOICE = answer(201, b'{"id": "a"}', "Content-Type: application/json")
PAGE = answer(200, b'{"data": []}', "Content-Type: application/json")
ONCE = RetryPolicy(attempts=1)
SOME = b"%PDF-" + bytes(20_000_000)


def client(server: Server, scheme: str = "http", **options: Any) -> Kanbert:
    options = {"timeout": 5.0, "deadline": 5.0, "retry": ONCE, **options}
    return Kanbert(f"{scheme}://{server.address}/api/v1", BearerToken(TOKEN), **options)


def create(kanbert: Kanbert, file: bytes = b"%PDF-") -> None:
    kanbert.create(CreateInvoice(title="Paper"), file=file)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def say_nothing(server: Server, _: socket.socket) -> None:
    server.done.wait()
