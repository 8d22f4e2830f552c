"""Connections that httpcore makes, and uses behind a proxy, without a wait past a call's deadline.

The timeouts of httpx and httpcore are per wait: a server that sends one byte every 29 seconds
stays within a timeout of 30 s for ever.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from ingestd.kanbert.transport import Allowance

_PIECE = 64 * 1024


def _left(timeout: float | None) -> float | None:
    return timeout.left() if isinstance(timeout, Allowance) else timeout


class DeadlineStream(httpcore.NetworkStream):
    """A connection that asks anew before each wait how much time there is."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is, within the time left."""
        left = _left(timeout)
        if left is not None and left <= 0:
            raise httpcore.ReadTimeout("the deadline passed")
        return self._inner.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it, a piece at a time, each within the time left.

        Python's TLS counts one send as one wait however long it is: handed over whole, as httpcore
        does, a document of 15 MB had to be through within the timeout of a single wait (seen with
        3.11, httpcore 1.0.9). A memoryview, for what is left need not be copied each time.
        """
        rest = memoryview(buffer)
        while rest:
            left = _left(timeout)
            if left is not None and left <= 0:
                raise httpcore.WriteTimeout("the deadline passed")
            rest = rest[self._send(rest[:_PIECE], left) :]

    def _send(self, piece: memoryview, left: float | None) -> int:
        if isinstance(self._inner.get_extra_info("ssl_object"), ssl.SSLObject):
            # TLS within the TLS of an https proxy: only httpcore can write into the inner one
            self._inner.write(bytes(piece), left)
            return len(piece)
        connection: socket.socket = self._inner.get_extra_info("socket")
        try:
            connection.settimeout(left)
            return connection.send(piece)
        except TimeoutError as error:
            raise httpcore.WriteTimeout(error) from error
        except OSError as error:
            raise httpcore.WriteError(error) from error

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Begin TLS, within the time left."""
        left = _left(timeout)
        if left is not None and left <= 0:
            raise httpcore.ConnectTimeout("the deadline passed")
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows, such as its `socket`."""
        return self._inner.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections as httpcore does, trying a name's addresses within one time for all."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of a host's addresses that answers.

        The look-up of the name itself cannot be timed: it takes what the system's resolver takes.
        """
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in _addresses(host, port):
            left = _left(timeout)
            if left is not None and left <= 0:
                raise httpcore.ConnectTimeout("the deadline passed")
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return DeadlineStream(stream)
        raise failure


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} cannot be looked up: {error}") from error
    numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    return [socket.getnameinfo(address, numeric)[0] for *_, address in found]
