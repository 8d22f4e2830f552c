"""A connection that is tried first, and waited for only then."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpcore
import httpx
import pytest

from ingestd.kanbert.direct import send_request
from ingestd.kanbert.nonblocking import NonBlockingSocket, first_bytes, without_first
from ingestd.kanbert.transport import Allowance, Body, Request
from tests.kanbert import certificates
from tests.kanbert.doubles import FakeTime
from tests.kanbert.servers import reset

Pair = tuple[NonBlockingSocket, socket.socket]
"""Ours, and theirs."""

A_WHILE, NO_TIME = 20.0, 0.01


@pytest.fixture
def pair() -> Iterator[Pair]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    with ours, theirs:
        theirs.settimeout(20)
        yield NonBlockingSocket(ours), theirs


@pytest.fixture
def encrypted_pair(tmp_path: Path) -> Iterator[Pair]:
    trusted, server = certificates.make(tmp_path / "tls", "localhost")
    ours, theirs = socket.socketpair()
    greeted: list[socket.socket] = []

    def greet() -> None:
        greeted.append(server.wrap_socket(theirs, server_side=True))

    greeting = threading.Thread(target=greet)
    greeting.start()
    trust = ssl.create_default_context(cafile=trusted)
    with trust.wrap_socket(ours, server_hostname="localhost") as ours_encrypted:
        greeting.join()
        with greeted[0]:
            yield NonBlockingSocket(ours_encrypted), greeted[0]


def seconds(wait: float) -> Allowance:
    return Allowance(wait, 1e9, lambda: 0.0)


def parts(*contents: bytes) -> list[memoryview]:
    return [memoryview(content) for content in contents]


def test_all_parts_are_sent_at_once(pair: Pair) -> None:
    ours, theirs = pair

    sent = ours.send(parts(b"head", b"", b"body"), seconds(A_WHILE))

    assert (sent, theirs.recv(8, socket.MSG_WAITALL)) == (8, b"headbody")


def test_a_document_and_its_end_are_encrypted_at_once(encrypted_pair: Pair) -> None:
    ours, theirs = encrypted_pair

    sent = ours.send(parts(bytes(50_000), b"end"), seconds(A_WHILE))

    received = b""
    while len(received) < sent:
        received += theirs.recv(sent)
    assert received == bytes(50_000) + b"end"


def test_of_a_request_no_more_than_a_record_is_sent_first(encrypted_pair: Pair) -> None:
    ours, theirs = encrypted_pair

    sent = ours.send(parts(b"head", bytes(50_000), b"end"), seconds(A_WHILE))

    assert sent == 16_384
    assert theirs.recv(50_007) == b"head" + bytes(16_380)  # whole or not at all


def test_a_head_of_several_records_is_sent_alone(encrypted_pair: Pair) -> None:
    ours, _ = encrypted_pair

    sent = ours.send(parts(bytes(20_000), b"form", bytes(50_000), b"end"), seconds(A_WHILE))

    assert sent == 20_000


def test_a_body_that_came_in_part_before_they_hung_up_counts_as_begun(
    encrypted_pair: Pair,
) -> None:
    ours, theirs = encrypted_pair
    body = Body([b"form", bytes(2_000_000), b"end"])
    url = httpx.URL("https://localhost/x")
    request = Request("POST", url, {"Host": "localhost"}, body, seconds(A_WHILE), turn=0.0)

    def hang_up_in_the_middle() -> None:
        came = 0
        while came < 30_000:
            came += len(theirs.recv(16_384))
        theirs.close()

    server = threading.Thread(target=hang_up_in_the_middle)
    server.start()
    is_sent_whole = send_request(request, ours)
    server.join()

    assert (is_sent_whole, body.begun) == (False, True)


def test_as_much_is_sent_as_there_is_room_for(pair: Pair) -> None:
    ours, _ = pair

    sent = ours.send(parts(bytes(50_000_000)), seconds(A_WHILE))

    assert 0 < sent < 50_000_000


def test_who_takes_nothing_is_waited_for_until_it_is_late(pair: Pair) -> None:
    ours, _ = pair

    def send_for_ever() -> None:
        while True:
            ours.send(parts(bytes(10_000_000)), seconds(NO_TIME))

    with pytest.raises(httpcore.WriteTimeout, match="timed out"):
        send_for_ever()


def test_who_says_nothing_is_waited_for_until_it_is_late(pair: Pair) -> None:
    ours, _ = pair

    with pytest.raises(httpcore.ReadTimeout, match="timed out"):
        ours.receive(seconds(NO_TIME))


def test_what_came_is_received_and_then_that_they_hung_up(pair: Pair) -> None:
    ours, theirs = pair
    theirs.sendall(b"said")
    theirs.close()

    assert ours.receive(seconds(A_WHILE)) == b"said"
    assert ours.receive(seconds(A_WHILE)) == b""


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (
            lambda ours, allowance: ours.send(parts(b"x"), allowance),
            httpcore.WriteTimeout,
        ),
        (lambda ours, allowance: ours.receive(allowance), httpcore.ReadTimeout),
    ],
)
def test_after_the_deadline_nothing_is_begun(
    pair: Pair,
    deed: Callable[[NonBlockingSocket, Allowance], object],
    error: type[Exception],
) -> None:
    ours, theirs = pair
    time = FakeTime(time=0.0)
    allowance = Allowance(10.0, 15.0, lambda: time.time)
    time.time = 15.0

    with pytest.raises(error, match="the deadline passed"):
        deed(ours, allowance)

    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


def test_a_connection_that_breaks_says_so(pair: Pair) -> None:
    ours, theirs = pair
    reset(theirs)

    with pytest.raises(httpcore.ReadError):
        ours.receive(seconds(A_WHILE))
    with pytest.raises(httpcore.WriteError):
        ours.send(parts(b"x"), seconds(A_WHILE))


def test_a_connection_is_quiet_until_they_speak_or_hang_up(pair: Pair) -> None:
    ours, theirs = pair
    before = ours.is_quiet()

    theirs.close()

    assert (before, ours.is_quiet()) == (True, False)


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
    assert without_first(parts(b"head", b"", b"body"), sent) == left


@pytest.mark.parametrize(
    ("most", "taken"),
    [(2, [b"he"]), (4, [b"head"]), (6, [b"head", b"", b"bo"]), (99, [b"head", b"", b"body"])],
)
def test_a_beginning_is_no_more_than_was_asked_for(most: int, taken: list[bytes]) -> None:
    assert first_bytes(parts(b"head", b"", b"body"), most) == taken
