"""The seam between the client and the network: a request, its answer, and who carries them.

    Wire ─┬─▶ Pool ─┬─▶ DirectConnection    to the server; httptools or h11 reads the answers
          │         └─▶ ProxiedConnection   through a proxy, which is httpcore's
          └─▶ HttpxTransport                a transport for httpx, such as a test's

Each of the three is a `Transport`, or part of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx


class Allowance(float):
    """Seconds that one network wait may take, shrinking as the whole call's deadline comes near.

    httpcore hands the timeouts of a request unchanged to each connect, read and write, so this
    reaches the transport as an ordinary number, and `left` tells the one who knows of it more.
    """

    __slots__ = ("_clock", "_until", "_wait")

    _wait: float
    _until: float
    _clock: Callable[[], float]

    def __new__(cls, wait: float, until: float, clock: Callable[[], float]) -> Allowance:
        """Allow `wait` seconds now, but nothing past `until` on the clock."""
        made = super().__new__(cls, max(0.001, min(wait, until - clock())))
        made._wait, made._until, made._clock = wait, until, clock
        return made

    def left(self) -> float:
        """Return the seconds allowed from now on; 0 or less once the deadline has passed."""
        return min(self._wait, self._until - self._clock())


OnSent = Callable[[int, int], None]
"""Told how many bytes of a request's body are on their way, and how many there are."""

PIECE = 64 * 1024
"""Bytes; the most that is sent without telling."""


class Body(httpx.SyncByteStream):
    """A request's body that remembers whether any of it was begun.

    That happens once the whole head has been written, be the body empty: before, nobody can have
    carried the request out.
    """

    def __init__(self, chunks: Sequence[bytes], on_sent: OnSent | None = None) -> None:
        self.chunks = chunks
        self.begun = False
        self._on_sent = on_sent

    def __iter__(self) -> Iterator[bytes]:
        """Give it out as it is asked for, which httpx and httpcore do after the head."""
        self.note_sent(0)
        if self.is_told_of:
            yield from self._told()
        else:
            yield from self.chunks

    def _told(self) -> Iterator[bytes]:
        sent = 0
        for chunk in self.chunks:
            for start in range(0, len(chunk), PIECE):
                piece = chunk[start : start + PIECE]
                yield piece
                sent += len(piece)
                self.note_sent(sent)

    @property
    def is_told_of(self) -> bool:
        """Whether somebody wants to know how it gets on."""
        return self._on_sent is not None

    def note_sent(self, sent: int) -> None:
        """Note that so many bytes of it are on their way, and all of the head before them."""
        self.begun = True
        if self._on_sent is not None:
            self._on_sent(sent, sum(map(len, self.chunks)))


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes to the network, with what it is allowed."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str]
    body: Body
    allowance: Allowance
    turn: float
    """Seconds that it may wait for a connection that others use."""

    @property
    def timeouts(self) -> dict[str, float]:
        """What it is allowed, as httpx and httpcore take it."""
        return {**dict.fromkeys(("connect", "read", "write"), self.allowance), "pool": self.turn}


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer, its body still to be read; it must be closed."""

    status: int
    headers: Mapping[str, str]
    """By names in lower case."""
    chunks: Callable[[], Iterator[bytes]]
    """Reads the body, which is still encoded. Raises what `Transport.send` does."""
    close: Callable[[], None]


class Transport(Protocol):
    """Somebody who carries requests."""

    def send(self, request: Request) -> Answer:
        """Send one and return the head of its answer. Raises `httpx.TransportError`."""
        ...

    def close(self) -> None:
        """Close all connections, also those in use."""
        ...
