"""A socket that waits only where it has to, and never past a call's deadline.

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

from ingestd.kanbert.transport import Allowance

T = TypeVar("T")

_RECORD = 16 * 1024
"""Bytes, the most that TLS encrypts as one: it is decrypted whole or not at all (RFC 8446 §5)."""
_AT_ONCE = 4 * _RECORD
"""Bytes that are received at a time: a whole record at least. What is left of one was read from the
socket already, where it would be waited for in vain."""
_JOINED = 256 * 1024
"""Bytes, at most, that are joined: to copy more takes longer than another system call."""


@dataclass(frozen=True, slots=True)
class _Direction:
    """Reading or writing: how to wait for it, and what is raised where that takes too long."""

    ready: select.poll
    late: type[Exception]
    broken: type[Exception]


class NonBlockingSocket:
    """A connected socket, with TLS or without, for one thread at a time.

    Its methods raise httpcore's exceptions.
    """

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._is_encrypted = isinstance(connected, ssl.SSLSocket)
        self._in = _Direction(select.poll(), httpcore.ReadTimeout, httpcore.ReadError)
        self._in.ready.register(connected, select.POLLIN)
        self._out = _Direction(select.poll(), httpcore.WriteTimeout, httpcore.WriteError)
        self._out.ready.register(connected, select.POLLOUT)

    def is_quiet(self) -> bool:
        """Say whether there is nothing to be read, not even that the server hung up."""
        return not self._in.ready.poll(0)

    def send(self, parts: Sequence[memoryview], allowance: Allowance) -> int:
        """Send a beginning of the parts; return how many bytes that was, one at least.

        After an error the first of them did not go whole, unless it was the last but one.
        """
        if self._is_encrypted:
            first = _encrypted_at_once(parts)
            return self._do(self._out, lambda: self._socket.send(first), allowance)
        return self._do(self._out, lambda: self._socket.sendmsg(parts), allowance)

    def receive(self, allowance: Allowance) -> bytes:
        """Return what came, once there is something; nothing where the server hung up."""
        _wait(self._in, allowance, self._in.late)
        return self._do(self._in, lambda: self._socket.recv(_AT_ONCE), allowance)

    def close(self) -> None:
        """Close the connection; from any thread."""
        self._socket.close()

    def _do(self, direction: _Direction, call: Callable[[], T], allowance: Allowance) -> T:
        """Call it, and again whenever the socket is ready, until it neither blocks nor is late."""
        while allowance.left() > 0:
            try:
                return call()
            except ssl.SSLWantReadError:  # TLS may have to hear something before it goes on
                awaited = self._in
            except ssl.SSLWantWriteError:
                awaited = self._out
            except BlockingIOError:
                awaited = direction
            except OSError as error:
                raise direction.broken(error) from error
            _wait(awaited, allowance, direction.late)
        raise direction.late("the deadline passed")


def _wait(awaited: _Direction, allowance: Allowance, late: type[Exception]) -> None:
    left = allowance.left()
    if left <= 0:
        raise late("the deadline passed")
    if not awaited.ready.poll(left * 1000):
        raise late("timed out")


def _encrypted_at_once(parts: Sequence[memoryview]) -> bytes | memoryview:
    """Join parts, as TLS takes one at a time.

    A request's small beginning comes to a record, no more: after an error nothing of it arrived.
    """
    if len(parts[0]) < _RECORD:
        return b"".join(first_bytes(parts, _RECORD))
    match parts:
        case [document, end] if len(document) + len(end) <= _JOINED:
            return b"".join((document, end))
    return parts[0]


def first_bytes(parts: Sequence[memoryview], most: int) -> list[memoryview]:
    """Return so many bytes of the parts, uncopied."""
    taken: list[memoryview] = []
    for part in parts:
        taken.append(part[:most])
        most -= len(taken[-1])
        if not most:
            break
    return taken


def without_first(parts: Sequence[memoryview], sent: int) -> list[memoryview]:
    """Return what is left of the parts when so many bytes of them were sent."""
    left = list(parts)
    while left and sent >= len(left[0]):
        sent -= len(left.pop(0))
    return [left[0][sent:], *left[1:]] if left else left
