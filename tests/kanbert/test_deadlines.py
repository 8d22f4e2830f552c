"""Slow servers, slow lines: every call ends in time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingestd.errors import (
    OutcomeUnknown,
    Unavailable,
)
from ingestd.kanbert.meaning import Failure
from ingestd.kanbert.pool import Pool
from ingestd.kanbert.tls import trust
from ingestd.kanbert.wire import Outgoing, Wire
from tests.kanbert.connected import INVOICE, SOME, client, create, say_nothing, within
from tests.kanbert.servers import (
    Server,
    dripping,
    read_request,
    serving,
)


@pytest.mark.parametrize(
    "talk",
    [
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 201 Created\r\nX: ", b"x"),
        dripping(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        dripping(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n", b" "),
        dripping(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
    ids=["status line", "header", "early hints", "body", "chunks"],
)
def test_an_answer_that_drips_ends_with_the_deadline(
    talk: Callable[[Server, socket.socket], None],
) -> None:
    with (
        serving(talk) as server,
        client(server, timeout=0.4, deadline=0.6) as kanbert,
        within(20),
        pytest.raises(OutcomeUnknown),
    ):
        create(kanbert)


def test_silence_ends_with_the_timeout() -> None:
    with (
        serving(say_nothing) as server,
        client(server, timeout=0.3) as kanbert,
        within(20),
        pytest.raises(OutcomeUnknown, match="no answer in time"),
    ):
        create(kanbert)


def test_a_document_that_is_taken_in_drops_ends_with_the_deadline() -> None:
    def sip(server: Server, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for _ in range(100):
            if server.done.wait(0.05) or not connection.recv(20_000):
                break

    with (
        serving(sip) as server,
        client(server, timeout=0.4, deadline=0.8) as kanbert,
        within(20),
        pytest.raises(OutcomeUnknown, match="took too long to send"),
    ):
        create(kanbert, SOME)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_document_on_a_slow_line_has_more_time_than_a_single_wait(
    certified: Any, scheme: str
) -> None:
    pem, tls = certified

    def swallow(server: Server, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        swallowed = 0
        while swallowed < len(SOME) and not server.done.wait(0.03):
            mouthful = swallowed + 1_000_000
            while swallowed < min(mouthful, len(SOME)):
                swallowed += len(connection.recv(65536))
        connection.sendall(INVOICE)

    with (
        serving(swallow, tls if scheme == "https" else None) as server,
        client(server, scheme, timeout=0.4, ca_bundle=pem) as kanbert,
    ):
        began = time.monotonic()
        create(kanbert, SOME)

    assert time.monotonic() - began > 0.5


def test_a_handshake_that_never_comes_ends_with_the_timeout(pem: Path) -> None:
    with (
        serving(say_nothing) as server,
        client(server, "https", timeout=0.3, ca_bundle=pem) as kanbert,
        within(20),
        pytest.raises(Unavailable, match="no connection in time"),
    ):
        create(kanbert)


def test_waiting_for_a_free_connection_ends_with_the_deadline() -> None:
    asked = threading.Event()

    def keep_busy(server: Server, connection: socket.socket) -> None:
        read_request(server, connection)
        asked.set()
        server.done.wait()

    with ThreadPoolExecutor(1) as pool, serving(keep_busy) as server:
        transport = Pool(trust(None), size=1)
        wire = Wire(transport, timeout=60.0, clock=time.monotonic)
        asking = Outgoing("GET", httpx.URL(f"http://{server.address}/"))
        pool.submit(wire.exchange, asking, {}, until=time.monotonic() + 60)
        asked.wait(20)

        failure = wire.exchange(asking, {}, until=time.monotonic() + 0.2)

    assert isinstance(failure, Failure)
    assert "no free connection" in failure.why
    assert not failure.reached
    assert len(server.heard) == 1
