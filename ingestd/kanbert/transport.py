"""An httpx transport with deadlines, and with a connection to each thread that uses it.

`httpx.HTTPTransport` cannot be given another network, so this is its equivalent, on httpcore's
public pieces.

httpcore's pool is not shared between threads: it may close a connection that it has just handed
to another thread (encode/httpcore#1110, open as of 1.0.9; seen here as 20 times "Bad file
descriptor" in 4,000 requests of 8 threads over 3 connections), which would leave creates with an
unknown outcome. So there are as many pools of one connection as connections are wanted, and one
thread at a time has each.
"""

from __future__ import annotations

import queue
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import httpx

from ingestd.errors import SettingsError
from ingestd.kanbert.address import is_loopback
from ingestd.kanbert.direct import Direct, Received
from ingestd.kanbert.network import DeadlineBackend

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
        self._proxied = None if proxy is None else _behind(proxy, trust)

    def send(self, request: httpx.Request) -> httpcore.Response | Received:
        """Send a request; the answer's body is still to be read. Raises httpcore's exceptions."""
        url = request.url
        assert isinstance(request.stream, httpx.SyncByteStream)
        if self._proxied is None or is_loopback(url.host):
            return self._direct.send(request)
        return self._proxied.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )

    def close(self) -> None:
        """Close the connection."""
        self._direct.close()
        if self._proxied is not None:
            self._proxied.close()


class DeadlineTransport(httpx.BaseTransport):
    """Sends requests over at most `pool_size` kept-alive connections.

    Raises SettingsError for a proxy that is none; credentials in its address go to it alone.
    """

    def __init__(
        self, trust: ssl.SSLContext, *, proxy: str | None = None, pool_size: int = 10
    ) -> None:
        behind = _proxy(proxy) if proxy else None
        self._lines = [Line(trust, behind) for _ in range(pool_size)]
        # the last one used first: its connection is the likeliest to be open still
        self._free: queue.LifoQueue[Line] = queue.LifoQueue()
        for line in self._lines:
            self._free.put(line)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the answer must be closed. Raises `httpx.TransportError`."""
        try:
            line = self._free.get(timeout=request.extensions["timeout"]["pool"])
        except queue.Empty:
            raise httpx.PoolTimeout("") from None
        try:
            answer = line.send(request)
        except BaseException as error:
            self._free.put(line)
            if isinstance(error, _FAILURES):
                raise _as_httpx(error) from error
            raise
        stream = _Answer(answer, lambda: self._free.put(line))
        return httpx.Response(answer.status, headers=answer.headers, stream=stream)

    def close(self) -> None:
        """Close all connections, also those in use."""
        for line in self._lines:
            line.close()


class _Answer(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response | Received, give_back: Callable[[], None]) -> None:
        self._answer = answer
        self._give_back: Callable[[], None] | None = give_back

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_stream()
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


def _one(trust: ssl.SSLContext) -> dict[str, Any]:
    return {
        "ssl_context": trust,
        "max_connections": 1,
        "keepalive_expiry": _KEEPALIVE,
        "network_backend": DeadlineBackend(),
    }


def _proxy(address: str) -> httpx.URL:
    url = httpx.URL(address)
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError(
            "proxy must begin with http:// or https://",
            hint='Write it such as "http://proxy.example.com:3128".',
        )
    return url


def _behind(proxy: httpx.URL, trust: ssl.SSLContext) -> httpcore.ConnectionPool:
    return httpcore.HTTPProxy(
        proxy_url=httpcore.URL(
            scheme=proxy.raw_scheme, host=proxy.raw_host, port=proxy.port, target=b"/"
        ),
        proxy_auth=(proxy.username, proxy.password) if proxy.userinfo else None,
        proxy_ssl_context=trust if proxy.scheme == "https" else None,
        **_one(trust),
    )
