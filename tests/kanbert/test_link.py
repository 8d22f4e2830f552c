"""A connection that is tried first, and waited for only then."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import httpcore
import pytest

from ingestd.kanbert.link import Link, after, beginning
from ingestd.kanbert.traffic import Allowance
from tests.kanbert.doubles import FakeTime
from tests.kanbert.servers import reset

A_WHILE, NO_TIME = 20.0, 0.01


@pytest.fixture
def pair() -> Iterator[tuple[Link, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    with ours, theirs:
        theirs.settimeout(20)
        yield Link(ours), theirs


def seconds(wait: float) -> Allowance:
    return Allowance(wait, 1e9, lambda: 0.0)


def parts(*contents: bytes) -> list[memoryview]:
    return [memoryview(content) for content in contents]


def test_all_parts_are_sent_at_once(pair: tuple[Link, socket.socket]) -> None:
    link, theirs = pair

    sent = link.send(parts(b"head", b"", b"body"), seconds(A_WHILE))

    assert (sent, theirs.recv(8, socket.MSG_WAITALL)) == (8, b"headbody")


def test_as_much_is_sent_as_there_is_room_for(pair: tuple[Link, socket.socket]) -> None:
    link, _ = pair

    sent = link.send(parts(bytes(50_000_000)), seconds(A_WHILE))

    assert 0 < sent < 50_000_000


def test_who_takes_nothing_is_waited_for_until_it_is_late(
    pair: tuple[Link, socket.socket],
) -> None:
    link, _ = pair

    def send_for_ever() -> None:
        while True:
            link.send(parts(bytes(10_000_000)), seconds(NO_TIME))

    with pytest.raises(httpcore.WriteTimeout, match="timed out"):
        send_for_ever()


def test_who_says_nothing_is_waited_for_until_it_is_late(pair: tuple[Link, socket.socket]) -> None:
    link, _ = pair

    with pytest.raises(httpcore.ReadTimeout, match="timed out"):
        link.receive(seconds(NO_TIME))


def test_what_came_is_received_and_then_that_they_hung_up(
    pair: tuple[Link, socket.socket],
) -> None:
    link, theirs = pair
    theirs.sendall(b"said")
    theirs.close()

    assert link.receive(seconds(A_WHILE)) == b"said"
    assert link.receive(seconds(A_WHILE)) == b""


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (lambda link, allowance: link.send(parts(b"x"), allowance), httpcore.WriteTimeout),
        (lambda link, allowance: link.receive(allowance), httpcore.ReadTimeout),
    ],
)
def test_after_the_deadline_nothing_is_begun(
    pair: tuple[Link, socket.socket],
    deed: Callable[[Link, Allowance], object],
    error: type[Exception],
) -> None:
    link, theirs = pair
    time = FakeTime(time=0.0)
    allowance = Allowance(10.0, 15.0, lambda: time.time)
    time.time = 15.0

    with pytest.raises(error, match="the deadline passed"):
        deed(link, allowance)

    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


def test_a_connection_that_breaks_says_so(pair: tuple[Link, socket.socket]) -> None:
    link, theirs = pair
    reset(theirs)

    with pytest.raises(httpcore.ReadError):
        link.receive(seconds(A_WHILE))
    with pytest.raises(httpcore.WriteError):
        link.send(parts(b"x"), seconds(A_WHILE))


def test_a_connection_is_quiet_until_they_speak_or_hang_up(
    pair: tuple[Link, socket.socket],
) -> None:
    link, theirs = pair
    before = link.is_quiet()

    theirs.close()

    assert (before, link.is_quiet()) == (True, False)


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        (0, [b"head", b"", b"body"]),
        (3, [b"d", b"", b"body"]),
        (4, [b"body"]),
        (6, [b"dy"]),
        (8, []),
    ],
)
def test_what_is_left_begins_where_sending_ended(sent: int, left: list[bytes]) -> None:
    assert after(parts(b"head", b"", b"body"), sent) == left


@pytest.mark.parametrize(
    ("most", "taken"),
    [(2, [b"he"]), (4, [b"head"]), (6, [b"head", b"", b"bo"]), (99, [b"head", b"", b"body"])],
)
def test_a_beginning_is_no_more_than_was_asked_for(most: int, taken: list[bytes]) -> None:
    assert beginning(parts(b"head", b"", b"body"), most) == taken
