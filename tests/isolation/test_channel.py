from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ingestd.isolation.channel import Channel

SOON = 0.01  # seconds of a clock that stands still


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    ours, other = socket.socketpair()
    with other:
        channel = Channel(ours, clock=lambda: 0.0)
        yield channel, other
        channel.close()


@pytest.mark.parametrize("message", [b"", b"a", b"two\nlines\0", bytes(range(256)) * 100])
def test_a_message_arrives_whole(ends: tuple[Channel, socket.socket], message: bytes) -> None:
    channel, other = ends
    answering = Channel(other, clock=lambda: 0.0)

    channel.send(message)
    channel.send(b"next")

    assert (answering.receive(), answering.receive()) == (message, b"next")


def test_a_message_that_is_announced_too_long_is_not_waited_for(
    ends: tuple[Channel, socket.socket],
) -> None:
    channel, other = ends
    other.sendall(b"\0\0\0\5")

    with pytest.raises(ValueError, match="5 bytes"):
        channel.receive(longest=4)


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\5abc"])
def test_an_end_in_the_middle_is_no_message(
    ends: tuple[Channel, socket.socket], sent: bytes
) -> None:
    channel, other = ends
    other.sendall(sent)
    other.close()

    with pytest.raises(EOFError):
        channel.receive()


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\5abc"])
def test_what_does_not_come_in_time_is_given_up(
    ends: tuple[Channel, socket.socket], sent: bytes
) -> None:
    channel, other = ends
    other.sendall(sent)

    with pytest.raises(TimeoutError):
        channel.receive(until=SOON)


def test_what_comes_drop_by_drop_is_given_up_too() -> None:
    ours, other = socket.socketpair()
    with other, ours:
        clock = iter([0.0, 0.5])
        other.sendall(b"\0\0\0\5abc")

        with pytest.raises(TimeoutError):
            Channel(ours, clock=lambda: next(clock, 1.0)).receive(until=1.0)


def test_what_nobody_takes_is_given_up(ends: tuple[Channel, socket.socket]) -> None:
    channel, _ = ends

    with pytest.raises(TimeoutError):
        channel.send(bytes(10_000_000), until=SOON)
