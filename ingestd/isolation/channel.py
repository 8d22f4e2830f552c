"""Whole messages over a socket, each with its length before it."""

from __future__ import annotations

import math
import socket
import struct
from collections.abc import Callable

_LENGTH = struct.Struct("!I")

LONGEST = 2 ** (8 * _LENGTH.size) - 1
"""Bytes of one message."""


class Channel:
    """One end of a socket, of which the other end may hang, die or talk nonsense."""

    def __init__(self, end: socket.socket, *, clock: Callable[[], float]) -> None:
        self._socket = end
        self._clock = clock

    def send(self, message: bytes, *, until: float = math.inf) -> None:
        """Send a message.

        :param until: when to give up, by the channel's clock.
        :raises ValueError: it is longer than `LONGEST`.
        :raises TimeoutError, OSError: the other end does not take it, or is gone.
        """
        if len(message) > LONGEST:
            raise ValueError(f"{len(message)} bytes are too many.")
        for part in (_LENGTH.pack(len(message)), message):
            self._wait_until(until)
            self._socket.sendall(part)

    def receive(self, *, longest: int = LONGEST, until: float = math.inf) -> bytes:
        """Wait for a message.

        :raises ValueError: it says that it is longer than `longest`.
        :raises EOFError: the other end is gone.
        :raises TimeoutError, OSError: nothing came in time.
        """
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, until))
        if length > longest:
            raise ValueError(f"A message of {length} bytes was announced.")
        return bytes(self._exactly(length, until))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _exactly(self, length: int, until: float) -> bytearray:
        received = bytearray(length)
        rest = memoryview(received)
        while rest:
            self._wait_until(until)
            count = self._socket.recv_into(rest)
            if not count:
                raise EOFError
            rest = rest[count:]
        return received

    def _wait_until(self, until: float) -> None:
        left = until - self._clock()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(None if math.isinf(left) else left)
