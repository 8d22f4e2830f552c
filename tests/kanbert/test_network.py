"""Each wait of the network against the time that is left."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import httpcore
import pytest

from ingestd.kanbert.network import DeadlineStream
from ingestd.kanbert.transport import Allowance
from tests.kanbert.doubles import FakeTime


class Inner(httpcore.NetworkStream):
    """Remembers how long it was to wait."""

    def __init__(self) -> None:
        self.waits: list[float | None] = []
        self.sent = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.waits.append(timeout)
        return b"x" * max_bytes

    def start_tls(self, *args: Any) -> httpcore.NetworkStream:
        self.waits.append(args[-1])
        return self

    def get_extra_info(self, info: str) -> Any:
        return self if info == "socket" else None

    def settimeout(self, seconds: float | None) -> None:
        self.waits.append(seconds)

    def send(self, piece: memoryview) -> int:
        self.sent += bytes(piece[:50_000])
        return len(piece[:50_000])


def left_over(time: FakeTime, *, wait: float = 10.0, until: float = 15.0) -> Allowance:
    return Allowance(wait, until, lambda: time.time)


def test_an_allowance_shrinks_only_as_the_deadline_comes_near() -> None:
    time = FakeTime(time=0.0)
    allowance = left_over(time)
    seen = []

    for time.time in (0.0, 4.0, 6.0, 14.0, 15.0, 16.0):
        seen.append(allowance.left())

    assert seen == [10.0, 10.0, 9.0, 1.0, 0.0, -1.0]


def test_an_allowance_is_a_number_for_whoever_knows_no_better() -> None:
    assert left_over(FakeTime(time=0.0)) == 10.0
    assert left_over(FakeTime(time=14.0)) == 1.0
    assert left_over(FakeTime(time=99.0)) > 0.0


def test_every_read_is_given_what_is_left() -> None:
    time, inner = FakeTime(time=0.0), Inner()
    stream, allowance = DeadlineStream(inner), left_over(time)

    for time.time in (0.0, 12.0):
        stream.read(1, allowance)

    assert inner.waits == [10.0, 3.0]


def test_every_piece_written_is_given_what_is_left() -> None:
    time, inner = FakeTime(time=12.0), Inner()
    document = bytes(range(256)) * 600

    DeadlineStream(inner).write(document, left_over(time))

    assert inner.waits == [3.0] * 4
    assert inner.sent == document


def test_a_handshake_is_given_what_is_left() -> None:
    time, inner = FakeTime(time=0.0), Inner()
    allowance = left_over(time)
    time.time = 12.0

    DeadlineStream(inner).start_tls(None, "x", allowance)  # type: ignore[arg-type]

    assert inner.waits == [3.0]


@pytest.mark.parametrize(
    ("wait", "error"),
    [
        (lambda stream, allowance: stream.read(1, allowance), httpcore.ReadTimeout),
        (lambda stream, allowance: stream.write(b"x", allowance), httpcore.WriteTimeout),
        (lambda stream, allowance: stream.start_tls(None, "x", allowance), httpcore.ConnectTimeout),
    ],
)
def test_after_the_deadline_nothing_is_begun(
    wait: Callable[[DeadlineStream, Allowance], object], error: type[Exception]
) -> None:
    time, inner = FakeTime(time=0.0), Inner()
    allowance = left_over(time)
    time.time = 15.0

    with pytest.raises(error, match="the deadline passed"):
        wait(DeadlineStream(inner), allowance)

    assert inner.waits == []


def test_without_a_limit_there_is_none() -> None:
    inner = Inner()

    DeadlineStream(inner).read(1)

    assert inner.waits == [None]


def test_a_connection_that_breaks_while_writing_says_so() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()

    class Broken(Inner):
        def get_extra_info(self, info: str) -> Any:
            return ours if info == "socket" else None

    with ours, pytest.raises(httpcore.WriteError):
        DeadlineStream(Broken()).write(bytes(1000), 1.0)
