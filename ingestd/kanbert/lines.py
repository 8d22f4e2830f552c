"""The network: a connection to each thread that uses it.

httpcore's pool is not shared between threads: it may close a connection that it has just handed
to another thread (encode/httpcore#1110, open as of 1.0.9; seen here as 20 times "Bad file
descriptor" in 4,000 requests of 8 threads over 3 connections), which would leave creates with an
unknown outcome. So there are as many lines as connections are wanted, and one thread at a time has
each.
"""

from __future__ import annotations

import queue
import ssl
import time
from collections.abc import Callable, Iterator, Mapping

import httpcore
import httpx

from ingestd.kanbert.address import is_loopback
from ingestd.kanbert.direct import Direct, Received
from ingestd.kanbert.proxied import Proxied, Through, checked_proxy
from ingestd.kanbert.traffic import Answer, Request

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


class Line:
    """One connection, through the proxy if there is one, for one thread at a time.

    This very machine is never asked for through a proxy: it may be spoken to without TLS only
    because nobody stands in between.
    """

    def __init__(self, trust: ssl.SSLContext, proxy: httpx.URL | None) -> None:
        self._direct = Direct(trust, keep=_KEEPALIVE, clock=time.monotonic)
        self._proxied = None if proxy is None else Proxied(proxy, trust, keep=_KEEPALIVE)

    def send(self, request: Request) -> Received | Through:
        """Send a request; the answer's body is still to be read. Raises httpcore's exceptions."""
        if self._proxied is None or is_loopback(request.url.host):
            return self._direct.send(request)
        return self._proxied.send(request)

    def close(self) -> None:
        """Close the connection."""
        self._direct.close()
        if self._proxied is not None:
            self._proxied.close()


class Lines:
    """Sends requests over at most `pool_size` kept-alive connections.

    Raises SettingsError for a proxy that is none.
    """

    def __init__(
        self, trust: ssl.SSLContext, proxy: str | None = None, pool_size: int = 10
    ) -> None:
        behind = checked_proxy(proxy) if proxy else None
        self._lines = [Line(trust, behind) for _ in range(pool_size)]
        # the last one used first: its connection is the likeliest to be open still
        self._free: queue.LifoQueue[Line] = queue.LifoQueue()
        for line in self._lines:
            self._free.put(line)

    def send(self, request: Request) -> Answer:
        """Send a request; the answer must be closed. Raises `httpx.TransportError`."""
        try:
            line = self._free.get(timeout=request.turn)
        except queue.Empty:
            raise httpx.PoolTimeout("") from None
        try:
            answer = line.send(request)
        except BaseException as error:
            self._free.put(line)
            if isinstance(error, _FAILURES):
                raise _as_httpx(error) from error
            raise
        return _Answer(answer, lambda: self._free.put(line))

    def close(self) -> None:
        """Close all connections, also those in use."""
        for line in self._lines:
            line.close()


class _Answer:
    def __init__(self, answer: Received | Through, give_back: Callable[[], None]) -> None:
        self._answer = answer
        self._give_back: Callable[[], None] | None = give_back
        self.status = answer.status
        self.headers: Mapping[str, str] = answer.headers

    def chunks(self) -> Iterator[bytes]:
        try:
            yield from self._answer.chunks()
        except _FAILURES as error:
            raise _as_httpx(error) from error

    def close(self) -> None:
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            try:
                self._answer.close()
            finally:
                give_back()


def _as_httpx(error: Exception) -> httpx.TransportError:
    """Turn httpcore's exception into httpx's of the same name, as httpx itself does."""
    made = getattr(httpx, type(error).__name__)(str(error))
    assert isinstance(made, httpx.TransportError)
    return made
