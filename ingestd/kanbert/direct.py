"""One kept-alive connection straight to a server, without a pool around it.

httpcore's own way from a pool to its connection costs as much again as all of h11 does, for each
request, and only serves threads that share a pool.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Protocol

import httpcore

from ingestd.kanbert.http1 import Read, request_head
from ingestd.kanbert.network import DeadlineBackend
from ingestd.kanbert.nonblocking import NonBlockingSocket, first_bytes, without_first
from ingestd.kanbert.transport import PIECE, Allowance, Answer, Request

READ: Read
"""The quickest that is installed."""
try:
    from ingestd.kanbert import by_httptools

    READ = by_httptools.Answer
except ImportError:  # it belongs to the extra `fast`
    from ingestd.kanbert import by_h11

    READ = by_h11.Answer

_PORTS = {"http": 80, "https": 443}


class Sender(Protocol):
    """Whom a request is sent to."""

    def send(self, parts: Sequence[memoryview], allowance: Allowance) -> int:
        """Send a beginning of the parts; return how many bytes that was, one at least."""
        ...


class DirectConnection:
    """A connection for one thread at a time, kept for some seconds after each answer.

    Its methods raise httpcore's exceptions.
    """

    def __init__(
        self,
        trust: ssl.SSLContext,
        *,
        keep: float,
        clock: Callable[[], float],
        network: httpcore.NetworkBackend | None = None,
        read: Read = READ,
    ) -> None:
        """Connect to nobody yet.

        :param keep: seconds that it is kept without a request.
        """
        self._trust = trust
        self._keep = keep
        self._clock = clock
        self._network = network or DeadlineBackend()
        self._read = read
        self._connection: NonBlockingSocket | None = None
        self._server: tuple[str, str, int | None] | None = None
        self._kept_until = 0.0

    def send(self, request: Request) -> Answer:
        """Send a request; the answer must be closed."""
        try:
            connection, allowance = self._connected(request), request.allowance
            is_sent_whole = send_request(request, connection)
            parsed = self._read(lambda: connection.receive(allowance))
        except BaseException:
            self.close()
            raise

        def close() -> None:
            self._keep_or_close(is_sent_whole and parsed.leaves_connection_open)

        return Answer(parsed.status, parsed.headers, parsed.chunks, close)

    def close(self) -> None:
        """Close the connection; from any thread."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connected(self, request: Request) -> NonBlockingSocket:
        url = request.url
        server = url.scheme, url.raw_host.decode("ascii"), url.port
        if (
            self._connection is not None
            and server == self._server
            and self._is_open(self._connection)
        ):
            return self._connection
        self.close()
        self._connection = self._connect(*server, allowance=request.allowance)
        self._server = server
        return self._connection

    def _is_open(self, connection: NonBlockingSocket) -> bool:
        # what there is to be read of a server that was asked nothing is that it hung up
        return self._clock() <= self._kept_until and connection.is_quiet()

    def _connect(
        self, scheme: str, host: str, port: int | None, *, allowance: Allowance
    ) -> NonBlockingSocket:
        stream: httpcore.NetworkStream
        stream = self._network.connect_tcp(host, port or _PORTS[scheme], allowance)
        if scheme == "https":
            self._trust.set_alpn_protocols(["http/1.1"])
            stream = stream.start_tls(self._trust, host, allowance)
        connection: socket.socket = stream.get_extra_info("socket")
        return NonBlockingSocket(connection)

    def _keep_or_close(self, may_go_on: bool) -> None:
        """Keep the connection if all was said on both sides, and both would go on."""
        if may_go_on:
            self._kept_until = self._clock() + self._keep
        else:
            self.close()


def send_request(request: Request, to: Sender) -> bool:
    """Send a request, as much at a time as there is room for; say whether all of it went.

    A server may refuse a request, and hang up, before it has read it whole.
    """
    body, allowance = request.body, request.allowance
    head = request_head(request.method, request.url.raw_path, request.headers)
    left = [memoryview(part) for part in (head, *body.chunks)]
    sent = -len(head)  # of the body
    try:
        while left:
            took = to.send(first_bytes(left, PIECE) if body.is_told_of else left, allowance)
            left, sent = without_first(left, took), sent + took
            if sent >= 0:
                body.note_sent(sent)
    except httpcore.WriteError:
        return False
    return True
