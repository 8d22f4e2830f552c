"""A pool of connections, of which one thread at a time has each.

httpcore's own is not shared between threads: it may close a connection that it has just handed to
another thread (encode/httpcore#1110, open as of 1.0.9; seen here as 20 times "Bad file descriptor"
in 4,000 requests of 8 threads over 3 connections), which would leave creates with an unknown
outcome.
"""

from __future__ import annotations

import queue
import ssl
import time
from collections.abc import Iterator

import httpcore
import httpx

from ingestd.kanbert.address import is_loopback
from ingestd.kanbert.direct import DirectConnection
from ingestd.kanbert.proxied import ProxiedConnection, checked_proxy
from ingestd.kanbert.transport import Answer, Request

# Below the 5 s after which uvicorn, Node and Apache hang up by default: a request written into a
# connection that is being closed has an unknown outcome, and has to be looked into.
_KEEPALIVE = 4.0

_FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


class _Connection:
    """One connection, through the proxy if there is one, for one thread at a time.

    This very machine is never asked for through a proxy: it may be spoken to without TLS only
    because nobody stands in between.
    """

    def __init__(self, trust: ssl.SSLContext, proxy: httpx.URL | None) -> None:
        self._direct = DirectConnection(trust, keep=_KEEPALIVE, clock=time.monotonic)
        self._proxied = ProxiedConnection(proxy, trust, keep=_KEEPALIVE) if proxy else None

    def send(self, request: Request) -> Answer:
        """Send a request. This, and reading the answer, raise httpcore's exceptions."""
        if self._proxied is None or is_loopback(request.url.host):
            return self._direct.send(request)
        return self._proxied.send(request)

    def close(self) -> None:
        """Close the connection."""
        self._direct.close()
        if self._proxied is not None:
            self._proxied.close()


class Pool:
    """Sends requests over at most `size` kept-alive connections.

    Raises SettingsError for a proxy that is none.
    """

    def __init__(self, trust: ssl.SSLContext, proxy: str | None = None, size: int = 10) -> None:
        through = checked_proxy(proxy) if proxy else None
        self._connections = [_Connection(trust, through) for _ in range(size)]
        # the last one used first: it is the likeliest to be open still
        self._free: queue.LifoQueue[_Connection] = queue.LifoQueue()
        for connection in self._connections:
            self._free.put(connection)

    def send(self, request: Request) -> Answer:
        """Send a request; the answer must be closed. Raises `httpx.TransportError`."""
        try:
            connection = self._free.get(timeout=request.turn)
        except queue.Empty:
            raise httpx.PoolTimeout("") from None
        try:
            return self._lending(connection, connection.send(request))
        except BaseException as error:
            self._free.put(connection)
            if isinstance(error, _FAILURES):
                raise _as_httpx(error) from error
            raise

    def close(self) -> None:
        """Close all connections, also those in use."""
        for connection in self._connections:
            connection.close()

    def _lending(self, connection: _Connection, answer: Answer) -> Answer:
        """Have the connection free again once its answer is closed; be that done twice."""
        lent = [connection]

        def close() -> None:
            while lent:
                free = lent.pop()
                try:
                    answer.close()
                finally:
                    self._free.put(free)

        return Answer(answer.status, answer.headers, lambda: _chunks_of(answer), close)


def _chunks_of(answer: Answer) -> Iterator[bytes]:
    try:
        yield from answer.chunks()
    except _FAILURES as error:
        raise _as_httpx(error) from error


def _as_httpx(error: Exception) -> httpx.TransportError:
    """Turn httpcore's exception into httpx's of the same name, as httpx itself does."""
    made = getattr(httpx, type(error).__name__)(str(error))
    assert isinstance(made, httpx.TransportError)
    return made
