"""A connection that is tried before it is waited for, and never waits past a call's deadline.

A socket with a timeout waits before each send though there is nearly always room, and setting the
timeout anew for each wait is another system call: two of three that a request took. Each of them
lets another thread have the interpreter.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import httpcore

from ingestd.kanbert.traffic import Allowance

T = TypeVar("T")

_RECORD = 16 * 1024
"""Bytes, the most that TLS encrypts as one: it is decrypted whole or not at all (RFC 8446 §5)."""
_AT_ONCE = 4 * _RECORD
"""Bytes. Below a record, what is left of it would be here already, and waited for in vain."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One of a connection's two ways, and what is raised where it is blocked for too long."""

    ready: select.poll
    late: type[Exception]
    broken: type[Exception]


class Link:
    """A connected socket, with TLS or without, for one thread at a time.

    Its methods raise httpcore's exceptions.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._is_encrypted = isinstance(connection, ssl.SSLSocket)
        self._in = _Way(select.poll(), httpcore.ReadTimeout, httpcore.ReadError)
        self._in.ready.register(connection, select.POLLIN)
        self._out = _Way(select.poll(), httpcore.WriteTimeout, httpcore.WriteError)
        self._out.ready.register(connection, select.POLLOUT)

    def is_quiet(self) -> bool:
        """Say whether there is nothing to be read, not even that the server hung up."""
        return not self._in.ready.poll(0)

    def send(self, parts: Sequence[memoryview], allowance: Allowance) -> int:
        """Send a beginning of the parts; return how many bytes that was, one at least.

        After an error the first of them did not go whole.
        """
        if self._is_encrypted:
            first = _encrypted_at_once(parts)
            return self._when(self._out, lambda: self._connection.send(first), allowance)
        return self._when(self._out, lambda: self._connection.sendmsg(parts), allowance)

    def receive(self, allowance: Allowance) -> bytes:
        """Return what came, once there is something; nothing where the server hung up."""
        _wait(self._in, allowance, self._in.late)
        return self._when(self._in, lambda: self._connection.recv(_AT_ONCE), allowance)

    def close(self) -> None:
        """Close the connection; from any thread."""
        self._connection.close()

    def _when(self, way: _Way, deed: Callable[[], T], allowance: Allowance) -> T:
        """Do it, as soon as the connection allows."""
        while allowance.left() > 0:
            try:
                return deed()
            except ssl.SSLWantReadError:  # TLS may have to hear something before it goes on
                awaited = self._in
            except ssl.SSLWantWriteError:
                awaited = self._out
            except BlockingIOError:
                awaited = way
            except OSError as error:
                raise way.broken(error) from error
            _wait(awaited, allowance, way.late)
        raise way.late("the deadline passed")


def _wait(awaited: _Way, allowance: Allowance, late: type[Exception]) -> None:
    left = allowance.left()
    if left <= 0:
        raise late("the deadline passed")
    if not awaited.ready.poll(left * 1000):
        raise late("timed out")


def _encrypted_at_once(parts: Sequence[memoryview]) -> bytes | memoryview:
    """Join small parts, as TLS takes one at a time; what is large is not worth a copy."""
    if len(parts[0]) >= _RECORD:
        return parts[0]
    return b"".join(beginning(parts, _RECORD))


def beginning(parts: Sequence[memoryview], most: int) -> list[memoryview]:
    """Return so many bytes of the parts, uncopied."""
    taken: list[memoryview] = []
    for part in parts:
        taken.append(part[:most])
        most -= len(taken[-1])
        if not most:
            break
    return taken


def after(parts: Sequence[memoryview], sent: int) -> list[memoryview]:
    """Return what is left of the parts when so many bytes of them were sent."""
    left = list(parts)
    while left and sent >= len(left[0]):
        sent -= len(left.pop(0))
    return [left[0][sent:], *left[1:]] if left else left
